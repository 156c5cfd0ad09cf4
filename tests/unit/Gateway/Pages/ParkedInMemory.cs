using Serm.Gateway.Parked;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>Parked messages without a broker.</summary>
internal sealed class ParkedInMemory() : ParkedMessages(null!, TimeProvider.System)
{
    public Dictionary<string, (long Count, ParkedCause? First)> Queues { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether what is sent again fails again.</summary>
    public bool FailsAgain { get; set; }

    /// <summary>Null answers at once.</summary>
    public TaskCompletionSource? Waits { get; set; }

    public Exception? Fails { get; set; }

    public List<(string Queue, int? Max)> Resent { get; } = [];

    public void Count(long waiting) => Waiting = waiting;

    public override Task<IReadOnlyList<ParkedQueue>> ListAsync(CancellationToken cancellationToken) => Fails is { } failure
        ? Task.FromException<IReadOnlyList<ParkedQueue>>(failure)
        : Task.FromResult<IReadOnlyList<ParkedQueue>>([.. Queues.Select(q => new ParkedQueue(q.Key, q.Value.Count, q.Value.First))]);

    public override async Task<int> ResendAsync(string queue, int? max, CancellationToken cancellationToken)
    {
        if (Waits is { } gate)
        {
            await gate.Task;
        }

        Resent.Add((queue, max));
        var (count, first) = Queues[queue];
        var moved = (int)Math.Min(max ?? int.MaxValue, count);
        Queues[queue] = FailsAgain ? (count, first) : (count - moved, first);
        return moved;
    }
}
