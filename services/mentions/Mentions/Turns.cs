namespace Serm.Mentions;

/// <summary>Requests of this process for one mention go one after the other before they ask for a connection: when two hundred want the same mention, they must not hold all connections while they wait for its lock. Between processes the lock in the database decides.</summary>
internal sealed class Turns
{
    // Mentions share turns by their id's hash: rarely two at once, and never for long.
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 1024).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Waits for the turn; disposing gives it on.</summary>
    public async Task<IDisposable> TakeAsync(Guid id, CancellationToken cancellationToken)
    {
        var turn = turns[(uint)id.GetHashCode() % turns.Length];
        await turn.WaitAsync(cancellationToken);
        return new Turn(turn);
    }

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
