namespace Serm.Mentions;

/// <summary>Hours of one weekday in which clocks run.</summary>
/// <param name="Day">The weekday.</param>
/// <param name="From">Minute of the day, 0 to 1439.</param>
/// <param name="To">Minute of the day, above <paramref name="From"/>, at most 1440.</param>
public sealed record OpenHours(DayOfWeek Day, int From, int To);

/// <summary>When clocks run: hours of the week in a time zone, without the holidays. No hours at all means always.</summary>
/// <param name="TimeZone">IANA name, such as <c>Europe/Stockholm</c>.</param>
/// <param name="Week">Hours by weekday; may touch, need not be in order.</param>
/// <param name="Holidays">Local dates on which no clock runs.</param>
public sealed record BusinessHours(string TimeZone, IReadOnlyList<OpenHours> Week, IReadOnlyList<DateOnly> Holidays)
{
    // A due time farther away than this is none.
    private const int MaxDays = 366 * 5;

    /// <summary>Day and night.</summary>
    public static readonly BusinessHours Always = new("Etc/UTC", [], []);

    /// <summary>The spans of time in which clocks run, from a moment on, in order and apart. Ends after five years.</summary>
    public IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Spans(DateTimeOffset from)
    {
        if (Week.Count == 0)
        {
            yield return (from, from.AddDays(MaxDays));
            yield break;
        }

        var zone = TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

        // A day earlier: what begins before midnight can still last.
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, zone).DateTime).AddDays(-1);
        (DateTimeOffset From, DateTimeOffset To)? open = null;
        for (var n = 0; n < MaxDays; n++, day = day.AddDays(1))
        {
            foreach (var hours in Week.Where(h => h.Day == day.DayOfWeek && !Holidays.Contains(day)).OrderBy(h => h.From))
            {
                var (start, end) = (Instant(zone, day, hours.From, later: false), Instant(zone, day, hours.To, later: true));
                start = start < from ? from : start;
                if (end <= start)
                {
                    continue;
                }

                if (open is { } before && start <= before.To)
                {
                    open = (before.From, end > before.To ? end : before.To);
                    continue;
                }

                if (open is { } done)
                {
                    yield return done;
                }

                open = (start, end);
            }
        }

        if (open is { } last)
        {
            yield return last;
        }
    }

    // Clocks turned forward skip local times: the next that there is stands for them. Clocks turned back repeat some: hours begin with the first and end with the last.
    private static DateTimeOffset Instant(TimeZoneInfo zone, DateOnly day, int minute, bool later)
    {
        var local = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minute);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        var offset = zone.IsAmbiguousTime(local)
            ? later ? zone.GetAmbiguousTimeOffsets(local).Min() : zone.GetAmbiguousTimeOffsets(local).Max()
            : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
