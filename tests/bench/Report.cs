namespace Serm.Bench;

/// <summary>The table at the end of a run, in Markdown, with the machine that it was measured on.</summary>
internal static class Report
{
    public static void Write(TextWriter output, IReadOnlyList<Figure> figures)
    {
        output.WriteLine();
        output.WriteLine($"Measured {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC on {Machine()}");
        output.WriteLine();
        string[][] rows =
        [
            ["What", "Figure", "Compared with", "Aim", "Met"],
            .. figures.Select(f => new[] { f.What, f.Value, f.ComparedWith, f.Aim, f.Met switch { true => "yes", false => "NO", null => "" } }),
        ];
        var widths = Enumerable.Range(0, 5).Select(c => rows.Max(r => r[c].Length)).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            output.WriteLine("| " + string.Join(" | ", rows[i].Select((cell, c) => cell.PadRight(widths[c]))) + " |");
            if (i == 0)
            {
                output.WriteLine("|" + string.Join('|', widths.Select(w => new string('-', w + 2))) + "|");
            }
        }

        output.WriteLine();
    }

    private static string Machine()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return $"{Environment.ProcessorCount} cores ({model ?? "unknown"}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, .NET {Environment.Version}; servers, services and load on the same machine";
    }
}
