using System.Globalization;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>The days that a report is of, by the clock of who reads it.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last of them, included; today at the latest.</param>
public sealed record ReportTime(DateOnly First, DateOnly Last)
{
    /// <summary>Days of a report at most.</summary>
    public const int Most = 366;

    /// <summary>Values of <c>time</c> in the address: the last 7 and 30 days, today included, and the month before this one. A link with one of them is of other days tomorrow.</summary>
    public static readonly IReadOnlyList<string> Presets = ["7d", "30d", "month"];

    private static readonly DateOnly Earliest = new(2000, 1, 1);

    /// <summary>How many they are.</summary>
    public int Days => Last.DayNumber - First.DayNumber + 1;

    /// <summary>Reads the address. Days count before a preset; what nobody understands is passed over, and the last 7 days are shown.</summary>
    /// <param name="time">One of <see cref="Presets"/>.</param>
    /// <param name="from">The first day, such as <c>2026-03-01</c>.</param>
    /// <param name="to">The last day.</param>
    /// <param name="now">The time.</param>
    /// <param name="zone">Whose days.</param>
    public static ReportTime Of(string? time, string? from, string? to, DateTimeOffset now, TimeZoneInfo zone)
    {
        var today = Today(now, zone);
        if (Day(from) is null && Day(to) is null)
        {
            var begun = new DateOnly(today.Year, today.Month, 1);
            return time switch
            {
                "30d" => new(today.AddDays(-29), today),
                "month" => new(begun.AddMonths(-1), begun.AddDays(-1)),
                _ => new(today.AddDays(-6), today),
            };
        }

        var last = Within(Day(to) ?? today, Earliest, today);
        var first = Within(Day(from) ?? last.AddDays(-6), Earliest, today);
        (first, last) = first <= last ? (first, last) : (last, first);
        return new(Within(first, last.AddDays(1 - Most), last), last);
    }

    /// <summary>From when to when, as the services are asked: up to now while the last day goes on.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Span(DateTimeOffset now, TimeZoneInfo zone) => (Begin(First, zone), Begin(Last.AddDays(1), zone) is var end && end < now ? end : now);

    /// <summary>As many days before, up to the same time of day while the last day goes on.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Before(DateTimeOffset now, TimeZoneInfo zone)
    {
        if (Begin(Last.AddDays(1), zone) <= now)
        {
            return (Begin(First.AddDays(-Days), zone), Begin(First, zone));
        }

        var wall = TimeZoneInfo.ConvertTime(now, zone).DateTime.AddDays(-Days);
        return (Begin(First.AddDays(-Days), zone), At(wall, zone));
    }

    /// <summary>The day of a time.</summary>
    public static DateOnly Today(DateTimeOffset time, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    /// <summary>How long at least one of the sources was blind within a time: where two were at once it counts once.</summary>
    public static TimeSpan Blind(IEnumerable<BlindTime> gaps, DateTimeOffset from, DateTimeOffset to)
    {
        var (blind, seen) = (TimeSpan.Zero, from);
        foreach (var gap in gaps.OrderBy(g => g.From))
        {
            var begin = gap.From > seen ? gap.From : seen;
            var end = gap.To is { } closed && closed < to ? closed : to;
            if (end > begin)
            {
                blind += end - begin;
                seen = end;
            }
        }

        return blind;
    }

    /// <summary>A day as an address has it; null for what is none.</summary>
    internal static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static DateOnly Within(DateOnly day, DateOnly least, DateOnly most) => day < least ? least : day > most ? most : day;

    /// <summary>When a day begins there.</summary>
    internal static DateTimeOffset Begin(DateOnly day, TimeZoneInfo zone) => At(day.ToDateTime(TimeOnly.MinValue), zone);

    // Where clocks are put forward then, it is when they have been.
    private static DateTimeOffset At(DateTime wall, TimeZoneInfo zone)
    {
        var valid = zone.IsInvalidTime(wall) ? wall.AddHours(1) : wall;
        return new DateTimeOffset(DateTime.SpecifyKind(valid, DateTimeKind.Unspecified), zone.GetUtcOffset(valid)).ToUniversalTime();
    }
}
