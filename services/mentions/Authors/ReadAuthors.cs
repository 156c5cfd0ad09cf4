using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What is known of an author from what they said of our brands. Names come from the texts that are still kept.</summary>
/// <param name="Id">Stands for the account: a hash of source kind and the network's id.</param>
/// <param name="Name">The last one seen; null when nothing is kept.</param>
/// <param name="Handle">The last one seen.</param>
/// <param name="Url">Their profile.</param>
/// <param name="SourceKind">The network.</param>
/// <param name="Mentions">In the time asked for.</param>
/// <param name="Negative">Of these, negative.</param>
/// <param name="Reach">Of these together, as far as known.</param>
/// <param name="Started">Stories that they told first and others after them.</param>
/// <param name="Spread">Stories of others that they told on.</param>
/// <param name="SpreadOfThem">Sightings of the stories that they started.</param>
/// <param name="Answered">Mentions that we answered.</param>
/// <param name="Open">Mentions that are not closed.</param>
/// <param name="FirstAt">First mention in the time.</param>
/// <param name="LastAt">Last mention in the time.</param>
/// <param name="List"><c>vip</c> or <c>ignore</c>; null when on none.</param>
/// <param name="ListReason">Why.</param>
public sealed record AuthorView(
    Guid Id,
    string? Name,
    string? Handle,
    string? Url,
    string SourceKind,
    long Mentions,
    long Negative,
    long Reach,
    long Started,
    long Spread,
    long SpreadOfThem,
    long Answered,
    long Open,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    string? List,
    string? ListReason);

/// <summary>The authors who matter most.</summary>
/// <param name="From">Published at or after.</param>
/// <param name="To">Published before.</param>
/// <param name="Items">In the order asked for.</param>
public sealed record AuthorsView(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<AuthorView> Items);

/// <summary>Reading authors.</summary>
internal static class ReadAuthors
{
    private const int MaxLimit = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    // The sums first, and names only for those that are shown.
    private const string Sql = """
        with said as (
            select i.author_key, min(i.source_kind) as source_kind, count(*) as mentions, count(*) filter (where i.label = 0) as negative, coalesce(sum(i.reach), 0)::bigint as reach,
                count(*) filter (where d.sightings > 1 and i.story_id is null) as started, count(*) filter (where i.story_id is not null) as spread,
                coalesce(sum(d.sightings) filter (where d.sightings > 1 and i.story_id is null), 0)::bigint as spread_of_them,
                count(*) filter (where d.replied_at is not null) as answered, count(*) filter (where i.status not in (2, 3)) as open, min(i.published_at) as first_at, max(i.published_at) as last_at
            from mentions.inbox i left join mentions.desk d on d.workspace = i.workspace and d.mention_id = i.id
            where i.workspace = $1 and i.published_at >= $2 and i.published_at < $3 and i.author_key is not null and ($4 or i.brand_id = any($5)) and ($6::uuid is null or i.author_key = $6)
            group by i.author_key
        ), shown as (
            select s.*, l.list, l.reason from said s left join mentions.author_lists l on l.workspace = $1 and l.author_key = s.author_key
            where $7::text is null or l.list = $7 order by {0} desc, s.author_key limit $8
        )
        select s.author_key, n.name, n.handle, n.url, s.source_kind, s.mentions, s.negative, s.reach, s.started, s.spread, s.spread_of_them, s.answered, s.open, s.first_at, s.last_at, s.list, s.reason
        from shown s left join lateral (
            select c.author ->> 'name' as name, c.author ->> 'handle' as handle, c.author ->> 'url' as url
            from mentions.inbox i join mentions.content c on c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision
            where i.workspace = $1 and i.author_key = s.author_key order by i.published_at desc limit 1) n on true
        order by {0} desc, s.author_key
        """;

    public static async Task<Ok<AuthorsView>> Page(
        Guid[]? brand, DateTimeOffset? from, DateTimeOffset? to, string? list, string? sort, int? limit, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (start, end) = (from ?? now.AddDays(-30), to ?? now);
        if (end <= start || end - start > Longest)
        {
            throw RuleViolation.Invalid("to", "out_of_range", $"Ask for a time of at most {Longest.TotalDays:0} days that ends after it begins.");
        }

        if (limit is < 1 or > MaxLimit)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {MaxLimit}.");
        }

        var order = sort switch
        {
            null or "negative" => "s.negative",
            "mentions" => "s.mentions",
            "reach" => "s.reach",
            "started" => "s.spread_of_them",
            "spread" => "s.spread",
            _ => throw RuleViolation.Invalid("sort", "value_unknown", "sort takes negative, mentions, reach, started, spread."),
        };
        var items = await QueryAsync(dataSource, caller.Workspace, start, end, brand ?? [], null, list is null ? null : AuthorLists.Known(list, "list"), order, limit ?? 50, cancellationToken);
        return TypedResults.Ok(new AuthorsView(start, end, items));
    }

    public static async Task<Ok<AuthorView>> One(Guid id, Guid[]? brand, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken) =>
        TypedResults.Ok(await LoadAsync(dataSource, caller.Workspace, id, brand, clock.GetUtcNow(), cancellationToken) ?? throw RuleViolation.NotFound("author"));

    /// <summary>One author over all time; null when nothing of theirs is known.</summary>
    public static async Task<AuthorView?> LoadAsync(NpgsqlDataSource dataSource, string workspace, Guid id, Guid[]? brand, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await QueryAsync(dataSource, workspace, DateTimeOffset.UnixEpoch, now.AddDays(1), brand ?? [], id, null, "s.mentions", 1, cancellationToken)).FirstOrDefault();

    private static async Task<List<AuthorView>> QueryAsync(
        NpgsqlDataSource dataSource, string workspace, DateTimeOffset from, DateTimeOffset to, Guid[] brands, Guid? author, string? list, string order, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql.Replace("{0}", order, StringComparison.Ordinal));
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        command.Parameters.AddWithValue(brands.Length == 0);
        command.Parameters.AddWithValue(brands);
        command.Parameters.Add(new() { Value = (object?)author ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)list ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.AddWithValue(limit);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var authors = new List<AuthorView>();
        while (await r.ReadAsync(cancellationToken))
        {
            authors.Add(new(
                r.GetGuid(0), StringAt(r, 1), StringAt(r, 2), StringAt(r, 3), r.GetString(4), r.GetInt64(5), r.GetInt64(6), r.GetInt64(7), r.GetInt64(8), r.GetInt64(9), r.GetInt64(10), r.GetInt64(11),
                r.GetInt64(12), r.GetFieldValue<DateTimeOffset>(13), r.GetFieldValue<DateTimeOffset>(14), StringAt(r, 15), StringAt(r, 16)));
        }

        return authors;
    }

    private static string? StringAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);
}

/// <summary>Authors over HTTP.</summary>
internal static class AuthorEndpoints
{
    public static void MapAuthors(this IEndpointRouteBuilder app)
    {
        var authors = app.MapGroup("/api/authors").WithTags("Authors");
        authors.MapGet("", ReadAuthors.Page).WithName("ListAuthors").WithSummary("Who starts negativity, and who spreads it").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        authors.MapGet("{id:guid}", ReadAuthors.One).WithName("GetAuthor").WithSummary("One author, and the history with us").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        authors.MapPut("{id:guid}/list", ListAuthor.Handle).WithName("ListAuthor").WithSummary("Put an author on a list, or take them off").RequireRole(Role.Manager);
    }
}
