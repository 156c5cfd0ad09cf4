using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What people read of what was done to a webhook. Pure.</summary>
internal static class WebhookChanges
{
    /// <summary>Of the states before and after an event; null for one that changes nothing, such as a test.</summary>
    public static ChangeRow? Of(Webhook before, Webhook after, object happened) => happened switch
    {
        WebhookAdded e => Of("webhook.added", after, e.By, e.At, [.. Differences.Of(null, e.Terms), Differences.Secret("secret")]),
        WebhookChanged e => Of("webhook.changed", after, e.By, e.At, Changed(before.Terms, e.Terms)),
        WebhookSecretRotated e => Of("webhook.secret_rotated", after, e.By, e.At, [Differences.Secret("secret"), .. Differences.Of(null, new { e.OldUntil })]),
        WebhookPaused e => Of("webhook.paused", after, e.By, e.At, []),
        WebhookResumed e => Of("webhook.resumed", after, e.By, e.At, []),
        WebhookDisabled e => Of("webhook.disabled", after, Incident.Ourselves, e.At, Differences.Of(null, new { e.Reason, e.FailingSince })),
        WebhookRemoved e => Of("webhook.removed", before, e.By, e.At, Differences.Of(before.Terms, null)),
        _ => null,
    };

    /// <summary>Deliveries that somebody had sent again.</summary>
    public static ChangeRow SentAgain(Webhook webhook, ReplayView sent) =>
        Of("webhook.sent_again", webhook, sent.By, sent.At, Differences.Of(null, new { What = sent.Kind, sent.From, sent.To, sent.Total }));

    // Where the terms are the same, the value of a header is another, which is a secret.
    private static IReadOnlyList<ChangedField> Changed(WebhookTerms before, WebhookTerms after) => Differences.Of(before, after) is { Count: > 0 } fields ? fields : [Differences.Secret("headers")];

    private static ChangeRow Of(string kind, Webhook webhook, string by, DateTimeOffset at, IReadOnlyList<ChangedField> fields) => ChangeRow.Of(kind, webhook.Id, webhook.Name, by, at, fields);
}
