using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serm.Tests.Integration.Alerts;

/// <summary>A receiver of chat messages that keeps what it gets.</summary>
public sealed class ChatSink : IAsyncDisposable
{
    private readonly WebApplication app;
    private int running;
    private int most;

    private ChatSink(WebApplication app) => this.app = app;

    /// <summary>The key of each request, and its JSON.</summary>
    public ConcurrentQueue<(string Key, JsonElement Body)> Got { get; } = new();

    /// <summary>What it answers.</summary>
    public int Status { get; set; } = 200;

    /// <summary>The header Retry-After of what it answers; null for none.</summary>
    public string? RetryAfter { get; set; }

    /// <summary>The most that it was told at the same time.</summary>
    public int MostAtOnce => most;

    /// <summary>How long it takes.</summary>
    public TimeSpan Delay { get; set; }

    public string Url => $"{app.Urls.First()}/hook";

    public static async Task<ChatSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new ChatSink(builder.Build());
        sink.app.MapPost("/hook", async (HttpContext context) =>
        {
            InterlockedMax(ref sink.most, Interlocked.Increment(ref sink.running));
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            sink.Got.Enqueue((context.Request.Headers["Idempotency-Key"].ToString(), body));
            await Task.Delay(sink.Delay);
            Interlocked.Decrement(ref sink.running);
            context.Response.Headers.RetryAfter = sink.RetryAfter;
            context.Response.StatusCode = sink.Status;
        });
        await sink.app.StartAsync();
        return sink;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = most; value > seen; seen = most)
        {
            Interlocked.CompareExchange(ref most, value, seen);
        }
    }
}

/// <summary>As much of an SMTP server (RFC 5321) as a client needs that signs in nowhere.</summary>
public sealed class MailSink : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task running;

    public MailSink()
    {
        listener.Start();
        running = AcceptAsync();
    }

    /// <summary>Each mail as it came.</summary>
    public ConcurrentQueue<string> Got { get; } = new();

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await running.ContinueWith(static _ => { }, TaskScheduler.Default);
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(end.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 sink");
        while (await reader.ReadLineAsync(end.Token) is { } line)
        {
            switch (line.Split(' ', ':')[0].ToUpperInvariant())
            {
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    var mail = new StringBuilder();
                    string? text;
                    while ((text = await reader.ReadLineAsync(end.Token)) is not null and not ".")
                    {
                        mail.Append(text).Append('\n');
                    }

                    if (text is null)
                    {
                        // Broken off in the middle: no mail.
                        return;
                    }

                    Got.Enqueue(mail.ToString());
                    await writer.WriteLineAsync("250 taken");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync("250 fine");
                    break;
            }
        }
    }
}
