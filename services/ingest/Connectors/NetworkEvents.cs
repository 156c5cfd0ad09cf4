using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Serm.Ingest.Connectors;

/// <summary>A server-sent event.</summary>
/// <param name="Type"><c>message</c> where the server does not say.</param>
internal sealed record NetworkEvent(string Type, string Data);

/// <summary>Server-sent events, or lines, of one or several open answers: bounded events, bounded memory, and a sign of life while nothing comes.</summary>
internal static class NetworkEvents
{
    private const int MaxEvent = 2 * 1024 * 1024;
    private const int Waiting = 2_000;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);

    // Servers send a comment every few seconds: one that sends nothing for so long is gone.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(90);

    /// <summary>Yields what comes, in batches of what has come meanwhile; an empty batch after 20 s of silence. Ends when one of the answers ends.</summary>
    /// <param name="lines">Each line is an event by itself.</param>
    /// <exception cref="NetworkFailure">One broke.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<NetworkEvent>> ListenAsync(IReadOnlyList<(string Host, Stream Body)> answers, bool lines, int largest, [EnumeratorCancellation] CancellationToken stop)
    {
        var events = Channel.CreateBounded<NetworkEvent>(new BoundedChannelOptions(Waiting) { SingleReader = true });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = answers.Select(a => ReadAsync(a.Host, a.Body, lines, events.Writer, end.Token)).ToList();
        try
        {
            while (true)
            {
                var batch = new List<NetworkEvent>();
                var there = events.Reader.WaitToReadAsync(stop).AsTask();
                if (await Task.WhenAny(there, Task.Delay(Idle, stop)) == there)
                {
                    if (!await there)
                    {
                        break;
                    }

                    while (batch.Count < largest && events.Reader.TryRead(out var happened))
                    {
                        batch.Add(happened);
                    }
                }

                yield return batch;
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(reading);
        }
    }

    private static async Task ReadAsync(string host, Stream body, bool lines, ChannelWriter<NetworkEvent> events, CancellationToken stop)
    {
        try
        {
            var pipe = PipeReader.Create(body);
            var (type, data) = ("message", new StringBuilder());
            while (true)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
                patience.CancelAfter(Silence);
                var read = await pipe.ReadAsync(patience.Token);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } at)
                {
                    var line = Encoding.UTF8.GetString(buffer.Slice(0, at)).TrimEnd('\r');
                    buffer = buffer.Slice(buffer.GetPosition(1, at));
                    if (lines)
                    {
                        if (line.Length > 0)
                        {
                            await events.WriteAsync(new(type, line), stop);
                        }
                    }
                    else if (line.Length == 0)
                    {
                        if (data.Length > 0)
                        {
                            await events.WriteAsync(new(type, data.ToString().TrimEnd('\n')), stop);
                        }

                        (type, data) = ("message", new StringBuilder());
                    }
                    else if (Field(line, "event") is { } name)
                    {
                        type = name;
                    }
                    else if (Field(line, "data") is { } more)
                    {
                        data.Append(more).Append('\n');
                    }
                }

                if (buffer.Length + data.Length > MaxEvent)
                {
                    events.TryComplete(new NetworkFailure("too_large", $"{host} sent an event of more than {MaxEvent / (1024 * 1024)} MB."));
                    return;
                }

                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    events.TryComplete();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            events.TryComplete();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            events.TryComplete(new NetworkFailure("cut_off", $"{host} broke off the stream. It is opened again.", inner: e));
        }
    }

    // "data: x" and "data:x" are the same.
    private static string? Field(string line, string name) =>
        !line.StartsWith(name, StringComparison.Ordinal) ? null : line.Length == name.Length ? "" : line[name.Length] != ':' ? null : line.AsSpan(name.Length + 1) is [' ', .. var rest] ? rest.ToString() : line[(name.Length + 1)..];
}
