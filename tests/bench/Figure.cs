using System.Globalization;

namespace Serm.Bench;

/// <summary>One line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Value">The figure, with its unit.</param>
/// <param name="ComparedWith">What it stands beside, measured in the same run; empty when there is nothing.</param>
/// <param name="Aim">What it should be; empty when it only informs.</param>
/// <param name="Met">Null without an aim.</param>
internal sealed record Figure(string What, string Value, string ComparedWith = "", string Aim = "", bool? Met = null)
{
    /// <summary>A figure that must not be larger than its aim.</summary>
    public static Figure AtMost(string what, double value, double aim, string unit, string comparedWith = "") =>
        new(what, Text(value, unit), comparedWith, "at most " + Text(aim, unit), value <= aim);

    /// <summary>A figure that must not be smaller than its aim.</summary>
    public static Figure AtLeast(string what, double value, double aim, string unit, string comparedWith = "") =>
        new(what, Text(value, unit), comparedWith, "at least " + Text(aim, unit), value >= aim);

    /// <summary>A number as the table shows it: three significant digits or whole.</summary>
    public static string Text(double value, string unit)
    {
        var format = Math.Abs(value) switch { >= 100 => "#,0", >= 10 => "0.0", _ => "0.00" };
        return (value.ToString(format, CultureInfo.InvariantCulture) + " " + unit).TrimEnd();
    }
}
