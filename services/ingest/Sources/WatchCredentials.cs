using System.Text.Json;
using Marten;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Serm.Ingest.Sources;

/// <summary>Tells of ending credentials of the sources that nothing reads: paused ones, and those that only their network calls. For the others each read does.</summary>
internal sealed class WatchCredentials(NpgsqlDataSource dataSource, IDocumentStore store, IOptions<PollOptions> options, TimeProvider clock, ILogger<WatchCredentials> log)
    : Recurring("Looking for credentials that end", TimeSpan.FromSeconds(options.Value.CredentialsLookSeconds), clock, log)
{
    private const string Sql = """
        select s.workspace, s.state, c.state from ingest.sources s
        left join ingest.cursors c on c.workspace = s.workspace and c.source_id = s.id
        where coalesce(c.due_at, 'infinity') = 'infinity'
            and (s.state ->> 'options' like '%credentialsEnd%' or s.state ->> 'ending' is not null or c.state ->> 'expiresAt' is not null)
        """;

    protected override async Task DoAsync(CancellationToken stopping)
    {
        var now = Clock.GetUtcNow();
        foreach (var (workspace, source, told) in await UnreadAsync(stopping))
        {
            if (Decide(source, told, now).Count > 0)
            {
                // Whoever writes in between changes the source, or tells the same: the next look sees what it is then.
                await using var session = store.LightweightSession(workspace);
                await SourceLog.ApplyAsync(session, source.Id, state => Decide(state, told, now), null, stopping);
            }
        }
    }

    private static IReadOnlyList<object> Decide(Source source, DateTimeOffset? told, DateTimeOffset now) => SourceDecider.Ends(source, SourceCursor.EndOf(source, told), now);

    private async Task<List<(string Workspace, Source Source, DateTimeOffset? Told)>> UnreadAsync(CancellationToken stopping)
    {
        await using var command = dataSource.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(stopping);
        var unread = new List<(string, Source, DateTimeOffset?)>();
        while (await reader.ReadAsync(stopping))
        {
            var cursor = reader.IsDBNull(2) ? null : JsonSerializer.Deserialize<SourceCursor>(reader.GetString(2), SourceLog.Json);
            unread.Add((reader.GetString(0), JsonSerializer.Deserialize<Source>(reader.GetString(1), SourceLog.Json)!, cursor?.ExpiresAt));
        }

        return unread;
    }
}
