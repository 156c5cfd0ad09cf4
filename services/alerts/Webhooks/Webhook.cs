namespace Serm.Alerts;

/// <summary>What a webhook wants, as its owner set it. Values of one filter are alternatives; filters all have to hold; an empty one lets everything pass.</summary>
/// <param name="Url">Absolute https address; http only to hosts that the operator allows.</param>
/// <param name="Description">At most 200 characters; null when there is none.</param>
/// <param name="Types">Types of events.</param>
/// <param name="Brands">Brands.</param>
/// <param name="Severities"><c>info</c>, <c>warning</c>, <c>critical</c>.</param>
/// <param name="Labels">Labels of rules and incidents.</param>
/// <param name="MaxPerSecond">Deliveries a second at most, 1 to 1,000; null for no limit.</param>
/// <param name="HeaderNames">Names of its own headers; their values are secrets and lie elsewhere.</param>
/// <param name="Asymmetric">True: an ed25519 signature (<c>v1a</c>) is sent beside the HMAC (<c>v1</c>).</param>
public sealed record WebhookTerms(
    string Url,
    string? Description,
    IReadOnlyList<string> Types,
    IReadOnlyList<Guid> Brands,
    IReadOnlyList<string> Severities,
    IReadOnlyList<string> Labels,
    int? MaxPerSecond,
    IReadOnlyList<string> HeaderNames,
    bool Asymmetric)
{
    /// <summary>No more, no less, in any order.</summary>
    internal bool SameAs(WebhookTerms other) =>
        (Url, Description, MaxPerSecond, Asymmetric) == (other.Url, other.Description, other.MaxPerSecond, other.Asymmetric)
        && Types.ToHashSet(StringComparer.Ordinal).SetEquals(other.Types) && Brands.ToHashSet().SetEquals(other.Brands)
        && Severities.ToHashSet(StringComparer.Ordinal).SetEquals(other.Severities) && Labels.ToHashSet(StringComparer.Ordinal).SetEquals(other.Labels)
        && HeaderNames.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(other.HeaderNames);
}

/// <summary>Why a webhook is no longer delivered to.</summary>
/// <param name="Reason"><c>gone</c> or <c>failing</c>.</param>
/// <param name="Detail">One sentence for people.</param>
/// <param name="At">Since when.</param>
public sealed record WebhookStop(string Reason, string Detail, DateTimeOffset At);

/// <summary>A webhook as it is now: the fold of its events.</summary>
/// <param name="Id">Its stream.</param>
public sealed record Webhook(Guid Id)
{
    /// <summary>What it wants.</summary>
    public WebhookTerms Terms { get; init; } = new("", null, [], [], [], [], null, [], false);

    /// <summary>Its owner stopped the deliveries; they wait.</summary>
    public bool Paused { get; init; }

    /// <summary>We stopped the deliveries; null while we have not.</summary>
    public WebhookStop? Stopped { get; init; }

    /// <summary>It was removed: nothing may happen to it any more.</summary>
    public bool Removed { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When deliveries were last taken up again: failures before do not count.</summary>
    public DateTimeOffset ActiveSince { get; init; }

    /// <summary>Since when events may have passed it by, before it was last disabled; null while it never was.</summary>
    public DateTimeOffset? MissedSince { get; init; }

    /// <summary>Its ed25519 public key, <c>whpk_</c> and base64.</summary>
    public string PublicKey { get; init; } = "";

    /// <summary>Until when the secret before the last one also signs; null when there was none.</summary>
    public DateTimeOffset? OldSecretUntil { get; init; }

    /// <summary>Events so far; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>What its owner calls it, or its host.</summary>
    internal string Name => Terms.Description ?? (Uri.TryCreate(Terms.Url, UriKind.Absolute, out var url) ? url.Host : "");

    /// <summary>True when deliveries go out.</summary>
    public bool Delivers => !Paused && Stopped is null && !Removed;

    /// <summary>True when a public event is for this webhook.</summary>
    internal bool Wants(PublicEvent happened)
    {
        if (happened.OnlyWebhook is { } only)
        {
            return only == Id && !Removed;
        }

        // A paused one's deliveries are noted and wait; of a stopped one nobody knows whether it ever comes back: it catches up from the feed.
        return !Removed && Stopped is null && happened.ExceptWebhook != Id && Passes(Terms, happened);
    }

    /// <summary>True when the filters let an event pass.</summary>
    internal static bool Passes(WebhookTerms terms, PublicEvent happened) =>
        (terms.Types.Count == 0 || terms.Types.Contains(happened.Type, StringComparer.Ordinal))
        && (PublicEventTypes.IsAboutDelivery(happened.Type)
            || ((terms.Brands.Count == 0 || (happened.BrandId is { } brand && terms.Brands.Contains(brand)))
                && (terms.Severities.Count == 0 || (happened.Severity is { } severity && terms.Severities.Contains(severity, StringComparer.Ordinal)))
                && (terms.Labels.Count == 0 || happened.Labels.Any(l => terms.Labels.Contains(l, StringComparer.OrdinalIgnoreCase)))));

    /// <summary>The state after an event.</summary>
    public static Webhook Apply(Webhook webhook, object happened) => (happened switch
    {
        WebhookAdded e => webhook with { Terms = e.Terms, PublicKey = e.PublicKey, CreatedAt = e.At, ActiveSince = e.At },
        WebhookChanged e => webhook with { Terms = e.Terms },
        WebhookSecretRotated e => webhook with { OldSecretUntil = e.OldUntil, PublicKey = e.PublicKey },
        WebhookPaused => webhook with { Paused = true },
        WebhookResumed e => webhook with { Paused = false, Stopped = null, ActiveSince = e.At },
        WebhookDisabled e => webhook with { Stopped = new(e.Reason, e.Detail, e.At), MissedSince = e.FailingSince ?? e.At },
        WebhookRemoved => webhook with { Removed = true },
        _ => webhook,
    }) with { Version = webhook.Version + 1 };
}
