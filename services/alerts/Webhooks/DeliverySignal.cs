using System.Threading.Channels;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Says when there may be something to deliver, and when the webhooks have to be read anew: told by PostgreSQL, by ends of attempts, and now and then without being told.</summary>
internal sealed class DeliverySignal(NpgsqlDataSource dataSource)
{
    private static readonly TimeSpan Reread = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _stale = 1;

    /// <summary>Ends the wait.</summary>
    /// <param name="webhooks">True when the webhooks may have changed.</param>
    public void Wake(bool webhooks = false)
    {
        if (webhooks)
        {
            Interlocked.Exchange(ref _stale, 1);
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>True once after the webhooks may have changed.</summary>
    public bool TakeStale() => Interlocked.Exchange(ref _stale, 0) == 1;

    /// <summary>Waits until it is woken, at most so long.</summary>
    public async Task WaitAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        wait.CancelAfter(most);
        try
        {
            await _signal.Reader.ReadAsync(wait.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody said anything: retries may be due.
        }
    }

    /// <summary>Listens until it is cancelled, on a connection of its own.</summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; !cancellationToken.IsCancellationRequested;)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
                connection.Notification += (_, e) => Wake(webhooks: e.Payload.Length > 0);
                await using (var listen = new NpgsqlCommand($"listen {FanOut.Channel}", connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                for (attempt = 0; ;)
                {
                    // Also without being told: what was said while there was no connection was heard by nobody.
                    Wake(webhooks: !await connection.WaitAsync(Reread, cancellationToken));
                }
            }
            catch (Exception e) when (Transient.Is(e) && !cancellationToken.IsCancellationRequested)
            {
                Wake(webhooks: true);
                await Task.Delay(Transient.Pause(attempt++, Random.Shared.NextDouble()), cancellationToken);
            }
        }
    }
}
