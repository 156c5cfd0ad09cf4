using System.Globalization;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>One bar of the chart.</summary>
/// <param name="At">Start of its hour or day.</param>
/// <param name="To">Its end; of the last one, which may not be over yet, an hour or a day after its start.</param>
/// <param name="Point">The counts; null where there are none.</param>
/// <param name="Blind">A source was blind in some of it: few mentions may mean that nobody looked.</param>
public sealed record Bar(DateTimeOffset At, DateTimeOffset To, DynamicsPoint? Point, bool Blind);

/// <summary>Something that happened while the volume was counted.</summary>
/// <param name="At">When.</param>
/// <param name="Title">What, in one sentence.</param>
/// <param name="Href">Where it is told in full.</param>
/// <param name="Class">How it looks: <c>info</c>, <c>warning</c>, <c>critical</c>.</param>
public sealed record ChartMark(DateTimeOffset At, string Title, string Href, string Class);

/// <summary>Hours or days that stand out.</summary>
/// <param name="From">Their beginning.</param>
/// <param name="To">Their end.</param>
/// <param name="Title">When and by how much, in one sentence.</param>
/// <param name="Href">Where it is told what was said then.</param>
/// <param name="Chosen">It is told.</param>
public sealed record SpikeMark(DateTimeOffset From, DateTimeOffset To, string Title, string Href, bool Chosen);

/// <summary>Lays out volume over time.</summary>
public static class VolumeScale
{
    private static readonly int[] Round = [1, 2, 5, 10];
    private static readonly int[] DaySteps = [1, 2, 7, 14, 28, 56, 91, 182, 364];
    private static readonly int[] HourSteps = [1, 3, 6, 12, 24, 48, 168, 336];

    /// <summary>All bars from begin to end, the empty ones too.</summary>
    public static IReadOnlyList<Bar> Bars(DynamicsData data)
    {
        var points = data.Points.ToDictionary(p => p.At.UtcDateTime);
        return [.. data.Starts.Zip(data.Starts.Skip(1).Append(data.Starts[^1] + Step(data.Bucket)), (at, to) =>
            new Bar(at, to, points.GetValueOrDefault(at.UtcDateTime), data.Gaps.Any(g => g.From < to && (g.To is null || g.To > at))))];
    }

    /// <summary>Where a time lies among the bars: 2.5 is the middle of the third.</summary>
    public static double Place(IReadOnlyList<Bar> bars, DateTimeOffset time)
    {
        var i = 0;
        while (i < bars.Count - 1 && bars[i].To <= time)
        {
            i++;
        }

        return bars.Count == 0 ? 0 : i + Math.Clamp((time - bars[i].At) / (bars[i].To - bars[i].At), 0, 1);
    }

    /// <summary>What is asked for so that a chart of so many days ends with the hour or day that is now.</summary>
    /// <param name="now">Its end.</param>
    /// <param name="days">At least 1.</param>
    /// <param name="bucket"><c>hour</c> or <c>day</c>.</param>
    /// <param name="zone">Whose days.</param>
    /// <returns>A time in the first hour or day.</returns>
    public static DateTimeOffset Begin(DateTimeOffset now, int days, string bucket, TimeZoneInfo zone)
    {
        if (bucket != "day")
        {
            return now.AddDays(-days).AddHours(1);
        }

        // No zone moves its clocks at noon.
        var noon = TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(1 - days).AddHours(12);
        return new DateTimeOffset(noon, zone.GetUtcOffset(noon)) is var first && first < now ? first : now.AddMinutes(-1);
    }

    private static TimeSpan Step(string bucket) => bucket == "day" ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);

    /// <summary>The top of the axis, a round number, and the distance of its lines.</summary>
    public static (long Top, long Step) Axis(long largest)
    {
        if (largest <= 4)
        {
            return (Math.Max(1, largest), 1);
        }

        var magnitude = (long)Math.Pow(10, Math.Floor(Math.Log10(largest / 4d)));
        var step = Round.Select(f => f * magnitude).First(s => s * 4 >= largest);
        return ((largest + step - 1) / step * step, step);
    }

    /// <summary>Every n-th bar gets a label, so that there are about <paramref name="most"/>.</summary>
    public static int LabelEvery(int bars, bool days, int most)
    {
        var steps = days ? DaySteps : HourSteps;
        return steps.FirstOrDefault(s => bars / s <= most, steps[^1]);
    }

    /// <summary>What is written below a bar; null for nothing. Labels stand at round hours and days, so that they do not wander with the range.</summary>
    public static string? LabelOf(Bar bar, int i, bool days, int every, TimeZoneInfo zone)
    {
        var at = TimeZoneInfo.ConvertTime(bar.At, zone).DateTime;
        var shown = days ? i % every == 0 : every < 24 ? at.Hour % every == 0 : at.Hour == 0 && (at.Date - DateTime.UnixEpoch).Days % (every / 24) == 0;
        return !shown ? null : at.ToString(days || at.Hour == 0 ? "d MMM" : "HH:mm", CultureInfo.CurrentCulture);
    }

    /// <summary>The hour or day of a bar.</summary>
    public static string When(Bar bar, bool days, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(bar.At, zone).ToString(days ? "ddd d MMM" : "ddd d MMM, HH:mm", CultureInfo.CurrentCulture);
}
