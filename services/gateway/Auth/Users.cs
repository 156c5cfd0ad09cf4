using System.Collections.Concurrent;
using System.Security.Claims;
using Npgsql;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>A person who signs in.</summary>
/// <param name="Id">Never changes.</param>
/// <param name="Name">Unique in the installation, whatever the case.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="Role">What they may do.</param>
/// <param name="PasswordHash">As <see cref="Passwords"/> makes it.</param>
/// <param name="Stamp">Changes with the password and the role: sessions with another stamp end.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="LastSignInAt">Null while they never signed in.</param>
internal sealed record User(Guid Id, string Name, string Workspace, Role Role, string PasswordHash, string Stamp, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt = null);

/// <summary>The users' table, and whether a session is still good.</summary>
internal sealed class Users(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>How long a session is believed without asking the database: a removed user, or who signed out at another replica, is out after this at the latest.</summary>
    public static readonly TimeSpan Believed = TimeSpan.FromSeconds(20);

    private const string Columns = "select id, name, workspace, role, password_hash, stamp, created_at, last_sign_in_at from gateway.users";

    // No cookie lives on for so long after it was signed out.
    private static readonly TimeSpan Ended = TimeSpan.FromDays(8);

    private const int MostBelieved = 10_000;

    private readonly ConcurrentDictionary<(Guid User, string? Session), (string Stamp, DateTimeOffset At)> _believed = new();

    /// <summary>A fresh stamp.</summary>
    public static string NewStamp() => Secrets.Base62(16);

    public async Task<User?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where lower(name) = lower($1)", cancellationToken, name)).SingleOrDefault();

    public async Task<User?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where id = $1", cancellationToken, id)).SingleOrDefault();

    public Task<IReadOnlyList<User>> ListAsync(string workspace, CancellationToken cancellationToken) =>
        ReadAsync($"{Columns} where workspace = $1 order by lower(name)", cancellationToken, workspace);

    /// <summary>Adds a user; with <paramref name="onlyFirstAdmin"/> only while no admin exists. False when it was not added.</summary>
    /// <exception cref="RuleViolation">409: the name is taken.</exception>
    public Task<bool> AddAsync(User user, bool onlyFirstAdmin, string by, CancellationToken cancellationToken) =>
        WithAsync(user.Workspace, c => AddAsync(c, user, onlyFirstAdmin, cancellationToken), AccessChanges.UserAdded(user, by), cancellationToken);

    private static async Task<bool> AddAsync(NpgsqlConnection connection, User user, bool onlyFirstAdmin, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("select pg_advisory_xact_lock(hashtextextended('serm.gateway.users', 0))"));
        var insert = new NpgsqlBatchCommand(
            "insert into gateway.users (id, name, workspace, role, password_hash, stamp, created_at) select $1, $2, $3, $4, $5, $6, $7"
            + (onlyFirstAdmin ? " where not exists (select from gateway.users where role = 'admin')" : ""));
        foreach (var value in new object[] { user.Id, user.Name, user.Workspace, user.Role.Text(), user.PasswordHash, user.Stamp, user.CreatedAt })
        {
            insert.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(insert);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return insert.RecordsAffected == 1;
        }
        catch (PostgresException e) when (string.Equals(e.SqlState, PostgresErrorCodes.UniqueViolation, StringComparison.Ordinal))
        {
            throw new RuleViolation("name_taken", "There is a user of that name already. Choose another name.", field: "name");
        }
    }

    /// <summary>Sets a new password and ends all sessions of the user.</summary>
    public Task SetPasswordAsync(User user, string hash, string stamp, string by, CancellationToken cancellationToken) => WithAsync(
        user.Workspace, c => ExecuteAsync(c, "update gateway.users set password_hash = $2, stamp = $3 where id = $1", cancellationToken, user.Id, hash, stamp), AccessChanges.PasswordSet(user, by, clock.GetUtcNow()), cancellationToken);

    /// <summary>Ends all sessions of the user.</summary>
    public Task EndSessionsAsync(User user, string by, CancellationToken cancellationToken) => WithAsync(
        user.Workspace, c => ExecuteAsync(c, "update gateway.users set stamp = $2 where id = $1", cancellationToken, user.Id, NewStamp()), AccessChanges.SessionsEnded(user, by, clock.GetUtcNow()), cancellationToken);

    /// <summary>Notes that the user signed in just now.</summary>
    public Task NoteSignInAsync(User user, CancellationToken cancellationToken) => ChangeRows.WithAsync(
        database, AccessChanges.Schema, user.Workspace, c => ExecuteAsync(c, "update gateway.users set last_sign_in_at = $2 where id = $1", cancellationToken, user.Id, clock.GetUtcNow()), _ => AccessChanges.SignedIn(user, clock.GetUtcNow()), cancellationToken);

    /// <summary>Notes that somebody gave another password for the user than theirs. How often that can be tried is bounded.</summary>
    public Task NoteRefusedAsync(User user, CancellationToken cancellationToken) => ChangeRows.WithAsync(
        database, AccessChanges.Schema, user.Workspace, _ => Task.FromResult(true), _ => AccessChanges.SignInRefused(user, clock.GetUtcNow()), cancellationToken);

    /// <summary>Stores a stronger hash of the same password.</summary>
    public Task SetHashAsync(Guid id, string oldHash, string hash, CancellationToken cancellationToken) =>
        ExecuteAsync("update gateway.users set password_hash = $3 where id = $1 and password_hash = $2", cancellationToken, id, oldHash, hash);

    /// <summary>Gives a user of the workspace another role and ends their sessions, which say the old one. False when there is none, or when it is the last admin of the workspace.</summary>
    public Task<bool> SetRoleAsync(User user, Role role, string by, CancellationToken cancellationToken) => WithAsync(
        user.Workspace, c => KeepingAnAdminAsync(c, "update gateway.users set role = $3, stamp = $4", user, cancellationToken, role.Text(), NewStamp()), AccessChanges.RoleChanged(user, role, by, clock.GetUtcNow()), cancellationToken);

    /// <summary>Removes a user of the workspace. False when there is none, or when it is the last admin of the workspace.</summary>
    public Task<bool> RemoveAsync(User user, string by, CancellationToken cancellationToken) => WithAsync(
        user.Workspace, c => KeepingAnAdminAsync(c, "delete from gateway.users", user, cancellationToken), AccessChanges.UserRemoved(user, by, clock.GetUtcNow()), cancellationToken);

    // One at a time: of two admins who remove each other one stays.
    private static async Task<bool> KeepingAnAdminAsync(NpgsqlConnection connection, string change, User user, CancellationToken cancellationToken, params string[] values)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("select pg_advisory_xact_lock(hashtextextended('serm.gateway.users', 0))"));
        var command = new NpgsqlBatchCommand(
            $"{change} where id = $1 and workspace = $2 and (role <> 'admin' or (select count(*) from gateway.users where role = 'admin' and workspace = $2) > 1)");
        foreach (object value in (object[])[user.Id, user.Workspace, .. values])
        {
            command.Parameters.Add(new() { Value = value });
        }

        batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return command.RecordsAffected == 1;
    }

    // What was done is written down with it; of what came to nothing, nothing is.
    private async Task<bool> WithAsync(string workspace, Func<NpgsqlConnection, Task<bool>> work, ChangeRow change, CancellationToken cancellationToken)
    {
        var done = await ChangeRows.WithAsync(database, AccessChanges.Schema, workspace, work, d => d ? change : null, cancellationToken);
        _believed.Clear();
        return done;
    }

    private static async Task<bool> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Ends one session of a user, wherever its cookie is.</summary>
    public async Task EndAsync(ClaimsPrincipal session, CancellationToken cancellationToken)
    {
        if (session.FindFirstValue(Identity.SessionClaim) is { } ended)
        {
            var now = clock.GetUtcNow();
            await ExecuteAsync(
                "with old as (delete from gateway.ended_sessions where ended_at < $3) insert into gateway.ended_sessions (id, ended_at) values ($1, $2) on conflict do nothing",
                cancellationToken, ended, now, now - Ended);
            _believed.Clear();
        }
    }

    /// <summary>True while the user exists, the stamp is theirs, and the session was not signed out.</summary>
    public async ValueTask<bool> IsCurrentAsync(ClaimsPrincipal session, CancellationToken cancellationToken)
    {
        var (now, id, stamp) = (clock.GetUtcNow(), session.Id(), session.FindFirstValue(Identity.StampClaim));
        var at = (User: id, Session: session.FindFirstValue(Identity.SessionClaim));
        if (_believed.TryGetValue(at, out var known) && now - known.At <= Believed && string.Equals(known.Stamp, stamp, StringComparison.Ordinal))
        {
            return true;
        }

        // What is remembered may be older than a password that another replica took: only the database says no.
        await using var command = Command("select stamp from gateway.users where id = $1 and not exists (select from gateway.ended_sessions where id = $2)", [id, at.Session ?? ""]);
        if (await command.ExecuteScalarAsync(cancellationToken) is not string current || !string.Equals(current, stamp, StringComparison.Ordinal))
        {
            _believed.TryRemove(at, out _);
            return false;
        }

        if (_believed.Count >= MostBelieved)
        {
            _believed.Clear();
        }

        _believed[at] = (current, now);
        return true;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<User>> ReadAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var users = new List<User>();
        while (await reader.ReadAsync(cancellationToken))
        {
            users.Add(new User(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                Enum.Parse<Role>(reader.GetString(3), ignoreCase: true),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetFieldValue<DateTimeOffset>(6),
                reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
        }

        return users;
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return command;
    }
}
