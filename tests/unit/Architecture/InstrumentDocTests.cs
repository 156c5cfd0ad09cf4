using System.Text.RegularExpressions;

namespace Serm.Tests.Unit.Architecture;

/// <summary>Alarms are built on the names in the operators' page.</summary>
public sealed partial class InstrumentDocTests
{
    [Fact]
    public void Every_instrument_that_operators_are_told_of_is_there()
    {
        var there = Directory.EnumerateFiles(Path.Combine(Code.Root, "services"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Created().Matches(File.ReadAllText(f)))
            .Select(m => m.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);
        var told = Told().Matches(File.ReadAllText(Path.Combine(Code.Root, "docs", "operating.md"))).Select(m => m.Groups["name"].Value).ToList();
        told.Count.ShouldBeGreaterThan(10);
        told.Except(there, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [GeneratedRegex("""Create(?:Counter|Histogram|Gauge|UpDownCounter|Observable\w+)(?:<\w+>)?\(\s*"(?<name>serm\.[\w.]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Created();

    [GeneratedRegex(@"`(?<name>serm\.[a-z_.]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Told();
}
