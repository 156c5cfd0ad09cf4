namespace Serm.Mentions;

/// <summary>A promise that is open: a clock of a mention that runs, in time or too late.</summary>
/// <param name="Clock">Which clock.</param>
/// <param name="Policy">The policy that sets it.</param>
/// <param name="SeenAt">When it began.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="Urgency">The place of the mention in the inbox: the greater first.</param>
internal sealed record OpenPromise(Guid MentionId, Guid BrandId, string BrandName, string? Owner, SlaClock Clock, SlaPolicy Policy, DateTimeOffset SeenAt, DateTimeOffset DueAt, double Urgency);

/// <summary>A promise that people have done with lately, in time or too late.</summary>
/// <param name="Clock">Which clock.</param>
/// <param name="Hours">When it ran.</param>
/// <param name="SeenAt">When it began.</param>
internal sealed record DonePromise(SlaClock Clock, BusinessHours Hours, DateTimeOffset SeenAt);

/// <summary>
/// Says which open promises will probably be broken: a pure function of what is open and of what was done in the last seven days.
/// <para>The assumption: people go on as they did. The promises of one clock whose policies keep the same business hours are one queue, worked through in the order of the inbox, each taking the same part of an
/// hour: <c>pace = promises done / business hours</c>, both of the last seven days (or since the first promise of the queue, where that is later). The k-th of a queue is then done k / pace business hours
/// from now; if that is after it is due, it is forecast to be broken. What is too late already takes its turn as well and is forecast no more. What people dismissed counts as done, as it was read and decided on.</para>
/// <para>It does not hold where people work in another order than the inbox's, where others work today than did last week, or where a step over many at once stood for hours of work. Nobody knows what will still come: of that nothing is
/// counted, and as it takes the turn of what is less urgent, the forecast is the least that is to be expected. Clocks that stand (waiting, put off) are left out; they may come back.</para>
/// <para>Of a queue with fewer than ten promises done, or less than four business hours to have done them in, there is no forecast: a count of ten strays by a third by chance alone.</para>
/// </summary>
internal static class SlaForecasting
{
    /// <summary>What the pace is taken from.</summary>
    public static readonly TimeSpan Back = TimeSpan.FromDays(7);

    private const int LeastDone = 10;
    private const int MaxItems = 100;
    private static readonly TimeSpan LeastHours = TimeSpan.FromHours(4);

    /// <summary>The forecast.</summary>
    /// <param name="open">All that is open in the workspace: brands share the people.</param>
    /// <param name="done">All that was done since <paramref name="now"/> less <see cref="Back"/>.</param>
    /// <param name="brands">Of these is told; of all when empty.</param>
    /// <param name="now">The moment.</param>
    /// <param name="until">Up to when breaches are told one by one.</param>
    public static SlaForecast Of(IEnumerable<OpenPromise> open, IEnumerable<DonePromise> done, IReadOnlyCollection<Guid> brands, DateTimeOffset now, DateTimeOffset until)
    {
        var doneBy = done.ToLookup(d => (d.Clock, KeyOf(d.Hours)));
        var queues = open.GroupBy(o => (o.Clock, KeyOf(o.Policy.Hours)))
            .Select(q => QueueOf([.. q.OrderByDescending(o => o.Urgency).ThenByDescending(o => o.MentionId)], [.. doneBy[q.Key]], brands, now, until))
            .OrderBy(q => q.Told.Clock).ThenBy(q => q.Told.Policies[0], StringComparer.Ordinal)
            .ToList();
        var told = queues.ConvertAll(q => q.Told);
        return new(
            now,
            until,
            0,
            true,
            told.Sum(q => q.Open),
            told.Sum(q => q.Due),
            told.Sum(q => q.Breaches ?? 0),
            told.Sum(q => q.Later ?? 0),
            told.Sum(q => q.PerHour is null ? q.Due : 0),
            told,
            [.. queues.SelectMany(q => q.Broken).OrderBy(b => b.DueAt).ThenBy(b => b.MentionId).Take(MaxItems)]);
    }

    private static (SlaForecastQueue Told, List<SlaForecastItem> Broken) QueueOf(List<OpenPromise> queue, List<DonePromise> done, IReadOnlyCollection<Guid> brands, DateTimeOffset now, DateTimeOffset until)
    {
        var hours = queue[0].Policy.Hours;
        var first = queue.Select(o => o.SeenAt).Concat(done.Select(d => d.SeenAt)).Min();
        var spent = SlaClocks.Spent(hours, [], first > now - Back ? first : now - Back, now);
        double? pace = done.Count < LeastDone || spent < LeastHours ? null : done.Count / spent.TotalHours;

        bool Asked(OpenPromise promise) => brands.Count == 0 || brands.Contains(promise.BrandId);
        var mine = queue.FindAll(Asked);
        var running = mine.FindAll(o => o.DueAt > now);
        var late = pace is not { } perHour ? null : queue.Zip(Turns(hours, now, TimeSpan.FromHours(1 / perHour)))
            .Where(t => t.First.DueAt > now && t.Second > t.First.DueAt && Asked(t.First))
            .Select(t => new SlaForecastItem(t.First.MentionId, t.First.BrandId, t.First.BrandName, t.First.Owner, t.First.Clock, t.First.Policy.Name, t.First.DueAt, t.Second == DateTimeOffset.MaxValue ? null : t.Second))
            .ToList();
        var broken = late?.FindAll(l => l.DueAt <= until);
        return (
            new(
                queue[0].Clock, [.. queue.Select(o => o.Policy.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], done.Count, Math.Round(spent.TotalHours, 1),
                pace is { } p ? Math.Round(p, 2) : null, running.Count, mine.Count - running.Count, running.Count(o => o.DueAt <= until), broken?.Count, late?.Count - broken?.Count),
            broken ?? []);
    }

    // When the first, second, third ... of a queue is done. Business hours end after five years: what comes after has no time.
    private static IEnumerable<DateTimeOffset> Turns(BusinessHours hours, DateTimeOffset now, TimeSpan each)
    {
        var left = each;
        foreach (var (opens, closes) in hours.Spans(now))
        {
            var at = opens;
            while (closes - at >= left)
            {
                at += left;
                left = each;
                yield return at;
            }

            left -= closes - at;
        }

        while (true)
        {
            yield return DateTimeOffset.MaxValue;
        }
    }

    // Lists are compared by what is in them; whoever is always open is so in every zone.
    private static string KeyOf(BusinessHours hours) => hours.Week.Count == 0
        ? ""
        : $"{hours.TimeZone} {string.Join(' ', hours.Week.OrderBy(h => h.Day).ThenBy(h => h.From).ThenBy(h => h.To))} {string.Join(' ', hours.Holidays.Order().Select(d => d.DayNumber))}";
}
