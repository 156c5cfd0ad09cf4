using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>One bar of the chart.</summary>
/// <param name="At">Start of its hour or day, UTC.</param>
/// <param name="To">Its end.</param>
/// <param name="Point">The counts; null where there are none.</param>
/// <param name="Blind">A source was blind in some of it: few mentions may mean that nobody looked.</param>
public sealed record Bar(DateTimeOffset At, DateTimeOffset To, DynamicsPoint? Point, bool Blind);

/// <summary>Something that happened while the volume was counted.</summary>
/// <param name="At">When.</param>
/// <param name="Title">What, in one sentence.</param>
/// <param name="Href">Where it is told in full.</param>
/// <param name="Class">How it looks: <c>info</c>, <c>warning</c>, <c>critical</c>.</param>
public sealed record ChartMark(DateTimeOffset At, string Title, string Href, string Class);

/// <summary>Lays out volume over time.</summary>
public static class VolumeScale
{
    private static readonly int[] Round = [1, 2, 5, 10];
    private static readonly int[] DaySteps = [1, 2, 7, 14, 28, 56, 91, 182, 364];
    private static readonly int[] HourSteps = [1, 3, 6, 12, 24, 48, 168, 336];

    /// <summary>All bars from begin to end, the empty ones too.</summary>
    public static IReadOnlyList<Bar> Bars(DynamicsData data)
    {
        var step = data.Bucket == "day" ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
        var points = data.Points.ToDictionary(p => p.At.UtcDateTime);
        var bars = new List<Bar>();
        for (var at = data.From; at < data.To; at += step)
        {
            var to = at + step;
            bars.Add(new Bar(at, to, points.GetValueOrDefault(at.UtcDateTime), data.Gaps.Any(g => g.From < to && (g.To is null || g.To > at))));
        }

        return bars;
    }

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
}
