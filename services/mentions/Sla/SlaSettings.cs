using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Lets open mentions follow changed policies: their rows are written anew, page by page. A lease keeps two processes from it, and it begins anew should one die. Nothing else waits for it.</summary>
internal sealed class SlaSettings(IDocumentStore store, NpgsqlDataSource dataSource, Playbooks books, TimeProvider clock, ILogger<SlaSettings> log) : BackgroundService
{
    private const int PageSize = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private const string Take = """
        update mentions.settings set lease_until = $2 where (workspace, kind) in (
            select workspace, kind from mentions.settings where kind = 'sla' and applied < version and (lease_until is null or lease_until < $1) limit 1 for update skip locked)
        returning workspace, version
        """;

    private const string Keep = "update mentions.settings set lease_until = $2, applied = $3 where workspace = $1 and kind = 'sla'";

    private const string NextPage = """
        select id from mentions.inbox where workspace = $1 and status in (0, 1, 4, 5) and id > $2 and not backfill order by id limit $3
        """;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Transient.RetryAsync(ApplyAsync, log, stoppingToken);
        }
    }

    // Brings one workspace up to date; does nothing when all are.
    private async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (await TakeAsync(cancellationToken) is not var (workspace, version))
        {
            return;
        }

        // Consumers of other processes may write by the old policies for as long as they believe their page: that has to pass first.
        await Task.Delay(Playbooks.Fresh, clock, cancellationToken);
        var book = await books.LoadAsync(workspace, cancellationToken);
        var after = Guid.Empty;
        while (await PageAsync(workspace, after, cancellationToken) is { Length: > 0 } page)
        {
            await RebuildInbox.RefreshAsync(store, workspace, page, book.Sla, cancellationToken);
            after = page[^1];
            await KeepAsync(workspace, clock.GetUtcNow() + Lease, 0, cancellationToken);
        }

        await KeepAsync(workspace, null, version, cancellationToken);
    }

    private async Task<(string Workspace, int Version)?> TakeAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(Take);
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue((now + Lease).UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetString(0), reader.GetInt32(1)) : null;
    }

    private async Task KeepAsync(string workspace, DateTimeOffset? lease, int applied, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Keep);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.Add(new() { Value = (object?)lease?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.AddWithValue(applied);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<Guid[]> PageAsync(string workspace, Guid after, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(NextPage);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(PageSize);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<Guid>(PageSize);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(reader.GetGuid(0));
        }

        return [.. page];
    }
}
