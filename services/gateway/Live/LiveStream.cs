using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Live;

/// <summary><c>GET /api/live</c>: server-sent events (WHATWG HTML, section 9.2) of the caller's workspace.</summary>
internal static class LiveStream
{
    /// <summary>A comment is sent after this much silence, so that nothing in between closes the connection.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // So often in each of these it is looked whether the listener still may: a revoked key is refused everywhere within five seconds.
    private const int LooksABeat = 4;

    public static void MapLive(this IEndpointRouteBuilder app) => app.MapGet("/api/live", StreamAsync)
        .RequireAuthorization(Access.Read)
        .WithTags("Live")
        .WithName("ListenLive")
        .WithSummary("Live events")
        .WithDescription(
            "Server-sent events of the workspace: `id` is the place in the log, `event` is `mention` (data: MentionChanged), `alert` (data: AlertRaised), `incident` (data: IncidentChanged), `presence` (data: PresenceChanged; a hint, to be believed until its `until`), `webhook` (data: EndpointDisabled) or `reset` "
            + "(the place asked for is too old: load everything anew). Resumes after `Last-Event-ID` or `lastEventId`. A comment every 15 s keeps the connection open.")
        .Produces<string>(StatusCodes.Status200OK, "text/event-stream");

    /// <summary>The place to resume after: the header, which browsers send on reconnecting, before the query.</summary>
    /// <exception cref="RuleViolation">400: it is no place.</exception>
    internal static long? ResumeAfter(string? header, string? query)
    {
        var text = string.IsNullOrEmpty(header) ? query : header;
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
            ? seq
            : throw RuleViolation.Invalid("Last-Event-ID", "last_event_id_invalid", "Last-Event-ID takes the id of the last event received, a whole number.");
    }

    /// <summary>Writes one event as the format wants it.</summary>
    internal static void Write(IBufferWriter<byte> output, LiveEvent next)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"id: {next.Seq}\nevent: {next.Type}\ndata: ");
        Encoding.UTF8.GetBytes(text, output);
        Encoding.UTF8.GetBytes(next.Payload.ReplaceLineEndings(" "), output);
        output.Write("\n\n"u8);
    }

    private static async Task StreamAsync(HttpContext context, string? lastEventId, LiveStreams streams, LiveFeed feed, IHostApplicationLifetime lifetime)
    {
        var after = ResumeAfter(context.Request.Headers["Last-Event-ID"], lastEventId);
        using var place = streams.Enter(context.User.Id());
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var output = context.Response.BodyWriter;
        output.Write("retry: 2000\n\n"u8);
        try
        {
            await output.FlushAsync(ending.Token);
            await PumpAsync(feed.Subscribe(context.User.Caller().Workspace, after, ending.Token), output, () => streams.IsWelcomeAsync(context.User, ending.Token), ending);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The listener went away, or the server stops: it reconnects with its Last-Event-ID.
        }
    }

    private static async Task PumpAsync(IAsyncEnumerable<LiveEvent> events, PipeWriter output, Func<Task<bool>> isWelcome, CancellationTokenSource ending)
    {
        var cancellationToken = ending.Token;
        await using var cursor = events.GetAsyncEnumerator(cancellationToken);
        using var timer = new PeriodicTimer(Heartbeat / LooksABeat);
        var looks = 0;
        var next = cursor.MoveNextAsync().AsTask();
        var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        try
        {
            while (true)
            {
                await Task.WhenAny(next, tick);
                while (next.IsCompleted)
                {
                    if (!await next)
                    {
                        return;
                    }

                    Write(output, cursor.Current);
                    next = cursor.MoveNextAsync().AsTask();
                }

                if (tick.IsCompleted)
                {
                    await tick;
                    if (!await isWelcome())
                    {
                        return;
                    }

                    if (++looks % LooksABeat == 0)
                    {
                        output.Write(": \n\n"u8);
                    }

                    tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
                }

                await output.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            // An enumerator must not be disposed while it moves.
            await ending.CancelAsync();
            await next.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }
}

/// <summary>Who holds how many streams, and whether they still may.</summary>
internal sealed class LiveStreams(Users users, ApiKeys keys, IOptions<LiveOptions> options)
{
    private readonly ConcurrentDictionary<Guid, int> _open = new();

    /// <summary>Takes a place until it is disposed.</summary>
    /// <exception cref="RuleViolation">429: the caller has too many.</exception>
    public IDisposable Enter(Guid caller)
    {
        var most = options.Value.StreamsPerCaller;
        if (_open.AddOrUpdate(caller, 1, (_, n) => n + 1) > most)
        {
            Leave(caller);
            throw new RuleViolation(
                "too_many_streams",
                $"This user or key holds {most} live streams already. Close one first.",
                StatusCodes.Status429TooManyRequests);
        }

        return new Place(this, caller);
    }

    /// <summary>False once the session was signed out, the user was removed or has another password, or the key was revoked. A database that is down ends no stream.</summary>
    public async Task<bool> IsWelcomeAsync(ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        try
        {
            return principal.IsSession()
                ? await users.IsCurrentAsync(principal, cancellationToken)
                : await keys.IsCurrentAsync(principal.Id(), cancellationToken);
        }
        catch (Exception e) when (Transient.Is(e))
        {
            return true;
        }
    }

    private void Leave(Guid caller)
    {
        if (_open.AddOrUpdate(caller, 0, (_, n) => n - 1) == 0)
        {
            _open.TryRemove(new KeyValuePair<Guid, int>(caller, 0));
        }
    }

    private sealed class Place(LiveStreams streams, Guid caller) : IDisposable
    {
        public void Dispose() => streams.Leave(caller);
    }
}
