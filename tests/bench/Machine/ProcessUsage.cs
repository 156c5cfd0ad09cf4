using System.Globalization;

namespace Serm.Bench;

/// <summary>What the kernel says of a process and all that descend from it.</summary>
internal static class ProcessUsage
{
    private const double TicksPerSecond = 100;

    /// <summary>CPU seconds, user and system, of the process, its living descendants and its buried children.</summary>
    public static double CpuSeconds(int processId) => Tree(processId).Sum(OwnCpuSeconds);

    /// <summary>Proportional set size in MiB: shared pages count in parts. Null when the kernel does not tell.</summary>
    public static double? MemoryMebibytes(int processId)
    {
        try
        {
            return Tree(processId).Sum(id => File.ReadLines($"/proc/{id}/smaps_rollup")
                .Where(l => l.StartsWith("Pss:", StringComparison.Ordinal))
                .Sum(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The parent of a process.</summary>
    public static int Parent(int processId) => int.Parse(Stat(processId)![1], CultureInfo.InvariantCulture);

    private static List<int> Tree(int root)
    {
        var children = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Stat: Stat(id)))
            .Where(p => p.Stat is not null)
            .ToLookup(p => int.Parse(p.Stat![1], CultureInfo.InvariantCulture), p => p.Id);
        var tree = new List<int> { root };
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(children[tree[i]]);
        }

        return tree;
    }

    private static double OwnCpuSeconds(int processId)
    {
        // After the name: state, parent, ..., utime (12th), stime, cutime, cstime.
        var stat = Stat(processId);
        return stat is null ? 0 : stat[11..15].Sum(t => long.Parse(t, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    private static string[]? Stat(int processId)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{processId}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
