using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>How a read went, as far as the next one depends on it.</summary>
internal abstract record PollOutcome
{
    private PollOutcome()
    {
    }

    /// <summary>It went well.</summary>
    /// <param name="Taken">New and edited posts.</param>
    /// <param name="State">Where to go on; null to leave it.</param>
    /// <param name="Hints">What else the answer said.</param>
    /// <param name="More">It is read on at once.</param>
    /// <param name="Busy">Other pages of the same turn brought something.</param>
    /// <param name="CaughtUp">Nothing more is to be had now.</param>
    public sealed record Good(int Taken, string? State, Hints Hints, bool More = false, bool Busy = false, bool CaughtUp = true) : PollOutcome;

    /// <summary>It failed.</summary>
    /// <param name="Lived">It was a stream that had been heard for a while.</param>
    public sealed record Bad(string Code, string Message, bool Permanent, TimeSpan? RetryAfter = null, bool Lived = false) : PollOutcome;

    /// <summary>Our own limits held it back: nothing is wrong, but nothing is seen either.</summary>
    public sealed record Held(string Message, TimeSpan Wait) : PollOutcome;
}

/// <summary>When to read again.</summary>
internal static class PollDecision
{
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromHours(1);

    /// <summary>A source that our own limits hold back for longer is blind.</summary>
    public static readonly TimeSpan LongHold = TimeSpan.FromMinutes(15);

    /// <summary>The cursor after a read and when the next one is due.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="cursor">Where it stood.</param>
    /// <param name="outcome">How it went.</param>
    /// <param name="options">The operator's defaults.</param>
    /// <param name="now">The moment.</param>
    /// <param name="jitter">0 to 1: keeps sources that failed together from coming back together.</param>
    public static (SourceCursor Cursor, DateTimeOffset DueAt) After(Source source, SourceCursor cursor, PollOutcome outcome, PollOptions options, DateTimeOffset now, double jitter)
    {
        if (outcome is PollOutcome.Bad bad)
        {
            var failed = cursor with { LastReadAt = now, Failures = cursor.Failures + 1, LastError = new(bad.Code, bad.Message, now) };
            return (failed, now + Backoff(source, failed, bad, options, jitter));
        }

        if (outcome is PollOutcome.Held held)
        {
            return (cursor with { LastReadAt = now, LastError = new(NetworkFailure.BudgetSpent, held.Message, now) }, now + held.Wait);
        }

        var good = (PollOutcome.Good)outcome;
        var pace = good.More && cursor.PaceSeconds is { } kept ? TimeSpan.FromSeconds(kept) : Pace(cursor, good.Busy || good.Taken > 0, options);
        var read = cursor with
        {
            State = good.State ?? cursor.State,
            ExpiresAt = good.Hints.ExpiresAt ?? cursor.ExpiresAt,
            LastReadAt = now,
            LastGoodAt = now,
            Failures = 0,
            LastError = null,
            ItemsSeen = cursor.ItemsSeen + good.Taken,
            PaceSeconds = pace.TotalSeconds,
        };
        return (read, good.More ? now : now + (source.IntervalSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Asked(pace, good.Hints)));
    }

    // Busy feeds come sooner, quiet ones later, within bounds.
    private static TimeSpan Pace(SourceCursor cursor, bool busy, PollOptions options)
    {
        var usual = TimeSpan.FromSeconds(options.DefaultIntervalSeconds);
        if (cursor.PaceSeconds is not { } last)
        {
            return usual;
        }

        var next = TimeSpan.FromSeconds(last * (busy ? 0.5 : 1.25));
        var slowest = usual > Slowest ? usual : Slowest;
        return next < usual / 4 ? usual / 4 : next > slowest ? slowest : next;
    }

    private static TimeSpan Asked(TimeSpan pace, Hints hints)
    {
        var asked = Least(hints.MinInterval, LongestAsked);
        var fresh = Least(hints.MaxAge, Slowest);
        var wait = asked > pace ? asked : pace;
        return fresh > wait ? fresh : wait;
    }

    private static TimeSpan Least(TimeSpan? asked, TimeSpan most) => asked is { } wish ? (wish < most ? wish : most) : TimeSpan.Zero;

    private static TimeSpan Backoff(Source source, SourceCursor failed, PollOutcome.Bad bad, PollOptions options, double jitter)
    {
        if (bad.Lived)
        {
            // Nobody hears until it is opened again; what comes too often is what is opened and ends at once.
            return bad.RetryAfter ?? TimeSpan.FromSeconds(1 + jitter);
        }

        var seconds = (source.IntervalSeconds ?? options.DefaultIntervalSeconds) * Math.Pow(2, Math.Min(failed.Failures - 1, 20)) * (0.8 + (0.4 * jitter));
        var wait = TimeSpan.FromSeconds(Math.Min(seconds, LongestBackoff.TotalSeconds));
        return bad.RetryAfter > wait ? bad.RetryAfter.Value : wait;
    }
}
