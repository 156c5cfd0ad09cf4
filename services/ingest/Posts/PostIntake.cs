using System.Diagnostics;
using Marten;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

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

/// <summary>Takes posts in, from whichever source: knows repeats and edits, matches, publishes, and only then remembers. A crash in between publishes the same messages again, under the same ids.</summary>
internal sealed class PostIntake(IDocumentStore store, NpgsqlDataSource dataSource, IBus bus, MatchBrands match, TimeProvider clock)
{
    /// <summary>Takes the posts of one source; <see cref="Post.Revision"/> of what is given does not count.</summary>
    /// <param name="workspace">The tenant.</param>
    /// <param name="sourceId">The source.</param>
    /// <param name="posts">The posts, each id once.</param>
    /// <param name="seenAt">When they were seen.</param>
    /// <param name="isBackfill">True for old news that shall alert nobody.</param>
    /// <param name="save">Saves the session, with what belongs into the same transaction. Called once the broker has confirmed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was new or edited.</returns>
    public async Task<IReadOnlyList<TakenPost>> TakeAsync(
        string workspace,
        Guid sourceId,
        IReadOnlyList<Post> posts,
        DateTimeOffset seenAt,
        Func<Post, bool> isBackfill,
        Func<IDocumentSession, IReadOnlyList<TakenPost>, Task> save,
        CancellationToken cancellationToken)
    {
        var known = await ItemMemory.LoadAsync(dataSource, workspace, sourceId, posts, cancellationToken);
        IReadOnlyList<Post> changed = [.. ItemMemory.Changed(posts, known)
            .Select(p => p with { CanonicalUrl = CanonicalUrl.Of(p.Url), SimHash = SimHash.Of(p.Title, p.Text) })];
        var brands = changed.Count == 0 ? [] : await match(workspace, changed, cancellationToken);
        var taken = changed.Select((post, i) => new TakenPost(post, brands[i])).ToList();
        var matchedAt = clock.GetUtcNow();
        var trace = Activity.Current?.Id;
        await bus.PublishAllAsync(
            taken.SelectMany(t => t.Brands.Select(matched =>
            {
                var id = MentionIds.Mention(workspace, matched.Brand.Id, t.Post.SourceKind, t.Post.NativeId);
                return (MentionIds.Message(id, t.Post.Revision), new MentionFound(workspace, id, matched.Brand, t.Post, seenAt, matchedAt, isBackfill(t.Post), trace, matched.Names));
            })),
            cancellationToken);

        await using var session = store.LightweightSession(workspace);
        ItemMemory.Queue(session, sourceId, changed, ItemMemory.Relisted(posts, known, seenAt), seenAt);
        RecentPosts.Queue(session, changed, seenAt);
        await save(session, taken);
        return taken;
    }
}
