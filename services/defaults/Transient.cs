using System.Net.Sockets;
using MassTransit;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace Serm.Defaults;

/// <summary>What is worth another try, and how it is tried.</summary>
public static partial class Transient
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>True for failures that pass by themselves: a server that restarts, a lost connection, a deadlock, somebody else's concurrent append.</summary>
    public static bool Is(Exception? exception) => exception switch
    {
        null => false,
        AggregateException many => many.InnerExceptions.All(Is),
        NpgsqlException { IsTransient: true } => true,
        PostgresException sql => sql.SqlState is "57P01" or "57P02" or "57P03" or "40001" or "40P01" or "53300" or "25006" || sql.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException => true,
        Marten.Exceptions.ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException => true,
        JasperFx.ConcurrencyException => true,
        MessageReturnedException or MessageNotAcknowledgedException or RabbitMQ.Client.Exceptions.PublishException => true,
        ConnectionException or RabbitMqConnectionException or TransportUnavailableException or BrokerUnreachableException or AlreadyClosedException or OperationInterruptedException => true,
        TimeoutException or SocketException or IOException or HttpRequestException => true,
        _ => exception.InnerException is { } inner && Is(inner),
    };

    /// <summary>Runs <paramref name="work"/> until it succeeds, fails for good or is cancelled. Pauses grow from 50 ms to 5 s, with jitter. The message stays unacknowledged meanwhile: a killed process loses nothing.</summary>
    /// <exception cref="Exception">The first failure that is not transient.</exception>
    public static async Task RetryAsync(Func<CancellationToken, Task> work, ILogger log, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await work(cancellationToken);
                return;
            }
            catch (Exception e) when (Is(e) && !cancellationToken.IsCancellationRequested)
            {
                var pause = Pause(attempt, Random.Shared.NextDouble());
                LogRetry(log, attempt + 1, pause.TotalMilliseconds, e.GetType().Name);
                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    /// <summary>Exponential pause before try <paramref name="attempt"/> + 2, between half and all of min(50 ms x 2^attempt, 5 s).</summary>
    /// <param name="attempt">0 after the first failure.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Pause(int attempt, double jitter)
    {
        var full = Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 20)), LongestPause.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (jitter / 2)));
    }

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message = "Try {Attempt} failed with {Error}; next in {PauseMs} ms")]
    private static partial void LogRetry(ILogger log, int attempt, double pauseMs, string error);
}
