using System.Globalization;

namespace Serm.Ingest.Connectors;

/// <summary>Goes round several lanes (search words, channels) of one source, a page at a time: a lane with more pages is read on before the next has its turn.</summary>
/// <typeparam name="TLane">Where reading a lane stands.</typeparam>
internal sealed record Rounds<TLane>
    where TLane : class, new()
{
    /// <summary>State by lane.</summary>
    public Dictionary<string, TLane> Lanes { get; init; } = [];

    /// <summary>The lane whose turn it is.</summary>
    public int At { get; init; }

    /// <summary>The first refusal of this round; null for none.</summary>
    public Refusal? Refused { get; init; }

    /// <summary>Reads a page of the lane whose turn it is. What is refused keeps nothing else waiting: it is passed over, and told once the round is over.</summary>
    /// <param name="names">As for <see cref="Turn"/>.</param>
    /// <param name="read">Reads a page of a lane: the page, the lane's new state, and whether the lane has further pages.</param>
    /// <param name="past">A lane without the one post that it asks for next, and whether it goes on; null when it asks for all.</param>
    /// <exception cref="NetworkFailure">As in <see cref="IPulled.ReadAsync"/>, and when all lanes are refused one after the other.</exception>
    public async Task<Page> ReadAsync(IReadOnlyList<string> names, Func<string, TLane, Task<(Page Read, TLane After, bool More)>> read, Func<TLane, (TLane After, bool More)?>? past = null)
    {
        var rounds = this;
        for (var passed = 1; ; passed++)
        {
            var (name, lane) = rounds.Turn(names);
            try
            {
                var (page, after, more) = await read(name, lane);
                return rounds.Turned(names, page, after, more);
            }
            catch (NetworkFailure failure) when (failure.OnlyThis && past?.Invoke(lane) is var (rest, goesOn))
            {
                return (failure.Gone ? rounds : rounds.With(Refusal.Of(name, failure, permanent: false))).Turned(names, Page.Nothing(), rest, goesOn);
            }
            catch (NetworkFailure failure) when (failure.OnlyThis && passed < names.Count)
            {
                rounds = rounds.With(Refusal.Of(name, failure, permanent: true));
                if ((rounds.At % names.Count) + 1 == names.Count)
                {
                    return rounds.Turned(names, Page.Nothing(), lane, more: false);
                }

                rounds = rounds with { At = (rounds.At % names.Count) + 1 };
            }
        }
    }

    /// <summary>The lane to read and its state. Lanes may come and go with the options.</summary>
    public (string Name, TLane State) Turn(IReadOnlyList<string> names)
    {
        var name = names[At % names.Count];
        return (name, Lanes.GetValueOrDefault(name) ?? new TLane());
    }

    /// <summary>The state after a page of the lane whose turn it was, and whether the round goes on.</summary>
    /// <param name="names">As for <see cref="Turn"/>.</param>
    /// <param name="lane">The lane's new state.</param>
    /// <param name="more">The lane has further pages.</param>
    public (Rounds<TLane> Next, bool More) After(IReadOnlyList<string> names, TLane lane, bool more)
    {
        var at = At % names.Count;
        var lanes = names.Where(Lanes.ContainsKey).ToDictionary(n => n, n => Lanes[n], StringComparer.Ordinal);
        lanes[names[at]] = lane;
        var goesOn = more || at + 1 < names.Count;
        return (new() { Lanes = lanes, At = more ? at : (at + 1) % names.Count, Refused = goesOn ? Refused : null }, goesOn);
    }

    /// <summary>A page of the lane whose turn it was, with the state after it.</summary>
    public Page Turned(IReadOnlyList<string> names, Page read, TLane lane, bool more)
    {
        var (next, goesOn) = After(names, lane, more);
        return read with { State = Reading.Write(next), More = goesOn, Refused = Refused };
    }

    // What makes the source blind counts before what does not.
    private Rounds<TLane> With(Refusal refused) => Refused is null or { Permanent: false } ? this with { Refused = refused } : this;
}

/// <summary>Where reading a list stands that comes newest first: everything up to <see cref="Since"/> is safe, a pass from the top down to it is under way while <see cref="Next"/> is set.</summary>
internal sealed record Sweep
{
    /// <summary>The newest second that is safe; 0 before the first pass.</summary>
    public long Since { get; init; }

    /// <summary>The newest second of the pass under way.</summary>
    public long Top { get; init; }

    /// <summary>The page that the pass goes on with; null between passes.</summary>
    public string? Next { get; init; }

    /// <summary>Posts that the pass under way has listed so far.</summary>
    public int Listed { get; init; }

    /// <summary>Down to which second a pass goes.</summary>
    /// <param name="overlap">Lists lag behind their dates: a pass goes so far below what is safe.</param>
    /// <param name="first">How far the first pass goes.</param>
    public long Floor(TimeSpan overlap, DateTimeOffset first) => Since > 0 ? Since - (long)overlap.TotalSeconds : first.ToUnixTimeSeconds();

    /// <summary>The page below this one of a list that is gone down by time: what is not newer than the oldest of it.</summary>
    public string? Below(IEnumerable<DateTimeOffset?> dates)
    {
        var oldest = dates.OfType<DateTimeOffset>().Select(d => d.ToUnixTimeSeconds()).DefaultIfEmpty().Min().ToString(CultureInfo.InvariantCulture);

        // A page that lies within one second cannot be gone on with at that second.
        return oldest == "0" ? null : oldest == Next ? (long.Parse(oldest, CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture) : oldest;
    }

    /// <summary>The state after a page, and whether the pass goes on.</summary>
    /// <param name="dates">Of the page's posts, in seconds.</param>
    /// <param name="next">The page after it; null when it was the last.</param>
    /// <param name="floor">As from <see cref="Floor"/>.</param>
    public (Sweep Next, bool More) After(IEnumerable<DateTimeOffset?> dates, string? next, long floor)
    {
        var seconds = dates.OfType<DateTimeOffset>().Select(d => d.ToUnixTimeSeconds()).ToList();
        var top = seconds.Append(Top).Max();
        return next is not null && next != Next && seconds.Count > 0 && seconds.Min() >= floor
            ? (this with { Top = top, Next = next, Listed = Listed + seconds.Count }, true)
            : (new() { Since = Math.Max(top, Since) }, false);
    }

    /// <summary>What lies between what is safe and the end of a list that ends before it; null when it does not.</summary>
    /// <param name="dates">Of the last page's posts.</param>
    /// <param name="most">So many posts a list has that ends although there are more.</param>
    public MissedTime? MissedBelow(IEnumerable<DateTimeOffset?> dates, int most) =>
        dates.OfType<DateTimeOffset>().ToList() is { Count: > 0 } last && Since > 0 && Listed + last.Count >= most && last.Min() is var oldest && oldest.ToUnixTimeSeconds() > Since
            ? new(DateTimeOffset.FromUnixTimeSeconds(Since), oldest, "too_many_results")
            : null;
}

/// <summary>Where reading a list stands that comes oldest first: everything up to <see cref="Since"/> is safe, a pass goes page by page from somewhat before it to the end.</summary>
internal sealed record Climb
{
    /// <summary>The newest moment that is safe; null before the first pass has ended.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The newest moment of the pass under way.</summary>
    public DateTimeOffset? Top { get; init; }

    /// <summary>Where the pass under way began; null between passes.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The page that the pass goes on with; null for its first.</summary>
    public string? Next { get; init; }

    /// <summary>From which moment a pass goes; the same for all its pages.</summary>
    /// <param name="overlap">What appears late, with an old date: a pass begins so far before what is safe.</param>
    /// <param name="first">Where the first pass begins.</param>
    public DateTimeOffset Floor(TimeSpan overlap, DateTimeOffset first) => From ?? Since - overlap ?? first;

    /// <summary>The state after a page, and whether the pass goes on.</summary>
    /// <param name="dates">Of the page's posts.</param>
    /// <param name="next">The page after it; null when it was the last.</param>
    /// <param name="floor">As from <see cref="Floor"/>.</param>
    public (Climb Next, bool More) After(IEnumerable<DateTimeOffset?> dates, string? next, DateTimeOffset floor)
    {
        var top = dates.Append(Top).Max();
        return next is not null
            ? (this with { From = floor, Top = top, Next = next }, true)
            : (new() { Since = Since > top ? Since : top ?? Since }, false);
    }
}
