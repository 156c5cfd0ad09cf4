using Serm.Gateway.Audit;
using Serm.Gateway.Parked;

namespace Serm.Gateway.Clients;

/// <summary>The messages that could not be handled.</summary>
internal sealed class ParkedClient(Inside inside, ParkedMessages parked, OwnChanges changes, TimeProvider clock)
{
    /// <summary>Every queue, also those in which nothing waits.</summary>
    public Task<IReadOnlyList<ParkedQueue>> ListAsync(CancellationToken ct) => inside.ReadAsync(_ => parked.ListAsync(ct), ct);

    /// <summary>Sends the oldest again.</summary>
    /// <returns>How many were sent.</returns>
    public Task<int> ResendAsync(string queue, int max, CancellationToken ct) => inside.DoAsync(_ => parked.ResendAsync(queue, max, ct), ct);

    /// <summary>Writes down how many were sent in all.</summary>
    public Task NoteAsync(string queue, long moved, CancellationToken ct) => inside.DoAsync(c => changes.AddResentAsync(c.Workspace, queue, moved, c.User, clock.GetUtcNow(), ct), ct);
}
