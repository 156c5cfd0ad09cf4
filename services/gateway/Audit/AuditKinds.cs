using Serm.Defaults;

namespace Serm.Gateway.Audit;

/// <summary>All that is written down when it happens, and where the thing is shown.</summary>
internal static class AuditKinds
{
    /// <summary>The kinds, by what they are about. One that was ever written is never taken out.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "brand.added", "brand.changed", "brand.removed",
        "source.added", "source.changed", "source.credentials_changed", "source.paused", "source.resumed", "source.moved", "source.removed",
        "posts.imported",
        "rule.added", "rule.changed", "rule.removed",
        "silence.added", "silence.ended",
        "channel.added", "channel.changed", "channel.removed",
        "on_call.changed",
        "quiet_hours.changed",
        "webhook.added", "webhook.changed", "webhook.secret_rotated", "webhook.paused", "webhook.resumed", "webhook.disabled", "webhook.sent_again", "webhook.removed",
        "sla.changed",
        "house_rule.added", "house_rule.changed", "house_rule.removed",
        "author.listed",
        "view.added", "view.changed", "view.removed",
        "sentiment_settings.changed",
        "training.asked", "training.cancelled",
        "model.promoted",
        "correction.erased",
        "rescoring.asked", "rescoring.paused", "rescoring.resumed", "rescoring.cancelled",
        "retention.changed",
        "erasure.ordered",
        "user.added", "user.role_changed", "user.password_changed", "user.sessions_ended", "user.signed_in", "user.sign_in_refused", "user.removed",
        "key.added", "key.revoked",
        "parked.resent",
    ];

    /// <summary>What only admins read of.</summary>
    public static readonly IReadOnlySet<string> ForAdmins = new HashSet<string>(StringComparer.Ordinal) { "erasure", "user", "key", "parked" };

    /// <summary>What kinds are about, in order.</summary>
    public static readonly IReadOnlyList<string> Areas = [.. All.Select(Area).Distinct(StringComparer.Ordinal)];

    /// <summary>What a kind is about.</summary>
    public static string Area(string kind) => kind.Split('.')[0];

    /// <summary>Path of the page that shows the thing; null where there is none, or none any more.</summary>
    public static string? LinkOf(ChangeRow change) => (Area(change.Kind), change.Kind.EndsWith(".removed", StringComparison.Ordinal)) switch
    {
        ("brand", false) => $"/brands/{change.AboutId}",
        ("webhook", false) => $"/webhooks/{change.AboutId}",
        ("source" or "posts", false) => "/sources",
        ("rule", false) => "/rules",
        ("silence", _) => "/silences",
        ("channel", false) or ("on_call" or "quiet_hours", _) => "/channels",
        ("sla", _) => "/sla",
        ("house_rule", false) => "/automation",
        ("author", _) => "/authors",
        ("sentiment_settings" or "training" or "model" or "rescoring", _) => "/model",
        ("correction", _) => $"/mentions/{change.AboutId}",
        ("retention" or "erasure", _) => "/privacy",
        ("user" or "key", false) => "/people",
        ("parked", _) => "/parked",
        _ => null,
    };
}
