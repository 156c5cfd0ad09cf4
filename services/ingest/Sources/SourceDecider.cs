using Serm.Defaults;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>What a person wants a source to be.</summary>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Url">Absolute http(s) address of the feed or the network's API; null for pushed ones.</param>
/// <param name="IntervalSeconds">2 to 86,400; null to follow the publisher.</param>
/// <param name="Paused">Stop or go on; null to leave it.</param>
/// <param name="Options">The connector's options as JSON; null for none, or to leave them.</param>
/// <param name="Secrets">All credentials as JSON; null to leave them.</param>
internal sealed record SourceWish(string Name, string? Url, int? IntervalSeconds, bool? Paused = null, string? Options = null, string? Secrets = null);

/// <summary>Decides what happens to a source; says nothing twice.</summary>
internal static class SourceDecider
{
    /// <summary>The reason of the gap that a pause makes.</summary>
    public const string PausedReason = "paused";

    /// <summary>So long before their end it is told that credentials end.</summary>
    public static readonly TimeSpan EndsSoon = TimeSpan.FromDays(7);

    public static IReadOnlyList<object> Add(Source source, string kind, SourceWish wish, string by, DateTimeOffset now) =>
        source is { Version: > 0, Removed: false } ? [] : [new SourceAdded(kind, wish.Name, wish.Url, wish.IntervalSeconds, by, now, wish.Options), .. Credentials(wish, by, now)];

    public static IReadOnlyList<object> Change(Source source, SourceWish wish, string by, DateTimeOffset now, DateTimeOffset? lastGoodAt, Guid gapId)
    {
        RequireThere(source);
        List<object> events = [];
        if (wish.Name != source.Name || wish.Url != source.Url || wish.IntervalSeconds != source.IntervalSeconds || (wish.Options is not null && wish.Options != source.Options))
        {
            events.Add(new SourceChanged(wish.Name, wish.Url, wish.IntervalSeconds, by, now, wish.Options));
        }

        events.AddRange(Credentials(wish, by, now));

        if (wish.Paused == true && !source.Paused)
        {
            events.Add(new SourcePaused(by, now));
            if (source.Gap is null && source.Kind != Source.PushKind)
            {
                // What is only called would have been called until now.
                events.Add(new GapOpened(gapId, wish.Name, wish.Url is null ? now : lastGoodAt ?? source.CreatedAt, PausedReason, now));
            }
        }
        else if (wish.Paused == false && source.Paused)
        {
            events.Add(new SourceResumed(by, now));
        }

        // What nothing reads sees as soon as it is not paused.
        if (wish.Url is null && !(wish.Paused ?? source.Paused))
        {
            events.AddRange(Close(source, now));
        }

        return events;
    }

    public static IReadOnlyList<object> Remove(Source source, string by, DateTimeOffset now)
    {
        RequireThere(source);

        // Nobody looks any more, so it is not blind any more either.
        return
        [
            .. Close(source, now),
            .. Ends(source, null, now),
            new SourceRemoved(by, now),
        ];
    }

    /// <summary>Tells that the credentials end soon, once for each end, and that they do not any more.</summary>
    /// <param name="endAt">When they end, as far as known.</param>
    public static IReadOnlyList<object> Ends(Source source, DateTimeOffset? endAt, DateTimeOffset now) => (endAt - now < EndsSoon ? endAt : null, source) switch
    {
        (_, { Removed: true } or { Version: 0 }) => [],
        (null, { Ending: not null }) => [new CredentialsLast(source.Name, now)],
        ({ } soon, _) when soon != source.Ending => [new CredentialsEnding(source.Name, soon, now)],
        _ => [],
    };

    /// <summary>After a read that went well.</summary>
    /// <param name="caughtUp">Nothing more is to be had now: only then a gap is over.</param>
    /// <param name="backfilled">What was written during a gap was read by now.</param>
    public static IReadOnlyList<object> SawAgain(Source source, string? readFrom, Uri? movedTo, bool caughtUp, bool backfilled, DateTimeOffset now)
    {
        List<object> events = [];
        if (source.Removed || source.Version == 0)
        {
            return events;
        }

        if (movedTo is not null && source.Url == readFrom && movedTo.AbsoluteUri != source.Url)
        {
            events.Add(new SourceMoved(movedTo.AbsoluteUri, now));
        }

        if (caughtUp && !source.Paused)
        {
            events.AddRange(Close(source, now, backfilled));
        }

        return events;
    }

    /// <summary>After a read that failed for the <paramref name="failures"/>th time in a row.</summary>
    public static IReadOnlyList<object> WentBlind(Source source, DateTimeOffset? lastGoodAt, int failures, bool permanent, string reason, Guid gapId, DateTimeOffset now) =>
        source.Removed || source.Version == 0 || source.Gap is not null || (failures < 2 && !permanent)
            ? []
            : [new GapOpened(gapId, source.Name, lastGoodAt ?? source.CreatedAt, reason, now)];

    /// <summary>A time that nobody saw and that nobody can see any more.</summary>
    public static IReadOnlyList<object> Missed(Source source, MissedTime missed, Guid gapId, DateTimeOffset now) => source.Removed || source.Version == 0 || missed.To <= missed.From
        ? []
        : [new GapOpened(gapId, source.Name, missed.From, missed.Reason, now), new GapClosed(gapId, source.Name, missed.From, missed.To, missed.Reason)];

    private static IEnumerable<object> Close(Source source, DateTimeOffset now, bool backfilled = false) =>
        new[] { source.Gap }.Concat(source.LeftOpen).OfType<Gap>().Select(g => new GapClosed(g.Id, source.Name, g.From, now, g.Reason, backfilled));

    private static IEnumerable<object> Credentials(SourceWish wish, string by, DateTimeOffset now) => wish.Secrets is null ? [] : [new SourceCredentialsChanged(by, now)];

    private static void RequireThere(Source source)
    {
        if (source.Version == 0 || source.Removed)
        {
            throw RuleViolation.NotFound("source");
        }
    }
}
