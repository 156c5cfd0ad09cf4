using System.Diagnostics;
using Marten;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Brands;
using Serm.Ingest.Connectors;
using Serm.Ingest.Erasures;

namespace Serm.Ingest.Posts;

/// <summary>Says which brands each of some posts speaks of, in the order of the posts. One pass over each post, whatever the number of brands.</summary>
/// <param name="workspace">The tenant.</param>
/// <param name="posts">The posts.</param>
/// <param name="cancellationToken">Gives up.</param>
public delegate Task<IReadOnlyList<IReadOnlyList<MatchedBrand>>> MatchBrands(string workspace, IReadOnlyList<Post> posts, CancellationToken cancellationToken);

/// <summary>A brand that a post speaks of.</summary>
/// <param name="Brand">The brand.</param>
/// <param name="Names">Where the post names it and the other brands that it matched.</param>
public sealed record MatchedBrand(BrandRef Brand, IReadOnlyList<NameSpan> Names);

/// <summary>A post and what was made of it.</summary>
/// <param name="Post">With its revision.</param>
/// <param name="Brands">The brands that it speaks of.</param>
internal sealed record TakenPost(Post Post, IReadOnlyList<MatchedBrand> Brands);

/// <summary>What became of what a source brought.</summary>
/// <param name="Posts">What was new or edited.</param>
/// <param name="KeptOut">Posts that were not looked at, as they or their authors were erased, or as they are answers of our own.</param>
internal sealed record Outcome(IReadOnlyList<TakenPost> Posts, int KeptOut);

/// <summary>What a source brought at once.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="SourceId">The source.</param>
/// <param name="Posts">Each id once; their revision does not count.</param>
/// <param name="SeenAt">When they were seen.</param>
/// <param name="IsBackfill">True for old news that shall alert nobody.</param>
internal sealed record Intake(string Workspace, Guid SourceId, IReadOnlyList<Post> Posts, DateTimeOffset SeenAt, Func<Post, bool> IsBackfill)
{
    /// <summary>When the given form of a post was written, by id: an older one than the known is passed over. Null when nobody knows.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset>? Versions { get; init; }

    /// <summary>Kind of the source; needed for <see cref="Removed"/> and <see cref="Reactions"/>.</summary>
    public string SourceKind { get; init; } = "";

    /// <summary>Posts that are gone. Those that no brand ever matched are not worth a word, but are not shown any more either.</summary>
    public IReadOnlyList<RemovedPost> Removed { get; init; } = [];

    /// <summary>How people react to posts that are known already.</summary>
    public IReadOnlyList<PostReactions> Reactions { get; init; } = [];

    /// <summary>Remember only what some brand matches.</summary>
    public bool OnlyMatched { get; init; }

    /// <summary>When to ask again what has become of those that some brand matches; null for never.</summary>
    public DateTimeOffset? CheckAt { get; init; }
}

/// <summary>Takes posts in, from whichever source: knows repeats and edits, matches, publishes, and only then remembers. A crash in between publishes the same messages again, under the same ids.</summary>
internal sealed class PostIntake(IDocumentStore store, NpgsqlDataSource dataSource, IBus bus, MatchBrands match, TimeProvider clock)
{
    /// <summary>Takes in.</summary>
    /// <param name="intake">What.</param>
    /// <param name="save">Saves the session, with what belongs into the same transaction. Called once the broker has confirmed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Outcome> TakeAsync(Intake intake, Func<IDocumentSession, IReadOnlyList<TakenPost>, Task> save, CancellationToken cancellationToken)
    {
        var (workspace, sourceId) = (intake.Workspace, intake.SourceId);
        var allowed = await KeptOut.AllowedAsync(dataSource, workspace, intake.Posts, cancellationToken);
        var posts = intake.OnlyMatched ? await MatchedAsync(workspace, allowed, cancellationToken) : allowed;
        var known = await ItemMemory.LoadAsync(dataSource, workspace, sourceId, [.. posts.Select(p => p.NativeId).Concat(intake.Removed.Select(r => r.NativeId)).Concat(intake.Reactions.Select(r => r.NativeId)).Distinct(StringComparer.Ordinal)], cancellationToken);
        IReadOnlyList<Post> changed = [.. ItemMemory.Changed(posts, known, intake.Versions)
            .Select(p => p with { CanonicalUrl = CanonicalUrl.Of(p.Url), SimHash = SimHash.Of(p.Title, p.Text) })];
        changed = ThreadRoots.Fill(changed, await ThreadRoots.LoadAsync(dataSource, workspace, sourceId, ThreadRoots.Wanted(changed), cancellationToken));
        var brands = changed.Count == 0 ? [] : await match(workspace, changed, cancellationToken);
        var taken = changed.Select((post, i) => new TakenPost(post, brands[i])).ToList();
        var told = await WithEarlierAsync(workspace, taken, known, cancellationToken);
        var matchedAt = clock.GetUtcNow();
        var trace = Activity.Current?.Id;
        await bus.PublishAllAsync(
            told.SelectMany(t => t.Brands.Select(matched =>
            {
                var id = MentionIds.Mention(workspace, matched.Brand.Id, t.Post.SourceKind, t.Post.NativeId);
                return (MentionIds.Message(id, t.Post.Revision), new MentionFound(workspace, id, matched.Brand, t.Post, intake.SeenAt, matchedAt, intake.IsBackfill(t.Post), trace, matched.Names));
            })),
            cancellationToken);
        var removed = Removals.Of(intake, known, taken);
        await bus.PublishAllAsync(removed.SelectMany(r => r.Messages(workspace, intake.SourceKind, intake.SeenAt, trace)), cancellationToken);
        await bus.PublishAllAsync(Reactions.Messages(intake, known, taken, trace), cancellationToken);

        await using var session = store.LightweightSession(workspace);
        ItemMemory.Queue(session, sourceId, taken, intake.Versions, ItemMemory.Relisted(posts, known, intake.SeenAt), intake.CheckAt, intake.SeenAt);
        Removals.Queue(session, sourceId, removed, intake.SeenAt);
        RecentPosts.Queue(session, changed, intake.Removed.Select(r => RecentPosts.Key(intake.SourceKind, r.NativeId)), intake.SeenAt);
        await save(session, taken);
        return new(taken, intake.Posts.Count - allowed.Count);
    }

    // A mention shows what its post says now, also when its brand is no longer named there.
    private async Task<IReadOnlyList<TakenPost>> WithEarlierAsync(string workspace, IReadOnlyList<TakenPost> taken, IReadOnlyDictionary<string, KnownItem> known, CancellationToken cancellationToken)
    {
        if (!taken.Any(t => Left(t).Any()))
        {
            return taken;
        }

        var (_, brands) = await BrandView.LoadAsync(dataSource, workspace, cancellationToken);
        var names = brands.ToDictionary(b => b.Id, b => new BrandRef(b.Id, b.Name));
        return [.. taken.Select(t => t with { Brands = [.. t.Brands, .. Left(t).Where(names.ContainsKey).Select(id => new MatchedBrand(names[id], []))] })];

        IEnumerable<Guid> Left(TakenPost t) => (known.GetValueOrDefault(t.Post.NativeId)?.Brands ?? []).Except(t.Brands.Select(b => b.Brand.Id));
    }

    private async Task<IReadOnlyList<Post>> MatchedAsync(string workspace, IReadOnlyList<Post> posts, CancellationToken cancellationToken)
    {
        var brands = posts.Count == 0 ? [] : await match(workspace, posts, cancellationToken);
        return [.. posts.Where((_, i) => brands[i].Count > 0)];
    }
}
