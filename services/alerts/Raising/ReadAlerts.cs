using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>An alert as the API shows it. The post itself is the mention's.</summary>
public sealed record AlertView(Guid Id, Guid RuleId, string RuleName, Guid MentionId, BrandRef Brand, float Negative, long? Reach, DateTimeOffset SeenAt, DateTimeOffset RaisedAt, Guid? IncidentId);

/// <summary>A page of alerts.</summary>
/// <param name="Items">The alerts, newest first.</param>
/// <param name="NextCursor">Ask for the next page with it; null on the last one.</param>
public sealed record AlertPage(IReadOnlyList<AlertView> Items, string? NextCursor);

/// <summary>Which alerts are asked for. Values of one filter are alternatives; filters all have to hold.</summary>
/// <param name="Brand">Brands.</param>
/// <param name="Rule">Rules, also removed ones.</param>
/// <param name="From">Raised at or after.</param>
/// <param name="To">Raised before.</param>
/// <param name="Limit">1 to 200; 50 by default.</param>
/// <param name="Cursor">From <c>nextCursor</c> of the last page.</param>
public sealed record AlertQuery(
    [property: FromQuery] Guid[]? Brand,
    [property: FromQuery] Guid[]? Rule,
    [property: FromQuery] DateTimeOffset? From,
    [property: FromQuery] DateTimeOffset? To,
    [property: FromQuery] int? Limit,
    [property: FromQuery] string? Cursor);

/// <summary>Reading alerts.</summary>
internal static class ReadAlerts
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;
    // Lists by the first byte of their cursors; the inbox has 0 and 1.
    internal const byte OfAlerts = 2;
    internal const byte OfIncidents = 3;
    internal const byte OfDeliveries = 4;
    private const string Columns = "id, rule_id, rule_name, mention_id, brand_id, brand_name, negative, reach, seen_at, raised_at, incident_id";
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapAlerts(this IEndpointRouteBuilder app)
    {
        var alerts = app.MapGroup("/api/alerts").WithTags("Alerts");
        alerts.MapGet("", PageAsync).WithName("ListAlerts").WithSummary("A page of alerts, newest first").RequireRole(Readers);
        alerts.MapGet("{id:guid}", OneAsync).WithName("GetAlert").WithSummary("One alert").RequireRole(Readers);
    }

    private static async Task<Ok<AlertPage>> PageAsync([AsParameters] AlertQuery query, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? DefaultLimit;
        if (limit is < 1 or > MaxLimit)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {MaxLimit}.");
        }

        await using var command = dataSource.CreateCommand();
        command.Parameters.AddWithValue(caller.Workspace);
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"select {Columns} from alerts.alerts where workspace = $1{Conditions(query, command)} order by raised_at desc, id desc limit {limit + 1}");
        var items = await ReadAsync(command, cancellationToken);
        var more = items.Count > limit;
        var page = more ? items[..limit] : items;
        return TypedResults.Ok(new AlertPage(page, more ? Encode(OfAlerts, page[^1].RaisedAt, page[^1].Id) : null));
    }

    private static async Task<Ok<AlertView>> OneAsync(Guid id, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from alerts.alerts where workspace = $1 and id = $2");
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(id);
        var found = await ReadAsync(command, cancellationToken);
        return TypedResults.Ok(found.SingleOrDefault() ?? throw RuleViolation.NotFound("alert"));
    }

    private static string Conditions(AlertQuery query, NpgsqlCommand command)
    {
        var sql = new StringBuilder();
        string Parameter(object value)
        {
            command.Parameters.AddWithValue(value);
            return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
        }

        if (query.Brand is { Length: > 0 })
        {
            sql.Append(CultureInfo.InvariantCulture, $" and brand_id = any({Parameter(query.Brand)})");
        }

        if (query.Rule is { Length: > 0 })
        {
            sql.Append(CultureInfo.InvariantCulture, $" and rule_id = any({Parameter(query.Rule)})");
        }

        RuleViolation.ThrowIfEndsFirst(query.From, query.To);
        if (query.From is { } from)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and raised_at >= {Parameter(from.UtcDateTime)}");
        }

        if (query.To is { } to)
        {
            sql.Append(CultureInfo.InvariantCulture, $" and raised_at < {Parameter(to.UtcDateTime)}");
        }

        if (!string.IsNullOrEmpty(query.Cursor))
        {
            var (at, id) = Decode(OfAlerts, query.Cursor);
            sql.Append(CultureInfo.InvariantCulture, $" and (raised_at, id) < ({Parameter(at)}, {Parameter(id)})");
        }

        return sql.ToString();
    }

    private static async Task<List<AlertView>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var items = new List<AlertView>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            items.Add(new(
                r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetGuid(3), new(r.GetGuid(4), r.GetString(5)), r.GetFloat(6), r.IsDBNull(7) ? null : r.GetInt64(7), r.GetFieldValue<DateTimeOffset>(8), r.GetFieldValue<DateTimeOffset>(9),
                r.IsDBNull(10) ? null : r.GetGuid(10)));
        }

        return items;
    }

    /// <summary>The newest alerts of an incident.</summary>
    internal static async Task<List<AlertView>> OfIncidentAsync(NpgsqlDataSource dataSource, string workspace, Guid incident, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from alerts.alerts where workspace = $1 and incident_id = $2 order by raised_at desc, id desc limit {MaxLimit}");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(incident);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>A place in a list, which says in which: another list has no such place.</summary>
    internal static string Encode(byte list, DateTimeOffset at, Guid id) => WebEncoders.Base64UrlEncode([list, .. BitConverter.GetBytes(at.UtcTicks), .. id.ToByteArray()]);

    internal static (DateTime At, Guid Id) Decode(byte list, string cursor)
    {
        try
        {
            var bytes = WebEncoders.Base64UrlDecode(cursor);
            return bytes.Length == 25 && bytes[0] == list && BitConverter.ToInt64(bytes, 1) is var ticks and >= 0 && ticks <= DateTime.MaxValue.Ticks
                ? (new DateTime(ticks, DateTimeKind.Utc), new Guid(bytes.AsSpan(9)))
                : throw new FormatException();
        }
        catch (FormatException)
        {
            throw RuleViolation.Invalid("cursor", "cursor_invalid", "The cursor is not one of this list. Start again without it.");
        }
    }
}
