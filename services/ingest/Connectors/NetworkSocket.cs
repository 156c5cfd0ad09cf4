using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace Serm.Ingest.Connectors;

/// <summary>A web socket that only listens: bounded messages, bounded memory, and a sign of life while nothing comes.</summary>
internal static class NetworkSocket
{
    private const int MaxMessage = 2 * 1024 * 1024;
    private const int Waiting = 2_000;

    // Silence is reported, so that a quiet stream is known to be alive; pings find a dead one.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);

    /// <summary>Connects and yields what comes, in batches of what has come meanwhile; an empty batch after 20 s of silence. Ends when the other side closes.</summary>
    /// <param name="http">The guarded way out.</param>
    /// <param name="url">ws or wss.</param>
    /// <param name="largest">Messages in a batch.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="NetworkFailure">The connection was refused or broke.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<JsonElement>> ListenAsync(HttpMessageInvoker http, Uri url, int largest, [EnumeratorCancellation] CancellationToken stop)
    {
        using var socket = await ConnectAsync(http, url, stop);
        var messages = Channel.CreateBounded<JsonElement>(new BoundedChannelOptions(Waiting) { SingleReader = true, SingleWriter = true });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var receiving = ReceiveAsync(socket, url, messages.Writer, end.Token);
        try
        {
            while (true)
            {
                var batch = new List<JsonElement>();
                var there = messages.Reader.WaitToReadAsync(stop).AsTask();
                if (await Task.WhenAny(there, Task.Delay(Idle, stop)) == there)
                {
                    if (!await there)
                    {
                        break;
                    }

                    while (batch.Count < largest && messages.Reader.TryRead(out var message))
                    {
                        batch.Add(message);
                    }
                }

                yield return batch;
            }
        }
        finally
        {
            await end.CancelAsync();
            await receiving;
        }
    }

    private static async Task<ClientWebSocket> ConnectAsync(HttpMessageInvoker http, Uri url, CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.KeepAliveInterval = Ping;
        socket.Options.KeepAliveTimeout = Ping;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            await socket.ConnectAsync(url, http, timeout.Token);
            return socket;
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is WebSocketException or OperationCanceledException)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw status switch
            {
                429 => NetworkFailure.Limited(url.Host, null),
                401 or 403 => NetworkFailure.Refused(url.Host),
                >= 400 => new NetworkFailure($"http_{status}", $"{url.Host} does not open the stream ({status}).", inner: e),
                _ => new NetworkFailure("unreachable", $"{url.Host} cannot be reached.", inner: e),
            };
        }
    }

    private static async Task ReceiveAsync(ClientWebSocket socket, Uri url, ChannelWriter<JsonElement> messages, CancellationToken stop)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            using var message = new MemoryStream();
            while (true)
            {
                var got = await socket.ReceiveAsync(buffer.AsMemory(), stop);
                if (got.MessageType == WebSocketMessageType.Close)
                {
                    messages.Complete();
                    return;
                }

                message.Write(buffer, 0, got.Count);
                if (message.Length > MaxMessage)
                {
                    messages.Complete(new NetworkFailure("too_large", $"{url.Host} sent a message of more than {MaxMessage / (1024 * 1024)} MB."));
                    return;
                }

                if (got.EndOfMessage)
                {
                    if (Read(message) is { } json)
                    {
                        await messages.WriteAsync(json, stop);
                    }

                    message.SetLength(0);
                }
            }
        }
        catch (OperationCanceledException)
        {
            messages.TryComplete();
        }
        catch (Exception e) when (e is WebSocketException or IOException or HttpRequestException)
        {
            messages.TryComplete(new NetworkFailure("cut_off", $"{url.Host} broke off the stream. It is opened again.", inner: e));
        }
    }

    // A message that cannot be read is passed over: waiting for it again would stop the stream for ever.
    private static JsonElement? Read(MemoryStream message)
    {
        try
        {
            return JsonElement.Parse(message.GetBuffer().AsSpan(0, (int)message.Length));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
