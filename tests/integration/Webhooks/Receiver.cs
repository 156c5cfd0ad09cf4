using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serm.Tests.Integration.Webhooks;

/// <summary>A request as the receiver got it.</summary>
public sealed record Received(string Path, string Id, string Timestamp, string Signature, string Body, DateTimeOffset At);

/// <summary>A web server that notes what it is sent, and answers as it is told to.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private Receiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<Received> All { get; } = new();

    /// <summary>The base address, on loopback.</summary>
    public string Address => app.Urls.First();

    public List<Received> At(string path) => [.. All.Where(r => r.Path == path)];

    public static async Task<Receiver> StartAsync(Func<HttpContext, Received, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver.app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            string Header(string name) => context.Request.Headers[name].ToString();
            var got = new Received(context.Request.Path, Header("webhook-id"), Header("webhook-timestamp"), Header("webhook-signature"), body, TimeProvider.System.GetUtcNow());
            receiver.All.Enqueue(got);
            await (answer is null ? Task.CompletedTask : answer(context, got));
        });
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>The behaviours of bad receivers, by path.</summary>
    public static Task<Receiver> StartBadAsync(string redirectsTo) => StartAsync((context, got) => MisbehaveAsync(context, got.Path, redirectsTo));

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private static async Task MisbehaveAsync(HttpContext context, string path, string redirectsTo)
    {
        switch (path)
        {
            case "/slow":
                await Task.Delay(TimeSpan.FromSeconds(1), context.RequestAborted);
                break;
            case "/hangs":
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                break;
            case "/redirects":
                context.Response.Redirect(redirectsTo);
                break;
            case "/closes":
                context.Abort();
                break;
            case "/500":
                context.Response.StatusCode = 500;
                await context.Response.WriteAsync("it broke\0here");
                break;
            case "/429":
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "120";
                break;
            case "/410":
                context.Response.StatusCode = 410;
                break;
        }
    }
}

/// <summary>Answers 200 and then a gigabyte, and counts what the caller took of it.</summary>
public sealed class HugeReceiver : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private long sent;

    private HugeReceiver() => listener.Start();

    public long Sent => Interlocked.Read(ref sent);

    public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

    public static HugeReceiver Start()
    {
        var receiver = new HugeReceiver();
        _ = receiver.AcceptAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!end.IsCancellationRequested)
        {
            _ = AnswerAsync(await listener.AcceptTcpClientAsync(end.Token));
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var one = client;
        try
        {
            await using var stream = client.GetStream();
            var block = new byte[64 * 1024];
            if (await stream.ReadAtLeastAsync(block, 1, throwOnEndOfStream: false, end.Token) == 0)
            {
                return;
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"u8.ToArray(), end.Token);
            for (var i = 0; i < 16 * 1024; i++)
            {
                await stream.WriteAsync(block, end.Token);
                Interlocked.Add(ref sent, block.Length);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The caller has hung up.
        }
    }
}
