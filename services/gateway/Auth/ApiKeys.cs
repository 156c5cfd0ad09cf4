using Microsoft.Extensions.Caching.Memory;
using Npgsql;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>What a program signs in with. The secret itself is nowhere kept.</summary>
/// <param name="Id">Never changes.</param>
/// <param name="Name">What uses it.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="Role">What it may do.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Refused from then on; null for never.</param>
/// <param name="LastUsedAt">To a minute; null while unused.</param>
internal sealed record ApiKey(
    Guid Id, string Name, string Workspace, Role Role, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>The keys' table, with a short memory of what it said: a revoked key is refused everywhere after <see cref="Remembered"/> at the latest.</summary>
internal sealed class ApiKeys(NpgsqlDataSource database, TimeProvider clock) : IDisposable
{
    /// <summary>How long an answer is believed without asking the database.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(4);

    private const string Columns = "id, name, workspace, role, created_by, created_at, expires_at, last_used_at";

    // Bounded: somebody who tries random keys must not fill the memory.
    private readonly MemoryCache _answers = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>Makes a key. The secret is returned and never seen again.</summary>
    public async Task<(ApiKey Key, string Secret)> CreateAsync(string name, string workspace, Role role, string createdBy, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        var secret = Secrets.NewKey();
        var key = new ApiKey(Guid.CreateVersion7(), name, workspace, role, createdBy, clock.GetUtcNow(), expiresAt, null);
        await ChangeRows.WithAsync(
            database,
            AccessChanges.Schema,
            workspace,
            async connection =>
            {
                await using var command = With(
                    new("insert into gateway.api_keys (hash, id, name, workspace, role, created_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)", connection),
                    Secrets.HashKey(secret), key.Id, key.Name, key.Workspace, key.Role.Text(), key.CreatedBy, key.CreatedAt, (object?)key.ExpiresAt ?? DBNull.Value);
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            _ => AccessChanges.KeyAdded(key),
            cancellationToken);
        return (key, secret);
    }

    /// <summary>The key behind a secret, expired or not; null for an unknown or revoked one.</summary>
    public async ValueTask<ApiKey?> FindAsync(string secret, CancellationToken cancellationToken)
    {
        if (!Secrets.LooksLikeKey(secret))
        {
            return null;
        }

        var hash = Secrets.HashKey(secret);
        var at = Convert.ToHexString(hash);
        if (_answers.TryGetValue(at, out ApiKey? known))
        {
            return known;
        }

        var key = await AskAsync(hash, cancellationToken);
        _answers.Set(at, key, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
        return key;
    }

    public async Task<IReadOnlyList<ApiKey>> ListAsync(string workspace, CancellationToken cancellationToken)
    {
        await using var command = Command($"select {Columns} from gateway.api_keys where workspace = $1 and revoked_at is null order by created_at", workspace);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Revokes a key of the workspace. False when there is none.</summary>
    public async Task<bool> RevokeAsync(Guid id, string workspace, string by, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var revoked = await ChangeRows.WithAsync(
            database,
            AccessChanges.Schema,
            workspace,
            async connection =>
            {
                await using var command = With(new($"update gateway.api_keys set revoked_at = $3 where id = $1 and workspace = $2 and revoked_at is null returning {Columns}", connection), id, workspace, now);
                return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
            },
            key => key is null ? null : AccessChanges.KeyRevoked(key, by, now),
            cancellationToken);
        _answers.Clear();
        return revoked is not null;
    }

    /// <summary>True while the key is neither revoked nor expired. For streams that outlive their first look.</summary>
    public async Task<bool> IsCurrentAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = Command("select 1 from gateway.api_keys where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)", id, clock.GetUtcNow());
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    public void Dispose() => _answers.Dispose();

    // Reads the key and, at most once a minute, notes its use, in one round trip.
    private async Task<ApiKey?> AskAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = Command(
            $"""
            with used as (
                update gateway.api_keys set last_used_at = $2
                where hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2) and (last_used_at is null or last_used_at < $3))
            select {Columns} from gateway.api_keys where hash = $1 and revoked_at is null
            """,
            hash, now, now.AddMinutes(-1));
        return (await ReadAsync(command, cancellationToken)).SingleOrDefault();
    }

    private static async Task<IReadOnlyList<ApiKey>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<ApiKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new ApiKey(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                Enum.Parse<Role>(reader.GetString(3), ignoreCase: true),
                reader.GetString(4),
                reader.GetFieldValue<DateTimeOffset>(5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return keys;
    }

    private NpgsqlCommand Command(string sql, params object[] values) => With(database.CreateCommand(sql), values);

    private static NpgsqlCommand With(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
