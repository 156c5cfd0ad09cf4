using Marten;
using Npgsql;

namespace Serm.Mentions;

/// <summary>Finds the mentions that an erasure takes.</summary>
internal static class ErasedMentions
{
    // A window of the time in which mentions were seen is found by a summary of ranges, and sorted: it must not hold too much.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(20);

    private const int MostWindows = 2_000;

    /// <summary>The mention itself, and those of the same post for the other brands; empty when there is no such mention.</summary>
    public static async Task<Guid[]> OfPostAsync(IQuerySession session, NpgsqlDataSource dataSource, Guid mention, CancellationToken cancellationToken)
    {
        var workspace = session.TenantId;
        if ((await MentionLog.LoadAsync(session, [mention], cancellationToken)).GetValueOrDefault(mention) is not { Brand: not null } state)
        {
            return [];
        }

        await using var command = dataSource.CreateCommand("select distinct brand_id from mentions.totals where workspace = $1");
        command.Parameters.AddWithValue(workspace);
        var brands = await GuidsAsync(command, cancellationToken);
        await using var known = dataSource.CreateCommand("select id from mentions.inbox where workspace = $1 and id = any($2) order by id");
        known.Parameters.AddWithValue(workspace);
        known.Parameters.AddWithValue(brands.Select(b => Keys.OfMention(workspace, b, state.SourceKind, state.NativeId)).Append(mention).Distinct().ToArray());
        return await GuidsAsync(known, cancellationToken);
    }

    /// <summary>Some of an author. Those that are emptied name none any more.</summary>
    public static async Task<Guid[]> OfAuthorAsync(NpgsqlDataSource dataSource, string workspace, Guid author, int most, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select id from mentions.inbox where workspace = $1 and author_key = $2 order by published_at desc limit $3");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(author);
        command.Parameters.AddWithValue(most);
        return await GuidsAsync(command, cancellationToken);
    }

    /// <summary>The next that were seen before a moment and still have a text, a note or an author.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="after">The place of the last one.</param>
    /// <param name="before">Seen before.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>They, and where to go on; nobody and <paramref name="before"/> at the end.</returns>
    public static async Task<(Guid[] Ids, (DateTimeOffset At, Guid Id) Last)> OfAgeAsync(NpgsqlDataSource dataSource, string workspace, (DateTimeOffset At, Guid Id) after, DateTimeOffset before, int most, CancellationToken cancellationToken)
    {
        for (var looked = 0; after.At < before && looked < MostWindows; looked++)
        {
            var end = after.At + Window < before ? after.At + Window : before;
            await using var command = dataSource.CreateCommand("""
                select i.id, i.seen_at from mentions.inbox i
                where i.workspace = $1 and i.seen_at >= $2 and i.seen_at < $4 and (i.seen_at, i.id) > ($2, $3) and (i.author_key is not null
                    or exists (select from mentions.content c where c.workspace = i.workspace and c.mention_id = i.id and not c.removed)
                    or exists (select from mentions.notes n where n.workspace = i.workspace and n.mention_id = i.id))
                order by i.seen_at, i.id limit $5
                """);
            command.Parameters.AddWithValue(workspace);
            command.Parameters.AddWithValue(after.At.UtcDateTime);
            command.Parameters.AddWithValue(after.Id);
            command.Parameters.AddWithValue(end.UtcDateTime);
            command.Parameters.AddWithValue(most);
            var ids = new List<Guid>(most);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                ids.Add(reader.GetGuid(0));
                after = (reader.GetFieldValue<DateTimeOffset>(1), ids[^1]);
            }

            if (ids.Count > 0)
            {
                return ([.. ids], after);
            }

            after = (end, Guid.Empty);
        }

        return ([], after);
    }

    private static async Task<Guid[]> GuidsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return [.. ids];
    }
}
