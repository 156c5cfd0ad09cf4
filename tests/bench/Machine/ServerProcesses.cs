using System.Globalization;
using Npgsql;

namespace Serm.Bench;

/// <summary>The processes behind the servers' addresses, when they run on this machine and the kernel lets us look.</summary>
internal static class ServerProcesses
{
    /// <summary>The postmaster; null when it is not on this machine.</summary>
    public static async Task<int?> PostgresAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("select pg_backend_pid()");
        var backend = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        return File.Exists($"/proc/{backend}/stat") && File.ReadAllText($"/proc/{backend}/cmdline").Contains("postgres", StringComparison.Ordinal) ? ProcessUsage.Parent(backend) : null;
    }

    /// <summary>The broker: who listens on its port.</summary>
    public static int? RabbitMq(string address)
    {
        var port = new Uri(address).Port is > 0 and var given ? given : 5672;
        var inodes = new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(f => f.Length > 9 && f[3] == "0A" && f[1].EndsWith(':' + port.ToString("X4", CultureInfo.InvariantCulture), StringComparison.Ordinal))
            .Select(f => $"socket:[{f[9]}]")
            .ToHashSet(StringComparer.Ordinal);
        return Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Holds(id, inodes))
            .Select(id => (int?)id)
            .FirstOrDefault();
    }

    private static bool Holds(int processId, HashSet<string> inodes)
    {
        try
        {
            return Directory.EnumerateFiles($"/proc/{processId}/fd").Any(f => new FileInfo(f).LinkTarget is { } target && inodes.Contains(target));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
