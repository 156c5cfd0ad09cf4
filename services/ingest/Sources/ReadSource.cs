using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Serm.Defaults;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>Reads one source: page after page while there is more, each taken in and written down before the next is asked for.</summary>
internal sealed partial class ReadSource(ConnectorBook book, Credentials credentials, NetworkGear gear, TakePage take, IOptions<PollOptions> options, TimeProvider clock, ILogger<ReadSource> log)
{
    private static readonly Counter<long> Reads = Telemetry.Meter.CreateCounter<long>("serm.source.reads", description: "Reads of sources by kind and result");
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>("serm.source.read.duration", "s", "Time that a read of a source took");

    private static readonly TimeSpan ShortLived = TimeSpan.FromSeconds(30);

    /// <summary>Reads. What the source does wrong is written down; what our own servers do wrong is thrown, and the lease runs out.</summary>
    public async Task RunAsync(DueSource due, CancellationToken cancellationToken)
    {
        // Started by hand when nobody listens, so that a mention has its trace id all the same.
        using var activity = Tracing.Source.StartActivity("source.pull") ?? new Activity("source.pull").Start();
        activity.SetTag("serm.source", due.Source.Id);
        activity.SetTag("serm.kind", due.Source.Kind);
        var started = clock.GetTimestamp();
        var connector = book[due.Source.Kind];
        var settings = credentials.Open(due.Workspace, due.Source, due.Sealed);
        string result;
        try
        {
            result = connector switch
            {
                IStreamed streamed when streamed.Streams(settings) => await ListenAsync(streamed, due, settings, cancellationToken),
                IPulled pulled => await PullAsync(pulled, due, settings, cancellationToken),
                _ => throw new InvalidOperationException($"Sources of kind {due.Source.Kind} are not read."),
            };
        }
        catch (NetworkFailure failure)
        {
            result = failure.Code;
        }

        Reads.Add(1, new("result", result), new("kind", due.Source.Kind));
        Duration.Record(clock.GetElapsedTime(started).TotalSeconds);
        activity.SetTag("serm.result", result);
        LogRead(log, due.Source.Id, due.Source.Kind, result);
    }

    /// <summary>What a connector works with.</summary>
    public Reading Reading(IConnector connector, DueSource due, Settings settings) => new(
        due.Source,
        settings,
        due.Cursor.State,
        new(gear, new(due.Workspace, due.Source.Id, settings.Bucket(connector.Card)), connector.Limits(settings), connector.Card.Headers),
        clock.GetUtcNow())
    {
        RootsOf = (ids, stop) => take.RootsAsync(due, ids, stop),
    };

    private async Task<string> PullAsync(IPulled pulled, DueSource due, Settings settings, CancellationToken cancellationToken)
    {
        var taken = 0;
        for (var pages = 1; ; pages++)
        {
            var at = due;
            var page = await AskAsync(pulled, due, () => pulled.ReadAsync(Reading(pulled, at, settings), cancellationToken), cancellationToken);

            // What lies open is over once all was read but single posts, whatever is said of these, and of posts that are asked for again. The rest of an endless chain waits for its next turn, so that other sources have theirs.
            var last = !page.More || pages >= options.Value.PagesAtOnce;
            var refused = page.More ? null : page.Refused;
            var caughtUp = !page.More && refused is null or { Single: true };
            (due, var some) = await take.TakeAsync(pulled, due, page, last && refused is null && pulled is not IRechecked, cancellationToken, taken > 0, caughtUp: caughtUp);
            taken += some;
            if (!last)
            {
                continue;
            }

            if (pulled is IRechecked rechecked)
            {
                (due, some) = await RecheckAsync(rechecked, due, settings, taken > 0, page.More, refused is null, cancellationToken);
                taken += some;
            }

            return refused is not null ? await RefusedAsync(pulled, due, refused, cancellationToken) : taken > 0 ? "new" : "unchanged";
        }
    }

    private async Task<(DueSource Due, int Taken)> RecheckAsync(IRechecked connector, DueSource due, Settings settings, bool busy, bool more, bool last, CancellationToken cancellationToken, bool? caughtUp = null)
    {
        var ids = await take.DueChecksAsync(due, connector.RecheckBatch, cancellationToken);
        var page = ids.Count == 0 ? Page.Nothing() : await AskAsync(connector, due, () => AskAgainAsync(connector, Reading(connector, due, settings), ids, failure => LogNotAsked(log, due.Source.Id, due.Source.Kind, failure.Code), cancellationToken), cancellationToken, heard: caughtUp is not null, lived: () => caughtUp is not null && more);
        return await take.TakeAsync(connector, due, page with { State = null, More = more }, last, cancellationToken, busy, ids, caughtUp);
    }

    /// <summary>Asks what has become of posts. Who refuses that refuses nothing of reading, which went well a moment ago: of these posts nothing is known, and they wait for their next check.</summary>
    public static async Task<Page> AskAgainAsync(IRechecked connector, Reading reading, IReadOnlyList<string> nativeIds, Action<NetworkFailure> refused, CancellationToken cancellationToken)
    {
        try
        {
            return await connector.RecheckAsync(reading, nativeIds, cancellationToken);
        }
        catch (NetworkFailure failure) when (failure.Permanent)
        {
            refused(failure);
            return Page.Nothing();
        }
    }

    private async Task<string> RefusedAsync(IConnector connector, DueSource due, Refusal refused, CancellationToken cancellationToken, bool lived = false)
    {
        await take.SaveAsync(connector, due, new PollOutcome.Bad(refused.Code, refused.Message, refused.Permanent, Lived: lived), null, last: true, cancellationToken);
        return refused.Code;
    }

    private async Task<string> ListenAsync(IStreamed streamed, DueSource due, Settings settings, CancellationToken cancellationToken)
    {
        var opened = clock.GetTimestamp();
        bool? caughtUp = null;
        Refusal? refused = null;
        var pages = streamed.ListenAsync(Reading(streamed, due, settings), cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (pages.ConfigureAwait(false))
        {
            while (await AskAsync(streamed, due, async () => await pages.MoveNextAsync(), cancellationToken, heard: caughtUp is not null, lived: () => caughtUp is not null && clock.GetElapsedTime(opened) > ShortLived))
            {
                // What is refused of the searches keeps nobody from listening; it is told when the stream has ended.
                refused = pages.Current is { More: false, Refused: { } some } ? some : refused;
                caughtUp = pages.Current is { More: false } && refused is null or { Single: true };
                (due, _) = await take.TakeAsync(streamed, due, pages.Current, last: false, cancellationToken, caughtUp: caughtUp);
            }
        }

        // A stream that lived is opened again at once, also when it broke; one that ends as soon as it is opened waits its turn.
        var lived = clock.GetElapsedTime(opened) > ShortLived;
        if (streamed is IRechecked rechecked)
        {
            (due, _) = await RecheckAsync(rechecked, due, settings, busy: false, more: lived, last: refused is null, cancellationToken, caughtUp ?? true);
        }
        else if (refused is null)
        {
            await take.TakeAsync(streamed, due, Page.Nothing() with { More = lived }, last: true, cancellationToken, caughtUp: caughtUp ?? true);
        }

        return refused is null ? "ended" : await RefusedAsync(streamed, due, refused, cancellationToken, lived);
    }

    // Whatever a network sends, a connector that stumbles over it is a failed read and not a broken poller. A stream that was heard a moment ago is not blind at once, or it would be with each turn anew.
    private async Task<T> AskAsync<T>(IConnector connector, DueSource due, Func<Task<T>> ask, CancellationToken cancellationToken, bool heard = false, Func<bool>? lived = null)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is NetworkFailure || (!cancellationToken.IsCancellationRequested && !Transient.Is(e)))
        {
            var failure = e as NetworkFailure ?? NetworkFailure.Unreadable(connector.Card.Name, e);
            if (e is not NetworkFailure)
            {
                LogStumbled(log, due.Source.Id, due.Source.Kind, e);
            }

            PollOutcome outcome = failure.HeldBack
                ? new PollOutcome.Held(failure.Message, failure.RetryAfter ?? TimeSpan.FromMinutes(1))
                : new PollOutcome.Bad(failure.Code, failure.Message, failure.Permanent && !heard, failure.RetryAfter, lived?.Invoke() == true);
            await take.SaveAsync(connector, due, outcome, null, last: true, cancellationToken);
            throw failure;
        }
    }

    [LoggerMessage(EventId = 201, Level = LogLevel.Debug, Message = "Source {SourceId} of kind {Kind} read: {Result}")]
    private static partial void LogRead(ILogger log, Guid sourceId, string kind, string result);

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning, Message = "The connector of source {SourceId} of kind {Kind} stumbled over an answer")]
    private static partial void LogStumbled(ILogger log, Guid sourceId, string kind, Exception exception);

    [LoggerMessage(EventId = 203, Level = LogLevel.Information, Message = "What has become of posts of source {SourceId} of kind {Kind} is not told: {Reason}")]
    private static partial void LogNotAsked(ILogger log, Guid sourceId, string kind, string reason);
}
