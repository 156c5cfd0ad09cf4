using System.Globalization;
using System.Text;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Serm.Defaults;

/// <summary>Which changes are asked for. What is null does not matter.</summary>
/// <param name="From">Those at or after.</param>
/// <param name="To">Those before.</param>
/// <param name="By">Those of one of these, in any case.</param>
/// <param name="Kind">Those of one of these kinds, or of all kinds about a thing: <c>user.added</c>, <c>user</c>.</param>
/// <param name="About">Those about the thing with this id, or this name in any case.</param>
/// <param name="BeforeAt">With <paramref name="BeforeId"/>, those behind this one, newest first.</param>
/// <param name="BeforeId">See <paramref name="BeforeAt"/>.</param>
/// <param name="Limit">At most <see cref="ChangeRows.Most"/>.</param>
public sealed record ChangeQuery(
    [property: FromQuery] DateTimeOffset? From,
    [property: FromQuery] DateTimeOffset? To,
    [property: FromQuery] string[]? By,
    [property: FromQuery] string[]? Kind,
    [property: FromQuery] string? About,
    [property: FromQuery] DateTimeOffset? BeforeAt,
    [property: FromQuery] Guid? BeforeId,
    [property: FromQuery] int Limit);

/// <summary>The table <c>changes</c> that each service has in its schema: what people changed there, written in the transaction of the change. It is small, and apart from the events because theirs is not.</summary>
public static class ChangeRows
{
    /// <summary>Where a service tells the gateway of its changes; no route from outside leads there.</summary>
    public const string Path = "/inside/changes";

    /// <summary>Changes that are read at once: a full page of the gateway's, and one to know that more follow.</summary>
    public const int Most = 201;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Writes it in the session's transaction.</summary>
    public static void Queue(this IDocumentSession session, string schema, ChangeRow change) => session.QueueSqlCommand(
        '^',
        $"insert into {schema}.changes (workspace, id, at, by, kind, about_id, about, fields, admins_only) values (^, ^, ^, ^, ^, nullif(^, ''), nullif(^, ''), ^::jsonb, ^)",
        Values(session.TenantId, change));

    /// <summary>Writes in the session's transaction what events change, one by one.</summary>
    /// <typeparam name="T">The state.</typeparam>
    /// <param name="session">Of the workspace.</param>
    /// <param name="schema">The service's.</param>
    /// <param name="before">The state before the first of them.</param>
    /// <param name="events">What happened, in order.</param>
    /// <param name="apply">The state after one more event.</param>
    /// <param name="change">What people read of it, of the states before and after; null for nothing.</param>
    public static void QueueAll<T>(this IDocumentSession session, string schema, T before, IEnumerable<object> events, Func<T, object, T> apply, Func<T, T, object, ChangeRow?> change)
    {
        foreach (var happened in events)
        {
            var after = apply(before, happened);
            if (change(before, after, happened) is { } made)
            {
                session.Queue(schema, made);
            }

            before = after;
        }
    }

    /// <summary>Writes it in the connection's transaction, if it is in one.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="schema">The service's.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="change">What was changed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task AddAsync(NpgsqlConnection connection, string schema, string workspace, ChangeRow change, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"insert into {schema}.changes (workspace, id, at, by, kind, about_id, about, fields, admins_only) values ($1, $2, $3, $4, $5, nullif($6, ''), nullif($7, ''), $8::jsonb, $9)", connection);
        foreach (var value in Values(workspace, change))
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Does something and writes down what was changed by it, in one transaction.</summary>
    /// <param name="dataSource">The service's database.</param>
    /// <param name="schema">The service's.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="change">What to write down; asked once <paramref name="work"/> has done it. Null for nothing.</param>
    /// <param name="work">Runs on the connection given, in its transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<T> WithAsync<T>(
        NpgsqlDataSource dataSource, string schema, string workspace, Func<NpgsqlConnection, Task<T>> work, Func<T, ChangeRow?> change, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var done = await work(connection);
        if (change(done) is { } made)
        {
            await AddAsync(connection, schema, workspace, made, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return done;
    }

    /// <summary>Changes, the newest first.</summary>
    /// <param name="dataSource">The service's database.</param>
    /// <param name="schema">The service's.</param>
    /// <param name="caller">In whose workspace, and whether an admin asks.</param>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<List<ChangeRow>> ReadAsync(NpgsqlDataSource dataSource, string schema, Caller caller, ChangeQuery query, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        var admin = caller.Role == Role.Admin;
        var sql = new StringBuilder("where ");
        Where(sql, admin ? "workspace = {0}" : "workspace = {0} and not admins_only", caller.Workspace);
        Where(sql, " and at >= {0}", query.From?.UtcDateTime);
        Where(sql, " and at < {0}", query.To?.UtcDateTime);
        Where(sql, " and lower(by) = any({0})", Lower(query.By));
        Where(sql, " and (kind = any({0}) or split_part(kind, '.', 1) = any({0}))", query.Kind is { Length: > 0 } ? query.Kind : null);
        Where(sql, " and (about_id = {0} or lower(about) = lower({0}))", string.IsNullOrEmpty(query.About) ? null : query.About);
        Where(sql, " and at <= {0}", query.BeforeAt?.UtcDateTime);
        if (query is { BeforeAt: { } at, BeforeId: { } id })
        {
            command.Parameters.Add(new() { Value = at.UtcDateTime });
            Where(sql, $" and (at, id) < (${command.Parameters.Count}, {{0}})", id);
        }

        command.CommandText = $"select id, at, by, kind, about_id, about, fields::text, admins_only from {schema}.changes {sql} order by at desc, id desc limit {Math.Clamp(query.Limit, 1, Most)}";
        var found = new List<ChangeRow>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            found.Add(new(
                r.GetGuid(0),
                r.GetFieldValue<DateTimeOffset>(1),
                r.GetString(2),
                r.GetString(3),
                r.IsDBNull(4) ? null : r.GetString(4),
                r.IsDBNull(5) ? null : r.GetString(5),
                JsonSerializer.Deserialize<List<ChangedField>>(r.GetString(6), Json)!,
                r.GetBoolean(7)));
        }

        return found;

        void Where(StringBuilder text, string condition, object? value)
        {
            if (value is not null)
            {
                command.Parameters.Add(new() { Value = value });
                text.Append(string.Format(CultureInfo.InvariantCulture, condition, $"${command.Parameters.Count}"));
            }
        }
    }

    /// <summary>Tells the gateway of the service's changes.</summary>
    /// <param name="app">The service.</param>
    /// <param name="schema">Its schema.</param>
    public static void MapChanges(this IEndpointRouteBuilder app, string schema) => app
        .MapGet(Path, async Task<Ok<List<ChangeRow>>> ([AsParameters] ChangeQuery query, Caller caller, NpgsqlDataSource dataSource, CancellationToken ct) =>
            TypedResults.Ok(await ReadAsync(dataSource, schema, caller, query, ct)))
        .ExcludeFromDescription()
        .RequireRole(Role.Manager);

    private static string[]? Lower(string[]? names) => names is { Length: > 0 } ? Array.ConvertAll(names, n => n.ToLowerInvariant()) : null;

    private static object[] Values(string workspace, ChangeRow c) =>
        [workspace, c.Id, c.At, c.By, c.Kind, c.AboutId ?? "", c.About ?? "", JsonSerializer.Serialize(c.Fields, Json), c.AdminsOnly];
}
