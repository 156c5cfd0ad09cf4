using System.Globalization;
using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Makes the inbox and the counts anew from the events: <c>dotnet Serm.Mentions.dll rebuild</c>. Works page by page beside live flow; a page holds its streams only while it is written.</summary>
internal static class RebuildInbox
{
    private const int PageSize = 1000;

    // By type: Marten keeps a stream of its own among them, for the sequence numbers of appends that failed.
    private const string NextPage = """
        select tenant_id, id from mentions.mt_streams where (tenant_id, id) > ($1, $2) and type = 'mention' order by tenant_id, id limit $3
        """;

    private const string Clear = """
        with forgotten as (
            delete from mentions.desk where workspace = ^ and mention_id = any(^)
        ), stilled as (
            delete from mentions.due where workspace = ^ and mention_id = any(^)
        ), gone as (
            delete from mentions.inbox where workspace = ^ and id = any(^) returning brand_id, published_at, label, reach, status
        ), counted as (
            insert into mentions.totals (workspace, brand_id, status, label, mentions)
            select ^, brand_id, status, label, -count(*) from gone group by 2, 3, 4 order by 2, 3, 4
            on conflict (workspace, brand_id, status, label) do update set mentions = mentions.totals.mentions + excluded.mentions
        )
        insert into mentions.dynamics (workspace, brand_id, hour, label, mentions, reach)
        select ^, brand_id, date_trunc('hour', published_at, 'UTC'), label, -count(*), -sum(coalesce(reach, 0)) from gone where status <> 3
        group by 2, 3, 4 order by 2, 3, 4
        on conflict (workspace, brand_id, hour, label) do update
        set mentions = mentions.dynamics.mentions + excluded.mentions, reach = mentions.dynamics.reach + excluded.reach
        """;

    /// <summary>Rebuilds all workspaces.</summary>
    /// <returns>Streams read.</returns>
    public static async Task<long> RunAsync(IDocumentStore store, NpgsqlDataSource dataSource, Playbooks books, TextWriter progress, CancellationToken cancellationToken)
    {
        var (workspace, id, total) = ("", Guid.Empty, 0L);
        while (await PageAsync(dataSource, workspace, id, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var group in page.GroupBy(p => p.Workspace, StringComparer.Ordinal))
            {
                await RebuildAsync(store, group.Key, [.. group.Select(p => p.Id)], (await books.OfAsync(group.Key, cancellationToken)).Sla, cancellationToken);
            }

            total += page.Count;
            (workspace, id) = page[^1];
            await progress.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"rebuilt {total} mentions"));
        }

        return total;
    }

    private static async Task RebuildAsync(IDocumentStore store, string workspace, Guid[] ids, SlaPolicies policies, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(workspace);
        await session.BeginTransactionAsync(cancellationToken);

        // Locks the streams, so that a concurrent append waits and then finds the row of the state it builds on.
        await session.QueryAsync<int>("select 1 from mentions.mt_streams where tenant_id = ? and id = any(?) order by id for update", cancellationToken, workspace, ids);
        var states = await MentionLog.LoadAsync(session, ids, cancellationToken);
        session.QueueSqlCommand('^', Clear, workspace, ids, workspace, ids, workspace, ids, workspace, workspace);
        InboxRows.Queue(session, workspace, states.Values, policies);
        await session.SaveChangesAsync(cancellationToken);
    }

    /// <summary>Writes the rows of some mentions anew: what the workspace has laid down has changed.</summary>
    public static async Task RefreshAsync(IDocumentStore store, string workspace, Guid[] ids, SlaPolicies policies, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(workspace);
        await session.HoldAsync(ids, cancellationToken);
        InboxRows.Queue(session, workspace, (await MentionLog.LoadAsync(session, ids, cancellationToken)).Values, policies);
        await session.SaveChangesAsync(cancellationToken);
    }

    private static async Task<List<(string Workspace, Guid Id)>> PageAsync(NpgsqlDataSource dataSource, string workspace, Guid after, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(NextPage);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(PageSize);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<(string, Guid)>(PageSize);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add((reader.GetString(0), reader.GetGuid(1)));
        }

        return page;
    }
}
