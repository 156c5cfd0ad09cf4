using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Marten;
using Microsoft.Extensions.Options;
using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Posts;

namespace Serm.Ingest.Sources;

/// <summary>Reads one source once: fetch, read, take in, and write down how it went.</summary>
internal sealed partial class ReadSource(FeedFetcher fetcher, PostIntake intake, IDocumentStore store, IOptions<PollOptions> options, TimeProvider clock, ILogger<ReadSource> log)
{
    private static readonly Counter<long> Reads = Telemetry.Meter.CreateCounter<long>("serm.source.reads", description: "Reads of sources by result");
    private static readonly Counter<long> Taken = Telemetry.Meter.CreateCounter<long>("serm.posts.taken", description: "New and edited posts taken in");
    private static readonly Histogram<double> Duration = Telemetry.Meter.CreateHistogram<double>("serm.source.read.duration", "s", "Time that a read of a source took");

    /// <summary>Reads. What the source does wrong is written down; what our own servers do wrong is thrown, and the lease runs out.</summary>
    public async Task RunAsync(DueSource due, CancellationToken cancellationToken)
    {
        // Started by hand when nobody listens, so that a mention has its trace id all the same.
        using var activity = Tracing.Source.StartActivity("source.pull") ?? new Activity("source.pull").Start();
        activity.SetTag("serm.source", due.Source.Id);
        var started = clock.GetTimestamp();
        var url = new Uri(due.Source.Url!);
        var fetched = await fetcher.FetchAsync(url, new(due.Cursor.ETag, due.Cursor.LastModified), cancellationToken);
        var result = fetched switch
        {
            FetchResult.Fetched got => await TakeAsync(due, url, got, cancellationToken),
            FetchResult.NotModified same => await SaveAsync(due, new PollOutcome.Good(0, null, MaxAge: same.MaxAge, MovedTo: same.MovedTo), null, cancellationToken),
            FetchResult.Failed failed => await SaveAsync(due, new PollOutcome.Bad(failed.Code, failed.Message, failed.Permanent, failed.RetryAfter), null, cancellationToken),
            _ => throw new InvalidOperationException($"Unknown result {fetched.GetType().Name}."),
        };
        Reads.Add(1, new KeyValuePair<string, object?>("result", result));
        Duration.Record(clock.GetElapsedTime(started).TotalSeconds);
        activity.SetTag("serm.result", result);
        LogRead(log, due.Source.Id, result);
    }

    private async Task<string> TakeAsync(DueSource due, Uri url, FetchResult.Fetched got, CancellationToken cancellationToken)
    {
        var seenAt = clock.GetUtcNow();
        var reading = FeedReader.Read(got.Body.Span, new(seenAt, got.Url, new Uri(due.Source.Identity ?? due.Source.Url!), got.ContentType));
        if (reading is not FeedReading.Read { Document: var feed })
        {
            var refused = (FeedReading.Refused)reading;
            return await SaveAsync(due, new PollOutcome.Bad(refused.Code, refused.Message, Permanent: false), null, cancellationToken);
        }

        var posts = FeedPosts.Of(due.Source, feed, seenAt);
        var result = "";
        await intake.TakeAsync(
            due.Workspace,
            due.Source.Id,
            posts,
            seenAt,
            post => FeedPosts.IsBackfill(due.Source, due.Cursor, post),
            async (session, taken) =>
            {
                Taken.Add(taken.Count);
                result = await SaveAsync(due, new PollOutcome.Good(taken.Count, got.Validators, feed.MinInterval, got.MaxAge, got.MovedTo), session, cancellationToken);
            },
            cancellationToken);
        return result;
    }

    private async Task<string> SaveAsync(DueSource due, PollOutcome outcome, IDocumentSession? session, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (cursor, dueAt) = PollDecision.After(due.Source, due.Cursor, outcome, options.Value, now, Random.Shared.NextDouble());
        await using var own = session is null ? store.LightweightSession(due.Workspace) : null;
        var write = session ?? own!;
        write.QueueSqlCommand(
            '^',
            "update ingest.cursors set state = ^::jsonb, due_at = ^, lease = null, lease_until = null where workspace = ^ and source_id = ^ and lease = ^",
            JsonSerializer.Serialize(cursor, SourceLog.Json),
            dueAt.ToUniversalTime(),
            due.Workspace,
            due.Source.Id,
            due.Lease);
        if (Decide(due.Source, due, cursor, outcome, now).Count == 0)
        {
            await write.SaveChangesAsync(cancellationToken);
        }
        else
        {
            await SourceLog.ApplyAsync(write, due.Source.Id, state => Decide(state, due, cursor, outcome, now), null, cancellationToken);
        }

        return outcome is PollOutcome.Bad bad ? bad.Code : outcome is PollOutcome.Good { Taken: > 0 } ? "new" : "unchanged";
    }

    private static IReadOnlyList<object> Decide(Source state, DueSource due, SourceCursor cursor, PollOutcome outcome, DateTimeOffset now) => outcome switch
    {
        PollOutcome.Bad bad => SourceDecider.WentBlind(state, due.Cursor.LastGoodAt, cursor.Failures, bad.Permanent, bad.Code, Guid.CreateVersion7(now), now),
        PollOutcome.Good good => SourceDecider.SawAgain(state, due.Source.Url!, good.MovedTo, now),
        _ => [],
    };

    [LoggerMessage(EventId = 201, Level = LogLevel.Debug, Message = "Source {SourceId} read: {Result}")]
    private static partial void LogRead(ILogger log, Guid sourceId, string result);
}
