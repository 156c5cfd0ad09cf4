using System.Globalization;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors;

/// <summary>A lane that fails again and again: it is asked ever more seldom, so that the others lose little time by it.</summary>
/// <param name="Tries">Failures in a row.</param>
/// <param name="Rests">Rounds in which it is passed over.</param>
/// <param name="Refused">What is told while it rests.</param>
/// <param name="Anew">Its page was refused, and the pass begun anew: it fails until that is over.</param>
internal sealed record FailingLane(int Tries, int Rests, Refusal Refused, bool Anew);

/// <summary>Goes round several lanes (search words, channels) of one source, a page at a time: a lane with more pages is read on before the next has its turn.</summary>
/// <typeparam name="TLane">Where reading a lane stands.</typeparam>
internal sealed record Rounds<TLane>
    where TLane : class, new()
{
    // Some posts of a round may fail by themselves; when more do it is the network.
    private const int MostPassed = 5;
    private const int MostRests = 31;

    /// <summary>State by lane.</summary>
    public Dictionary<string, TLane> Lanes { get; init; } = [];

    /// <summary>The lane whose turn it is.</summary>
    public int At { get; init; }

    /// <summary>The first refusal of this round; null for none.</summary>
    public Refusal? Refused { get; init; }

    /// <summary>Lanes that fail; null for none.</summary>
    public Dictionary<string, FailingLane>? Failing { get; init; }

    /// <summary>Posts of this round that were passed over because reading them failed.</summary>
    public int Passed { get; init; }

    /// <summary>Reads a page of the lane whose turn it is. What is refused or fails keeps nothing else waiting: it is passed over, and told once the round is over.</summary>
    /// <param name="names">The lanes. They may come and go with the options.</param>
    /// <param name="read">Reads a page of a lane: the page, the lane's new state, and whether the lane has further pages.</param>
    /// <param name="past">A lane without the one post that it asks for next, and whether it goes on; null when it asks for all.</param>
    /// <param name="anew">A lane that forgets its page, which networks do not know for ever, and begins its pass again; null when it has none.</param>
    /// <param name="apart">A limit of which not all lanes use something: a lane that it holds back holds back no other.</param>
    /// <exception cref="NetworkFailure">As in <see cref="IPulled.ReadAsync"/>, and when all lanes are refused or fail one after the other.</exception>
    public async Task<Page> ReadAsync(IReadOnlyList<string> names, Func<string, TLane, Task<(Page Read, TLane After, bool More)>> read, Func<TLane, NetworkFailure, (TLane After, bool More)?>? past = null, Func<TLane, TLane?>? anew = null, string? apart = null)
    {
        var (rounds, rested) = (this, false);
        for (var passed = 1; ; passed++)
        {
            var (name, lane) = rounds.Turn(names);
            var failing = rounds.Failing?.GetValueOrDefault(name);
            if (failing is { Rests: > 0 } && passed < names.Count)
            {
                (rounds, rested) = (rounds.With(failing.Refused).With(name, failing with { Rests = failing.Rests - 1 }), true);
            }
            else
            {
                try
                {
                    var (page, after, more) = await read(name, lane);
                    return (more && failing is { Anew: true } ? rounds : rounds.With(name, null)).Turned(names, page, after, more);
                }
                catch (NetworkFailure failure) when ((failure.OnlyThis || (failure.MayBeOnlyThis && rounds.Passed < MostPassed)) && past?.Invoke(lane, failure) is var (rest, goesOn))
                {
                    var told = failure.Gone ? rounds : rounds.With(Refusal.Of(name, failure, permanent: false) with { Single = true });
                    return (told with { Passed = rounds.Passed + (failure.Permanent ? 0 : 1) }).Turned(names, Page.Nothing(), rest, goesOn);
                }
                catch (NetworkFailure failure) when (failure.OnlyThis && anew?.Invoke(lane) is { } first)
                {
                    return rounds.Failed(name, failure, anew: true).Turned(names, Page.Nothing(), first, more: false);
                }
                catch (NetworkFailure failure) when (names.Count > 1 && (failure.OnlyThis || failure.MayBeOnlyThis || (failure.HeldBack && failure.Limit == apart)))
                {
                    if (passed == names.Count)
                    {
                        if (!rested)
                        {
                            throw;
                        }

                        // Nothing was read: what rested may be what can be.
                        return await (this with { Failing = null }).ReadAsync(names, read, past, anew, apart);
                    }

                    rounds = failure.MayBeOnlyThis ? rounds.Failed(name, failure, anew: false) : rounds.With(Refusal.Of(name, failure, permanent: failure.OnlyThis || failure.RetryAfter > PollDecision.LongHold));
                }
            }

            if ((rounds.At % names.Count) + 1 == names.Count)
            {
                return rounds.Turned(names, Page.Nothing(), lane, more: false);
            }

            rounds = rounds with { At = (rounds.At % names.Count) + 1 };
        }
    }

    private (string Name, TLane State) Turn(IReadOnlyList<string> names)
    {
        var name = names[At % names.Count];
        return (name, Lanes.GetValueOrDefault(name) ?? new TLane());
    }

    // A page of the lane whose turn it was, with the state after it.
    private Page Turned(IReadOnlyList<string> names, Page read, TLane lane, bool more)
    {
        var at = At % names.Count;
        var lanes = names.Where(Lanes.ContainsKey).ToDictionary(n => n, n => Lanes[n], StringComparer.Ordinal);
        lanes[names[at]] = lane;
        var goesOn = more || at + 1 < names.Count;
        var next = this with { Lanes = lanes, At = more ? at : (at + 1) % names.Count, Refused = goesOn ? Refused : null, Passed = goesOn ? Passed : 0 };
        return read with { State = Reading.Write(next), More = goesOn, Refused = Refused };
    }

    // What makes the source blind counts before what does not, and a lane before a post.
    private Rounds<TLane> With(Refusal refused) => Refused is null || (refused.Permanent && !Refused.Permanent) || (!refused.Single && Refused.Single) ? this with { Refused = refused } : this;

    private Rounds<TLane> With(string name, FailingLane? failing)
    {
        if (failing is null && Failing?.ContainsKey(name) != true)
        {
            return this;
        }

        var all = (Failing ?? []).Where(f => f.Key != name).ToDictionary(StringComparer.Ordinal);
        if (failing is not null)
        {
            all[name] = failing;
        }

        return this with { Failing = all.Count == 0 ? null : all };
    }

    // Like a source, a lane is blind when it fails for the second time in a row.
    private Rounds<TLane> Failed(string name, NetworkFailure failure, bool anew)
    {
        var (tries, before) = Failing?.GetValueOrDefault(name) is { } known ? (known.Tries + 1, known.Anew) : (1, false);
        var refused = Refusal.Of(name, failure, permanent: tries > 1);
        return With(refused).With(name, new(tries, Math.Min(MostRests, (1 << Math.Min(tries - 1, 5)) - 1), refused, anew || before));
    }
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

    /// <summary>The pass begun again from the top; null when it stands there.</summary>
    public Sweep? Anew() => Next is null ? null : this with { Next = null, Listed = 0 };

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

    /// <summary>The pass begun again; null when it stands at its first page.</summary>
    public Climb? Anew() => Next is null ? null : this with { Next = null };

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
