using MassTransit;

namespace Serm.Defaults;

/// <summary>How messages are gathered into batches.</summary>
/// <param name="Size">Messages in a batch; the last bulk of one may exceed it.</param>
/// <param name="Pace">The least time between the beginnings of two batches: a lone message is handled at once, many wait so long for each other.</param>
/// <param name="Concurrency">Batches handled at once.</param>
/// <param name="Age">How old a bulk must be before it is handled; zero for at once.</param>
internal sealed record BatchRule(int Size, TimeSpan Pace, int Concurrency, TimeSpan Age);

/// <summary>Gathers bulks while earlier ones are handled, so that batches grow with the load and a lone message waits for nobody. A bulk is acknowledged when its batch is done.</summary>
internal sealed class BatchCollector<T>(BatchHandling<T> handling, BatchRule rule, string queue, TimeProvider clock) : IConsumer<Bulk<T>>
    where T : class
{
    private readonly Lock gate = new();
    private readonly Queue<Waiting> waiting = new();
    private readonly KeyValuePair<string, object?> tag = new("queue", queue);
    private int messages;
    private int workers;
    private long? lastBegun;

    public Task Consume(ConsumeContext<Bulk<T>> context)
    {
        var mine = new Waiting(context, clock.GetTimestamp(), Wait(context));
        lock (gate)
        {
            waiting.Enqueue(mine);
            messages += mine.Messages;
            if (workers < rule.Concurrency)
            {
                workers++;
                _ = Task.Run(WorkAsync);
            }
        }

        return mine.Done.Task;
    }

    // From when it was sent, so that what has waited in its queue long enough does not wait here again; never longer than from now, whatever the sender's clock says.
    private TimeSpan Wait(ConsumeContext context)
    {
        var age = context.SentTime is { } sent ? clock.GetUtcNow().UtcDateTime - sent : TimeSpan.Zero;
        return age > TimeSpan.Zero ? rule.Age - age : rule.Age;
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            if (Pause() is var pause && pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock);
            }

            if (Take() is not { } batch)
            {
                return;
            }

            await HandleAsync(batch);
        }
    }

    private TimeSpan Pause()
    {
        lock (gate)
        {
            if (!waiting.TryPeek(out var first))
            {
                return TimeSpan.Zero;
            }

            // By the time that runs, not by the one of day: a clock that is set back must not hold the queue.
            var paced = messages >= rule.Size || lastBegun is not { } begun ? TimeSpan.Zero : rule.Pace - clock.GetElapsedTime(begun);
            var aged = Left(first);
            return paced > aged ? paced : aged;
        }
    }

    // Null when there is nothing left to do: then this worker is gone.
    private List<Waiting>? Take()
    {
        lock (gate)
        {
            var batch = new List<Waiting>();
            var size = 0;
            while (size < rule.Size && waiting.TryPeek(out var next) && (batch.Count == 0 || Left(next) <= TimeSpan.Zero))
            {
                batch.Add(waiting.Dequeue());
                size += next.Messages;
            }

            messages -= size;
            if (batch.Count == 0)
            {
                workers--;
                return null;
            }

            lastBegun = clock.GetTimestamp();
            BatchMetrics.Size.Record(size, tag);
            return batch;
        }
    }

    private TimeSpan Left(Waiting bulk) => bulk.Wait - clock.GetElapsedTime(bulk.Came);

    private async Task HandleAsync(List<Waiting> batch)
    {
        try
        {
            await handling.HandleAsync(batch.ConvertAll(w => w.Context));
            batch.ForEach(w => w.Done.TrySetResult());
        }
        catch (OperationCanceledException e)
        {
            batch.ForEach(w => w.Done.TrySetCanceled(e.CancellationToken));
        }
        catch (Exception e)
        {
            // What could be parked is parked; the rest goes back to its queue.
            batch.ForEach(w => w.Done.TrySetException(e));
        }
    }

    private sealed record Waiting(ConsumeContext<Bulk<T>> Context, long Came, TimeSpan Wait)
    {
        public int Messages { get; } = Context.Message.Items.Count;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
