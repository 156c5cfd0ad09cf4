using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Options;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A delivery that is to be tried now, and is ours until <paramref name="LeasedUntil"/>.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="WebhookId">Whom it goes to.</param>
/// <param name="EventId">What it tells: <c>webhook-id</c>.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Sequence">The event's place in the feed; null for a test.</param>
/// <param name="At">When that happened.</param>
/// <param name="Body">The bytes that are sent; all receivers of an event share them.</param>
/// <param name="Step">Failed attempts since the schedule began.</param>
/// <param name="TraceParent">W3C traceparent of what led to it.</param>
/// <param name="LeasedUntil">The end of the claim, to the microsecond as it is stored.</param>
/// <param name="Unwritten">True when its row is to be written with what the attempt comes to.</param>
internal sealed record DueDelivery(string Workspace, Guid WebhookId, Guid EventId, string Type, long? Sequence, DateTimeOffset At, byte[] Body, int Step, string? TraceParent, DateTimeOffset LeasedUntil, bool Unwritten);

/// <summary>An attempt, as it is noted.</summary>
internal sealed record Attempt(DueDelivery Delivery, DateTimeOffset At, string Url, int Milliseconds, AttemptResult Result, string? BodyHead);

/// <summary>Makes one attempt: signs, sends, reads the beginning of the answer. Never follows a redirect, never uses a proxy or cookies, and only connects where <see cref="OutboundGuard"/> lets it.</summary>
internal sealed class Sender(OutboundGuard guard, IOptions<WebhookOptions> options, TimeProvider clock) : IDisposable
{
    /// <summary>Bytes of an answer that are read at most; then the connection is closed.</summary>
    public const int MaxAnswer = 64 * 1024;

    private const int KeptHead = 2 * 1024;
    private static readonly TimeSpan BodyPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    // Thousands of attempts a second: no client is made for each, and each brings its own limit of time.
    private readonly HttpMessageInvoker _http = new(Handler(guard));

    /// <summary>One attempt. Never throws but when <paramref name="stopping"/> is cancelled.</summary>
    public async Task<Attempt> TryAsync(DueDelivery due, OpenWebhook open, CancellationToken stopping)
    {
        var began = clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(TimeSpan.FromSeconds(options.Value.TimeoutSeconds));
        using var span = Tracing.Continue("webhook.deliver", due.TraceParent, ActivityKind.Client);
        AttemptResult result;
        string? head = null;
        try
        {
            using var request = Request(due, open, began);
            using var answer = await _http.SendAsync(request, limit.Token);
            result = ResultOf(answer, began);
            head = await HeadAsync(answer, limit.Token);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            result = new(null, ErrorOf(e));
        }

        return new(due, began, open.Webhook.Terms.Url, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds, result, head);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Handler(OutboundGuard guard)
    {
        var handler = guard.CreateHandler(ConnectPatience);
        handler.MeterFactory = new NoMeters();
        return handler;
    }

    private static HttpRequestMessage Request(DueDelivery due, OpenWebhook open, DateTimeOffset now)
    {
        var id = due.EventId.ToString();
        var request = new HttpRequestMessage(HttpMethod.Post, open.Address) { Content = new ByteArrayContent(due.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in open.Secrets.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "Serm-Webhooks/1");
        request.Headers.TryAddWithoutValidation("webhook-id", id);
        request.Headers.TryAddWithoutValidation("webhook-timestamp", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("webhook-signature", Signatures.Of(open.Secrets, open.Webhook.Terms.Asymmetric, id, now, due.Body));
        return request;
    }

    private static AttemptResult ResultOf(HttpResponseMessage answer, DateTimeOffset now)
    {
        var code = (int)answer.StatusCode;
        var after = answer.Headers.RetryAfter is { } r ? r.Delta ?? r.Date - now : null;
        return code switch
        {
            >= 200 and < 300 => new(code, null),
            >= 300 and < 400 => new(code, "redirect"),
            _ => new(code, "status", after),
        };
    }

    // 2xx is said before the body: whatever comes, or does not come, after it changes nothing.
    private static async Task<string?> HeadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentLength == 0)
        {
            return null;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(BodyPatience);
        var buffer = ArrayPool<byte>.Shared.Rent(KeptHead * 4);
        var kept = 0;
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(patience.Token);
            for (var read = 0; read < MaxAnswer;)
            {
                // What comes after the head is read behind it, over and over, and forgotten.
                var more = await body.ReadAsync(buffer.AsMemory(kept), patience.Token);
                if (more == 0)
                {
                    break;
                }

                kept = Math.Min(KeptHead, kept + more);
                read += more;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // What came is what there is.
        }

        var head = kept == 0 ? null : Printable(Encoding.UTF8.GetString(buffer.AsSpan(0, kept)));
        ArrayPool<byte>.Shared.Return(buffer);
        return head;
    }

    // PostgreSQL takes no NUL, and nobody who reads a log wants other control characters.
    private static string Printable(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            to[i] = char.IsControl(from[i]) && from[i] is not ('\n' or '\t') ? '\ufffd' : from[i];
        }
    });

    private static string ErrorOf(Exception exception) => exception switch
    {
        OperationCanceledException => "timeout",
        AddressRefusedException => "address_refused",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "name_not_resolved",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls_failed",
        AuthenticationException => "tls_failed",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => "name_not_resolved",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "connection_refused",
        SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown } => "connection_closed",
        { InnerException: { } inner } => ErrorOf(inner),
        SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "connection_failed",
        IOException or HttpRequestException => "connection_closed",
        _ => "failed",
    };
    // The client's own metrics would put each receiver's host into a label; attempts have metrics of ours.
    private sealed class NoMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new("Serm.Unheard");

        public void Dispose()
        {
        }
    }
}
