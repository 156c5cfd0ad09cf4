using Marten;

namespace Serm.Ingest.Sources;

/// <summary>A source was added. <paramref name="Options"/> are the connector's, as JSON, without credentials.</summary>
public sealed record SourceAdded(string Kind, string Name, string? Url, int? IntervalSeconds, string By, DateTimeOffset At, string? Options = null);

/// <summary>A person changed its name, address, interval or options.</summary>
public sealed record SourceChanged(string Name, string? Url, int? IntervalSeconds, string By, DateTimeOffset At, string? Options = null);

/// <summary>A person entered credentials. They are kept sealed, and never in an event.</summary>
public sealed record SourceCredentialsChanged(string By, DateTimeOffset At);

/// <summary>Its credentials end soon: at <paramref name="EndAt"/>, as the network or a person says.</summary>
public sealed record CredentialsEnding(string SourceName, DateTimeOffset EndAt, DateTimeOffset At);

/// <summary>They no longer end soon: there are new ones, or another day was given.</summary>
public sealed record CredentialsLast(string SourceName, DateTimeOffset At);

/// <summary>The publisher moved the feed for good; the source follows.</summary>
public sealed record SourceMoved(string Url, DateTimeOffset At);

/// <summary>A person stopped the reading.</summary>
public sealed record SourcePaused(string By, DateTimeOffset At);

/// <summary>A person let it go on.</summary>
public sealed record SourceResumed(string By, DateTimeOffset At);

/// <summary>A person removed it. Its mentions stay.</summary>
public sealed record SourceRemoved(string By, DateTimeOffset At);

/// <summary>It went blind: <paramref name="From"/> is the last good read.</summary>
public sealed record GapOpened(Guid GapId, string SourceName, DateTimeOffset From, string Reason, DateTimeOffset At);

/// <summary>It sees again. <paramref name="Backfilled"/> says that what was written meanwhile was read.</summary>
public sealed record GapClosed(Guid GapId, string SourceName, DateTimeOffset From, DateTimeOffset To, string Reason, bool Backfilled = false);

/// <summary>The stored events by name. A name, once written, is for good: a changed shape gets a new one.</summary>
internal static class SourceEventNames
{
    public static readonly IReadOnlyDictionary<string, Type> All = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["source_added"] = typeof(SourceAdded),
        ["source_changed"] = typeof(SourceChanged),
        ["source_credentials_changed"] = typeof(SourceCredentialsChanged),
        ["source_credentials_ending"] = typeof(CredentialsEnding),
        ["source_credentials_last"] = typeof(CredentialsLast),
        ["source_moved"] = typeof(SourceMoved),
        ["source_paused"] = typeof(SourcePaused),
        ["source_resumed"] = typeof(SourceResumed),
        ["source_removed"] = typeof(SourceRemoved),
        ["source_gap_opened"] = typeof(GapOpened),
        ["source_gap_closed"] = typeof(GapClosed),
    };

    public static void Register(StoreOptions options)
    {
        foreach (var (name, type) in All)
        {
            options.Events.MapEventType(type, name);
        }
    }
}
