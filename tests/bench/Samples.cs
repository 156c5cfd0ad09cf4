namespace Serm.Bench;

/// <summary>Durations, in milliseconds, and their percentiles.</summary>
internal sealed class Samples
{
    private readonly List<double> values = [];

    public int Count => values.Count;

    public void Add(double milliseconds) => values.Add(milliseconds);

    /// <summary>The smallest value that at least this share of all values does not exceed.</summary>
    /// <param name="share">0 to 1.</param>
    public double Percentile(double share)
    {
        if (values.Count == 0)
        {
            return double.NaN;
        }

        values.Sort();
        return values[Math.Clamp((int)Math.Ceiling(share * values.Count) - 1, 0, values.Count - 1)];
    }
}
