namespace Serm.Simulator;

/// <summary>A clock that stands still until it is moved, or until it follows another. Who waits on it while it stands moves it: a wait of three seconds takes none.</summary>
public sealed class SimClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private DateTimeOffset now = start;
    private TimeProvider? followed;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return followed?.GetUtcNow() ?? now;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves on.</summary>
    public void Advance(TimeSpan by)
    {
        lock (gate)
        {
            now += by;
        }
    }

    /// <summary>Goes with another clock from now on, and is not moved any more.</summary>
    public void Follow(TimeProvider clock)
    {
        lock (gate)
        {
            followed = clock;
        }
    }

    /// <summary>Waits until something happens, at most so long by this clock: one that stands is moved to the end of it.</summary>
    public async Task HoldAsync(TimeSpan most, Func<bool> happened, CancellationToken stop)
    {
        var until = GetUtcNow() + most;
        while (followed is not null && !happened() && GetUtcNow() < until)
        {
            await Task.Delay(25, stop);
        }

        if (followed is null)
        {
            Advance(most);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Advance(dueTime);
            ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);
        }

        return new Rung();
    }

    // It has rung by the time it exists.
    private sealed class Rung : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
