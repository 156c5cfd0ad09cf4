using Npgsql;
using NpgsqlTypes;

namespace Serm.Ingest.Connectors;

/// <summary>Quotas in PostgreSQL: one transaction a call, under an advisory lock of the credentials.</summary>
internal sealed class QuotaTable(NpgsqlDataSource dataSource) : IQuotaStore
{
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended($1, 5077)), (select until from ingest.quota_blocks where bucket = $1 and until > $2)";
    private const string Used = "select coalesce(sum(used), 0) from ingest.quotas where bucket = $1 and limit_name = $2 and slot >= $3";
    private const string Add = """
        with slot as (
            insert into ingest.quotas (bucket, limit_name, slot, used) values ($1, $2, $3, $4)
            on conflict (bucket, limit_name, slot) do update set used = ingest.quotas.used + excluded.used
        )
        insert into ingest.spending (workspace, source_id, day, lane, limit_name, calls, used) values ($5, $6, $7, $8, $2, $9, $4)
        on conflict (workspace, source_id, day, lane, limit_name) do update set calls = ingest.spending.calls + excluded.calls, used = ingest.spending.used + excluded.used
        """;

    public async Task<(string Limit, DateTimeOffset FreeAt)?> TakeAsync(Account account, IReadOnlyList<RateLimit> limits, Cost cost, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await BlockedAsync(connection, account, now, cancellationToken) is { } until)
        {
            return ("the network's own", until);
        }

        foreach (var limit in limits.Where(l => l.Lasting))
        {
            var (_, since, freeAt) = limit.At(now);
            await using var command = new NpgsqlCommand(Used, connection) { Parameters = { new() { Value = account.Bucket }, new() { Value = limit.Name }, new() { Value = since.UtcDateTime } } };
            if ((decimal)(await command.ExecuteScalarAsync(cancellationToken))! + cost.Of(limit) > limit.Most)
            {
                return (limit.Name, freeAt);
            }
        }

        foreach (var limit in limits)
        {
            await AddAsync(connection, account, limit, cost.Lane, cost.Of(limit), 1, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    public async Task SettleAsync(Account account, RateLimit limit, string lane, decimal difference, DateTimeOffset takenAt, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await AddAsync(connection, account, limit, lane, difference, 0, takenAt, cancellationToken);
    }

    public async Task BlockAsync(Account account, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("insert into ingest.quota_blocks (bucket, until) values ($1, $2) on conflict (bucket) do update set until = greatest(ingest.quota_blocks.until, excluded.until)");
        command.Parameters.Add(new() { Value = account.Bucket });
        command.Parameters.Add(new() { Value = until.UtcDateTime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<DateTimeOffset?> BlockedAsync(NpgsqlConnection connection, Account account, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Lock, connection) { Parameters = { new() { Value = account.Bucket }, new() { Value = now.UtcDateTime } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(1) ? reader.GetFieldValue<DateTimeOffset>(1) : null;
    }

    private static async Task AddAsync(NpgsqlConnection connection, Account account, RateLimit limit, string lane, decimal used, long calls, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Add, connection)
        {
            Parameters =
            {
                new() { Value = account.Bucket },
                new() { Value = limit.Name },
                new() { Value = limit.At(at).Slot.UtcDateTime },
                new() { Value = used, NpgsqlDbType = NpgsqlDbType.Numeric },
                new() { Value = account.Workspace },
                new() { Value = account.SourceId },
                new() { Value = DateOnly.FromDateTime(at.UtcDateTime) },
                new() { Value = lane.Length <= 200 ? lane : lane[..200] },
                new() { Value = calls },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
