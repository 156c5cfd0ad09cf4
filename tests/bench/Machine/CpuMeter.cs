using System.Diagnostics;
using Serm.Tests;

namespace Serm.Bench;

/// <summary>CPU seconds of each part of a chain between two moments.</summary>
internal sealed class CpuMeter
{
    private readonly List<(string Name, int ProcessId, double Before)> parts;

    private CpuMeter(List<(string, int, double)> parts) => this.parts = parts;

    /// <summary>Starts counting: the servers, the services of a stack, and this process as the load.</summary>
    public static async Task<CpuMeter> StartAsync(IEnumerable<ServiceProcess> services, CancellationToken cancellationToken)
    {
        var watched = new List<(string Name, int Id)> { ("load", Environment.ProcessId) };
        watched.AddRange(services.Select(s => (s.Name["Serm.".Length..].ToLowerInvariant(), s.ProcessId)));
        if (ServerProcesses.RabbitMq(BenchContext.RabbitMq) is { } broker)
        {
            watched.Add(("rabbitmq", broker));
        }

        if (await ServerProcesses.PostgresAsync(BenchContext.Postgres, cancellationToken) is { } postgres)
        {
            watched.Add(("postgresql", postgres));
        }

        return new(watched.ConvertAll(p => (p.Name, p.Id, Seconds(p.Id))));
    }

    /// <summary>CPU microseconds of each part for one of <paramref name="count"/> mentions.</summary>
    public IReadOnlyDictionary<string, double> Each(int count) =>
        parts.ToDictionary(p => p.Name, p => (Seconds(p.ProcessId) - p.Before) * 1e6 / count, StringComparer.Ordinal);

    // This process has children, the services, that count on their own.
    private static double Seconds(int processId)
    {
        if (processId != Environment.ProcessId)
        {
            return ProcessUsage.CpuSeconds(processId);
        }

        using var own = Process.GetCurrentProcess();
        return own.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>As one line of text.</summary>
    public static string Text(IReadOnlyDictionary<string, double> each) =>
        string.Join(", ", each.Select(p => FormattableString.Invariant($"{p.Key} {p.Value:0}"))) + FormattableString.Invariant($", sum {each.Values.Sum():0} us");
}
