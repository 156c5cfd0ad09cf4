using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Decides what happens to a webhook; says nothing twice.</summary>
internal static class WebhookDecider
{
    public static IReadOnlyList<object> Add(Webhook webhook, WebhookTerms terms, string publicKey, string by, DateTimeOffset now) =>
        webhook.Version > 0 ? [] : [new WebhookAdded(terms, publicKey, by, now)];

    /// <summary>Other terms, or other values of its own headers, which the terms do not show.</summary>
    public static IReadOnlyList<object> Change(Webhook webhook, long expected, WebhookTerms terms, string by, DateTimeOffset now, bool headers = false)
    {
        RequireVersion(webhook, expected);
        return !headers && terms.SameAs(webhook.Terms) ? [] : [new WebhookChanged(terms, by, now)];
    }

    public static IReadOnlyList<object> Rotate(Webhook webhook, long expected, string publicKey, DateTimeOffset oldUntil, string by, DateTimeOffset now)
    {
        RequireVersion(webhook, expected);
        return [new WebhookSecretRotated(oldUntil, publicKey, by, now)];
    }

    public static IReadOnlyList<object> Pause(Webhook webhook, string by, DateTimeOffset now)
    {
        RequireThere(webhook);
        return webhook.Paused ? [] : [new WebhookPaused(by, now)];
    }

    public static IReadOnlyList<object> Resume(Webhook webhook, string by, DateTimeOffset now)
    {
        RequireThere(webhook);
        return webhook.Delivers ? [] : [new WebhookResumed(by, now)];
    }

    /// <summary>A receiver that is gone or failed too long. Of several replicas that say so the first is heard.</summary>
    public static IReadOnlyList<object> Disable(Webhook webhook, string reason, string detail, DateTimeOffset? failingSince, DateTimeOffset now) =>
        webhook.Version == 0 || webhook.Removed || webhook.Stopped is not null ? [] : [new WebhookDisabled(reason, detail, webhook.Name, now, failingSince)];

    public static IReadOnlyList<object> Test(Webhook webhook, string by, DateTimeOffset now)
    {
        RequireThere(webhook);
        return webhook.Delivers
            ? [new WebhookTested(by, now)]
            : throw new RuleViolation("webhook_not_active", "This webhook is paused or disabled, so a test would wait. Resume it first.");
    }

    public static IReadOnlyList<object> Remove(Webhook webhook, long expected, string by, DateTimeOffset now)
    {
        RequireVersion(webhook, expected);
        return [new WebhookRemoved(by, now)];
    }

    private static void RequireThere(Webhook webhook)
    {
        if (webhook.Version == 0 || webhook.Removed)
        {
            throw RuleViolation.NotFound("webhook");
        }
    }

    private static void RequireVersion(Webhook webhook, long expected)
    {
        RequireThere(webhook);
        if (expected != webhook.Version)
        {
            throw RuleViolation.Stale(webhook.Version);
        }
    }
}
