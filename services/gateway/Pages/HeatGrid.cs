using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>An hour of the day on a day of the week.</summary>
/// <param name="Day">Of the week.</param>
/// <param name="Hour">0 to 23.</param>
/// <param name="Hours">The hours that it is made of, in order, the empty ones too.</param>
public sealed record HeatCell(DayOfWeek Day, int Hour, IReadOnlyList<Bar> Hours)
{
    /// <summary>Mentions of all of them.</summary>
    public long Total => Hours.Sum(h => h.Point?.Total ?? 0);

    /// <summary>Mentions an hour; 0 where there is no such hour in the time.</summary>
    public double Mean => Hours.Count == 0 ? 0 : Total / (double)Hours.Count;

    /// <summary>Negative of those that are judged; null where none is.</summary>
    public double? Negative => Hours.Sum(h => h.Point is { } p ? p.Total - p.Unscored : 0) is > 0 and var judged ? Hours.Sum(h => h.Point?.Negative ?? 0) / (double)judged : null;

    /// <summary>A source was blind in one of them.</summary>
    public bool Blind => Hours.Any(h => h.Blind);
}

/// <summary>When is written: hours of the day by days of the week, by the clock of whoever looks.</summary>
public static class HeatGrid
{
    /// <summary>Shades of a cell.</summary>
    public const int Levels = 5;

    /// <summary>Seven rows of 24 cells.</summary>
    /// <param name="data">By hour.</param>
    /// <param name="zone">Whose hours. In zones that are parts of an hour off UTC an hour counts as the one in which it begins.</param>
    /// <param name="first">With which day a week begins there.</param>
    public static IReadOnlyList<IReadOnlyList<HeatCell>> Of(DynamicsData data, TimeZoneInfo zone, DayOfWeek first)
    {
        var cells = VolumeScale.Bars(data)
            .Where(b => b.At < data.To)
            .Select(b => (Bar: b, At: TimeZoneInfo.ConvertTime(b.At, zone)))
            .ToLookup(b => (b.At.DayOfWeek, b.At.Hour), b => b.Bar);
        return [.. Enumerable.Range((int)first, 7).Select(d => (DayOfWeek)(d % 7)).Select(day => (IReadOnlyList<HeatCell>)[.. Enumerable.Range(0, 24).Select(hour => new HeatCell(day, hour, [.. cells[(day, hour)]]))])];
    }

    /// <summary>The shade of a value: 0 for nothing, else 1 to <see cref="Levels"/>.</summary>
    public static int Level(double value, double largest) => value <= 0 || largest <= 0 ? 0 : Math.Clamp((int)Math.Ceiling(value / largest * Levels), 1, Levels);
}
