using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A saved view of the inbox.</summary>
/// <param name="Id">For good.</param>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Owner">Who made it.</param>
/// <param name="Shared">All of the workspace see it.</param>
/// <param name="Query">Filters by the names that <c>GET /api/mentions</c> takes, such as <c>{"status": ["new"], "sort": ["urgent"]}</c>.</param>
/// <param name="Version">What <c>If-Match</c> wants.</param>
public sealed record SavedView(Guid Id, string Name, string Owner, bool Shared, IReadOnlyDictionary<string, IReadOnlyList<string>> Query, int Version);

/// <summary>A view as it shall be.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Query">Filters by the names that <c>GET /api/mentions</c> takes.</param>
/// <param name="Shared">All of the workspace see it; false when left out.</param>
public sealed record SavedViewRequest(string? Name, IReadOnlyDictionary<string, IReadOnlyList<string>>? Query, bool Shared = false);

/// <summary>Views of the inbox: one's own and the shared ones. A convenience of people and no history: rows, not events.</summary>
internal static class SavedViews
{
    private const int MaxName = 100;
    private const int MaxViews = 200;
    private const int MaxQuery = 8_000;

    private const string Insert = """
        insert into mentions.views (workspace, id, owner, shared, name, query, version)
        select $1, $2, $3, $4, $5, $6::jsonb, 1 where (select count(*) from mentions.views where workspace = $1 and owner = $3) < $7
        """;

    private const string Update = "update mentions.views set shared = $3, name = $4, query = $5::jsonb, version = $6 where workspace = $1 and id = $2 and version = $7";

    private const string Delete = "delete from mentions.views where workspace = $1 and id = $2 and version = $3";

    private static readonly HashSet<string> Filters = typeof(InboxQuery).GetConstructors()[0].GetParameters()
        .Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name!)).Where(n => n is not ("cursor" or "limit" or "id")).ToHashSet(StringComparer.Ordinal);

    public static void MapViews(this IEndpointRouteBuilder app)
    {
        var views = app.MapGroup("/api/views").WithTags("Views");
        views.MapGet("", ListAsync).WithName("ListViews").WithSummary("One's own views and the shared ones, by name").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        views.MapPost("", AddAsync).WithName("AddView").WithSummary("Save a view").RequireRole(Role.Moderator, Role.Manager);
        views.MapPut("{id:guid}", ChangeAsync).WithName("ChangeView").WithSummary("Replace a view: its owner, or a manager if it is shared").TakesVersion().RequireRole(Role.Moderator, Role.Manager);
        views.MapDelete("{id:guid}", RemoveAsync).WithName("RemoveView").WithSummary("Remove a view: its owner, or a manager if it is shared").TakesVersion().RequireRole(Role.Moderator, Role.Manager);
    }

    private static async Task<Ok<List<SavedView>>> ListAsync(Caller caller, NpgsqlDataSource dataSource, CancellationToken ct) => TypedResults.Ok(await ReadAsync(dataSource, caller, null, ct));

    private static async Task<Created<SavedView>> AddAsync(SavedViewRequest body, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, HttpResponse response, CancellationToken ct)
    {
        var view = Checked(Guid.CreateVersion7(clock.GetUtcNow()), caller.User, body, 1);
        var now = clock.GetUtcNow();
        if (!await WriteAsync(dataSource, caller.Workspace, Insert, () => SettingsChanges.View(null, view, caller.User, now), ct, view.Id, view.Owner, view.Shared, view.Name, JsonSerializer.Serialize(view.Query, SettingsLog.Json), MaxViews))
        {
            throw new RuleViolation("too_many_views", $"A person has at most {MaxViews} views. Remove one first.");
        }

        response.Headers.ETag = "\"1\"";
        return TypedResults.Created($"/api/views/{view.Id}", view);
    }

    private static async Task<Ok<SavedView>> ChangeAsync(Guid id, SavedViewRequest body, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, HttpRequest request, HttpResponse response, CancellationToken ct)
    {
        var known = await MineAsync(dataSource, caller, id, ct);
        var expected = request.RequiredVersion();
        var view = Checked(id, known.Owner, body, (int)expected + 1);
        var now = clock.GetUtcNow();
        if (!await WriteAsync(
            dataSource, caller.Workspace, Update, () => SettingsChanges.View(known, view, caller.User, now), ct, id, view.Shared, view.Name, JsonSerializer.Serialize(view.Query, SettingsLog.Json), view.Version, (int)expected))
        {
            throw RuleViolation.Stale(known.Version);
        }

        response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }

    private static async Task<NoContent> RemoveAsync(Guid id, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, HttpRequest request, CancellationToken ct)
    {
        var known = await MineAsync(dataSource, caller, id, ct);
        var (expected, now) = ((int)request.RequiredVersion(), clock.GetUtcNow());
        return await WriteAsync(dataSource, caller.Workspace, Delete, () => SettingsChanges.View(known, null, caller.User, now), ct, id, expected) ? TypedResults.NoContent() : throw RuleViolation.Stale(known.Version);
    }

    // False when nothing was written.
    private static Task<bool> WriteAsync(NpgsqlDataSource dataSource, string workspace, string sql, Func<ChangeRow?> change, CancellationToken ct, params object[] values) => ChangeRows.WithAsync(
        dataSource,
        "mentions",
        workspace,
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            Add(command, [workspace, .. values]);
            return await command.ExecuteNonQueryAsync(ct) > 0;
        },
        written => written ? change() : null,
        ct);

    private static async Task<SavedView> MineAsync(NpgsqlDataSource dataSource, Caller caller, Guid id, CancellationToken ct)
    {
        var view = (await ReadAsync(dataSource, caller, id, ct)).FirstOrDefault() ?? throw RuleViolation.NotFound("view");
        return view.Owner == caller.User || caller.Role >= Role.Manager
            ? view
            : throw new RuleViolation("not_the_owner", $"{view.Owner} made this view. Ask them or a manager, or save one of your own.", StatusCodes.Status403Forbidden);
    }

    private static async Task<List<SavedView>> ReadAsync(NpgsqlDataSource dataSource, Caller caller, Guid? id, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            "select id, name, owner, shared, query::text, version from mentions.views where workspace = $1 and (shared or owner = $2) and ($3::uuid is null or id = $3) order by lower(name), id");
        Add(command, caller.Workspace, caller.User);
        command.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        await using var r = await command.ExecuteReaderAsync(ct);
        var views = new List<SavedView>();
        while (await r.ReadAsync(ct))
        {
            views.Add(new(r.GetGuid(0), r.GetString(1), r.GetString(2), r.GetBoolean(3), JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<string>>>(r.GetString(4), SettingsLog.Json)!, r.GetInt32(5)));
        }

        return views;
    }

    private static SavedView Checked(Guid id, string owner, SavedViewRequest body, int version)
    {
        var name = body.Name?.Trim();
        if (name is not { Length: > 0 and <= MaxName } || name.Any(char.IsControl))
        {
            throw RuleViolation.Invalid("name", "out_of_range", $"A name has 1 to {MaxName} characters, none of them a control character.");
        }

        var query = body.Query ?? throw RuleViolation.Invalid("query", "query_missing", "Give the filters of the view, by their names.");
        if (query.Keys.FirstOrDefault(k => !Filters.Contains(k)) is { } unknown)
        {
            throw RuleViolation.Invalid($"query.{unknown}", "filter_unknown", $"A view takes the filters of the inbox: {string.Join(", ", Filters.Order(StringComparer.Ordinal))}.");
        }

        return query.Sum(q => q.Value.Sum(v => v?.Length ?? 0)) <= MaxQuery && query.Values.All(v => v.All(x => x is not null && !x.Contains('\0', StringComparison.Ordinal)))
            ? new(id, name, owner, body.Shared, query, version)
            : throw RuleViolation.Invalid("query", "out_of_range", $"The filters of a view have at most {MaxQuery:N0} characters together.");
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }
    }
}
