using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A mention in a thread.</summary>
/// <param name="Id">The mention.</param>
/// <param name="IsRoot">It began the thread.</param>
/// <param name="AuthorId">By whom; null when nobody is named.</param>
/// <param name="AuthorName">Their name; null when not known.</param>
/// <param name="Url">Its address.</param>
/// <param name="Text">How it begins: at most 140 characters; empty once the post is gone.</param>
/// <param name="PublishedAt">When.</param>
/// <param name="Sentiment">What the model said; null while it has not.</param>
/// <param name="Negative">Probability that it is negative.</param>
/// <param name="Status">Where it is in its triage.</param>
public sealed record ThreadPost(
    Guid Id, bool IsRoot, Guid? AuthorId, string? AuthorName, string? Url, string Text, DateTimeOffset PublishedAt, Sentiment? Sentiment, float? Negative, MentionStatus Status);

/// <summary>What was said of the brand in one thread: the post that began it and what answers it, at whatever depth. Posts that do not speak of the brand are no mentions and not in it.</summary>
/// <param name="Complete">False when there are more than are shown.</param>
/// <param name="Items">In order of publication; the first 200.</param>
public sealed record ThreadView(bool Complete, IReadOnlyList<ThreadPost> Items);

/// <summary>Reading a thread.</summary>
internal static class ReadThread
{
    private const int Most = 200;

    private static readonly string Sql = $"""
        with members as (
            select i.id from mentions.inbox i where i.workspace = $1 and i.id = any($2)
            union
            select i.id from mentions.inbox i where i.workspace = $1 and i.thread_key = $3 and i.is_reply and i.brand_id = $4
        )
        select i.id, i.is_reply, i.author_key, coalesce(c.author ->> 'name', c.author ->> 'handle'), c.url, left(coalesce(nullif(c.title, ''), c.text, ''), 140), i.published_at, i.label, i.negative, i.status
        from members m join mentions.inbox i on i.workspace = $1 and i.id = m.id left join mentions.content c on c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision
        order by i.published_at, i.id limit {Most + 1}
        """;

    public static async Task<Ok<ThreadView>> Handle(Guid id, Caller caller, IDocumentStore store, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var session = store.QuerySession(caller.Workspace);
        if ((await MentionLog.LoadAsync(session, [id], cancellationToken)).GetValueOrDefault(id) is not { Brand: { } brand } mention)
        {
            throw RuleViolation.NotFound("mention");
        }

        // What began it is no answer, and found by its name.
        var root = Keys.OfMention(caller.Workspace, brand.Id, mention.SourceKind, mention.ThreadId);
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(new[] { id, root });
        command.Parameters.AddWithValue(Keys.OfThread(mention.SourceKind, mention.ThreadId));
        command.Parameters.AddWithValue(brand.Id);
        var posts = new List<ThreadPost>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var label = reader.GetInt16(7);
            posts.Add(new(
                reader.GetGuid(0), !reader.GetBoolean(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.GetString(5), reader.GetFieldValue<DateTimeOffset>(6), label == InboxRows.Unscored ? null : (Sentiment)label, reader.IsDBNull(8) ? null : reader.GetFloat(8), (MentionStatus)reader.GetInt16(9)));
        }

        return TypedResults.Ok(new ThreadView(posts.Count <= Most, posts.Count <= Most ? posts : posts[..Most]));
    }
}
