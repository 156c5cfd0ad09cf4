using System.Diagnostics.Metrics;
using System.Text.Json;
using Marten;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Coverage;
using Serm.Ingest.Posts;
using Serm.Ingest.WebSub;

namespace Serm.Ingest.Sources;

/// <summary>Takes a page in: its posts are published and confirmed before the cursor moves, in the transaction that remembers them.</summary>
internal sealed class TakePage(PostIntake intake, IDocumentStore store, NpgsqlDataSource dataSource, IOptions<PollOptions> options, TimeProvider clock)
{
    private static readonly Counter<long> Taken = Telemetry.Meter.CreateCounter<long>("serm.posts.taken", description: "New and edited posts taken in, by kind");

    /// <summary>Takes a page in.</summary>
    /// <param name="connector">Whose page it is.</param>
    /// <param name="due">The source, under our lease.</param>
    /// <param name="page">What it brought.</param>
    /// <param name="last">Gives the lease back.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="busy">Other pages of the same turn brought something.</param>
    /// <param name="asked">The posts that were asked for again; null when the page is no such answer.</param>
    /// <param name="caughtUp">Nothing more is to be had now; null to go by the page, once it is the last.</param>
    /// <returns>Where the source stands now, and how many posts were new or edited.</returns>
    public async Task<(DueSource Due, int Taken)> TakeAsync(IConnector connector, DueSource due, Page page, bool last, CancellationToken cancellationToken, bool busy = false, IReadOnlyList<string>? asked = null, bool? caughtUp = null)
    {
        var seenAt = clock.GetUtcNow();
        var count = 0;
        await intake.TakeAsync(
            OfPage(connector, due.Workspace, due.Source, page, seenAt, post => IsBackfill(connector.Card, due.Source, due.Cursor, page, post), asked is not null),
            async (session, taken) =>
            {
                count = taken.Count;
                Taken.Add(count, new KeyValuePair<string, object?>("kind", due.Source.Kind));
                ItemChecks.Queue(session, due.Source.Id, asked, seenAt);
                due = await SaveAsync(connector, due, new PollOutcome.Good(count, page.State, page.Hints, page.More || !last, busy, caughtUp ?? (last && !page.More)), session, last, cancellationToken);
            },
            cancellationToken);
        return (due, count);
    }

    /// <summary>What a page is to the intake.</summary>
    /// <param name="again">The posts were asked for again: that also tells how people react to them now.</param>
    public static Intake OfPage(IConnector connector, string workspace, Source source, Page page, DateTimeOffset seenAt, Func<Post, bool> isBackfill, bool again = false) =>
        new(workspace, source.Id, NetworkPosts.Of(connector.Card, source, page.Posts, seenAt), seenAt, isBackfill)
        {
            SourceKind = source.Kind,
            Versions = NetworkPosts.Versions(page.Posts),
            Removed = [.. page.Removed.Select(r => r with { NativeId = NetworkPosts.Id(r.NativeId) })],
            Reactions =
            [
                .. page.Reactions.Select(r => r with { NativeId = NetworkPosts.Id(r.NativeId) }),
                .. again ? page.Posts.Where(p => p.Engagement is not null).Select(p => new PostReactions(NetworkPosts.Id(p.NativeId), p.Engagement!)) : [],
            ],
            OnlyMatched = page.Everything,
            CheckAt = connector is IRechecked ? ItemChecks.First(seenAt) : null,
        };

    /// <summary>Posts of which it is time to ask what has become.</summary>
    public Task<IReadOnlyList<string>> DueChecksAsync(DueSource due, int most, CancellationToken cancellationToken) =>
        ItemChecks.DueAsync(dataSource, due.Workspace, due.Source.Id, clock.GetUtcNow(), most, cancellationToken);

    /// <summary>The roots of posts that the source has shown before.</summary>
    public Task<IReadOnlyDictionary<string, string>> RootsAsync(DueSource due, IReadOnlyCollection<string> nativeIds, CancellationToken cancellationToken) =>
        ThreadRoots.LoadAsync(dataSource, due.Workspace, due.Source.Id, nativeIds, cancellationToken);

    /// <summary>Writes down how a read went.</summary>
    /// <param name="connector">Who read.</param>
    /// <param name="session">What the page is saved with; null for none.</param>
    /// <param name="last">Gives the lease back.</param>
    /// <returns>Where the source stands now.</returns>
    public async Task<DueSource> SaveAsync(IConnector connector, DueSource due, PollOutcome outcome, IDocumentSession? session, bool last, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (cursor, dueAt) = PollDecision.After(due.Source, due.Cursor, outcome, options.Value, now, Random.Shared.NextDouble());
        await using var own = session is null ? store.LightweightSession(due.Workspace) : null;
        var write = session ?? own!;
        write.QueueSqlCommand(
            '^',
            last
                ? "update ingest.cursors set state = ^::jsonb, due_at = ^, lease = null, lease_until = null where workspace = ^ and source_id = ^ and lease = ^"
                : "update ingest.cursors set state = ^::jsonb, due_at = ^ where workspace = ^ and source_id = ^ and lease = ^",
            JsonSerializer.Serialize(cursor, SourceLog.Json),
            dueAt.ToUniversalTime(),
            due.Workspace,
            due.Source.Id,
            due.Lease);
        AskedLog.Queue(write, due.Source.Id, (outcome as PollOutcome.Good)?.Taken ?? 0, Code(outcome), now - (due.Cursor.LastGoodAt ?? due.Source.CreatedAt), now);
        HubTopics.Queue(write, due.Source.Id, (outcome as PollOutcome.Good)?.Hints.Topics, now);
        if (Decide(connector.Card, due.Source, due, cursor, outcome, now).Count == 0)
        {
            await write.SaveChangesAsync(cancellationToken);
            return due with { Cursor = cursor };
        }

        return due with { Cursor = cursor, Source = await SourceLog.ApplyAsync(write, due.Source.Id, state => Decide(connector.Card, state, due, cursor, outcome, now), null, cancellationToken) };
    }

    /// <summary>True for what alerts nobody: what was asked for as history, and what had been published before anybody asked for it.</summary>
    private static bool IsBackfill(ConnectorCard card, Source source, SourceCursor cursor, Page page, Post post) =>
        page.Replay || (card.DatesCount ? post.PublishedAt < source.CreatedAt.AddHours(-1) : FeedPosts.IsBackfill(source, cursor, post));

    private static string? Code(PollOutcome outcome) => outcome switch { PollOutcome.Bad bad => bad.Code, PollOutcome.Held => NetworkFailure.BudgetSpent, _ => null };

    private static IReadOnlyList<object> Decide(ConnectorCard card, Source state, DueSource due, SourceCursor cursor, PollOutcome outcome, DateTimeOffset now) =>
        [.. Saw(card, state, due, cursor, outcome, now), .. SourceDecider.Ends(state, SourceCursor.EndOf(state, cursor.ExpiresAt), now)];

    private static IReadOnlyList<object> Saw(ConnectorCard card, Source state, DueSource due, SourceCursor cursor, PollOutcome outcome, DateTimeOffset now) => outcome switch
    {
        PollOutcome.Bad bad => SourceDecider.WentBlind(state, due.Cursor.LastGoodAt, cursor.Failures, bad.Permanent, bad.Code, Guid.CreateVersion7(now), now),
        PollOutcome.Held held => SourceDecider.WentBlind(state, due.Cursor.LastGoodAt, 0, held.Wait > PollDecision.LongHold, NetworkFailure.BudgetSpent, Guid.CreateVersion7(now), now),
        PollOutcome.Good good =>
        [
            .. SourceDecider.SawAgain(state, due.Source.Url, good.Hints.MovedTo, good.CaughtUp, card.Abilities.HasFlag(Ability.Backfill) && good.Hints.Missed is null, now),
            .. good.Hints.Missed is { } missed ? SourceDecider.Missed(state, missed, Guid.CreateVersion7(now), now) : [],
        ],
        _ => [],
    };
}
