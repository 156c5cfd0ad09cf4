using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Sources;

/// <summary>How a read went, as far as the next one depends on it.</summary>
internal abstract record PollOutcome
{
    private PollOutcome()
    {
    }

    /// <summary>It went well.</summary>
    /// <param name="Taken">New and edited posts.</param>
    /// <param name="Validators">Null when nothing had changed.</param>
    /// <param name="MinInterval">What the feed asks for (ttl, sy:updatePeriod).</param>
    /// <param name="MaxAge">What the answer asks for (Cache-Control).</param>
    /// <param name="MovedTo">The new address for good.</param>
    public sealed record Good(int Taken, FetchValidators? Validators, TimeSpan? MinInterval = null, TimeSpan? MaxAge = null, Uri? MovedTo = null) : PollOutcome;

    /// <summary>It failed.</summary>
    public sealed record Bad(string Code, string Message, bool Permanent, TimeSpan? RetryAfter = null) : PollOutcome;
}

/// <summary>When to read again.</summary>
internal static class PollDecision
{
    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromHours(1);

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

        var good = (PollOutcome.Good)outcome;
        var pace = Pace(cursor, good.Taken > 0, options);
        var read = cursor with
        {
            ETag = good.Validators is null ? cursor.ETag : good.Validators.ETag,
            LastModified = good.Validators is null ? cursor.LastModified : good.Validators.LastModified,
            LastReadAt = now,
            LastGoodAt = now,
            Failures = 0,
            LastError = null,
            ItemsSeen = cursor.ItemsSeen + good.Taken,
            PaceSeconds = pace.TotalSeconds,
        };
        return (read, now + (source.IntervalSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Asked(pace, good)));
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

    private static TimeSpan Asked(TimeSpan pace, PollOutcome.Good good)
    {
        var asked = Least(good.MinInterval, LongestAsked);
        var fresh = Least(good.MaxAge, Slowest);
        var wait = asked > pace ? asked : pace;
        return fresh > wait ? fresh : wait;
    }

    private static TimeSpan Least(TimeSpan? asked, TimeSpan most) => asked is { } wish ? (wish < most ? wish : most) : TimeSpan.Zero;

    private static TimeSpan Backoff(Source source, SourceCursor failed, PollOutcome.Bad bad, PollOptions options, double jitter)
    {
        var seconds = (source.IntervalSeconds ?? options.DefaultIntervalSeconds) * Math.Pow(2, Math.Min(failed.Failures - 1, 20)) * (0.8 + (0.4 * jitter));
        var wait = TimeSpan.FromSeconds(Math.Min(seconds, LongestBackoff.TotalSeconds));
        return bad.RetryAfter > wait ? bad.RetryAfter.Value : wait;
    }
}
