namespace Serm.Ingest.Sources;

/// <summary>A time in which a source saw nothing.</summary>
/// <param name="Id">One id for its opening and closing.</param>
/// <param name="From">The last good read before it.</param>
/// <param name="To">The first good read after it; null while it lasts.</param>
/// <param name="Reason">Stable code.</param>
public sealed record Gap(Guid Id, DateTimeOffset From, DateTimeOffset? To, string Reason);

/// <summary>What a source is now.</summary>
/// <param name="Id">Its stream.</param>
public sealed record Source(Guid Id)
{
    /// <summary>Kind of the sources that are feeds.</summary>
    public const string FeedKind = "feed";

    /// <summary>Kind of the sources that others push through.</summary>
    public const string PushKind = "push";

    /// <summary>The kind of a connector: <see cref="FeedKind"/>, <see cref="PushKind"/>, <c>vk</c> ...</summary>
    public string Kind { get; init; } = FeedKind;

    /// <summary>What people call it.</summary>
    public string Name { get; init; } = "";

    /// <summary>Where it is read: the feed, or the network's API; null for pushed ones.</summary>
    public string? Url { get; init; }

    /// <summary>The connector's options as JSON, without credentials; null for none.</summary>
    public string? Options { get; init; }

    /// <summary>The address that a person gave: scopes ids that are unique only within the feed, and does not follow moves.</summary>
    public string? Identity { get; init; }

    /// <summary>Seconds between two reads as a person set them; null to follow the publisher.</summary>
    public int? IntervalSeconds { get; init; }

    /// <summary>Reading is stopped.</summary>
    public bool Paused { get; init; }

    /// <summary>It was removed: nothing may happen to it any more.</summary>
    public bool Removed { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The gap that lasts; null when it sees.</summary>
    public Gap? Gap { get; init; }

    /// <summary>Gaps that were opened while another one lasted, as streams of before hold them; they end with it.</summary>
    public IReadOnlyList<Gap> LeftOpen { get; init; } = [];

    /// <summary>When its credentials end, once that was told; null while they last.</summary>
    public DateTimeOffset? Ending { get; init; }

    /// <summary>Events so far; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>The state after an event.</summary>
    public static Source Apply(Source source, object happened) => source.Version == 0 && happened is not SourceAdded ? source : (happened switch
    {
        SourceAdded e => source with { Kind = e.Kind, Name = e.Name, Url = e.Url, Identity = e.Url, IntervalSeconds = e.IntervalSeconds, Options = e.Options, CreatedAt = e.At, Removed = false, Paused = false },
        SourceChanged e => source with { Name = e.Name, Url = e.Url, Identity = e.Url == source.Url ? source.Identity : e.Url, IntervalSeconds = e.IntervalSeconds, Options = e.Options ?? source.Options },
        SourceMoved e => source with { Url = e.Url },
        SourcePaused => source with { Paused = true },
        SourceResumed => source with { Paused = false },
        SourceRemoved => source with { Removed = true },
        CredentialsEnding e => source with { Ending = e.EndAt },
        CredentialsLast => source with { Ending = null },
        GapOpened e when source.Gap is null => source with { Gap = new(e.GapId, e.From, null, e.Reason) },
        GapOpened e => source with { LeftOpen = [.. source.LeftOpen, new(e.GapId, e.From, null, e.Reason)] },
        GapClosed e => source with { Gap = source.Gap?.Id == e.GapId ? null : source.Gap, LeftOpen = [.. source.LeftOpen.Where(g => g.Id != e.GapId)] },
        _ => source,
    }) with { Version = source.Version + 1 };
}
