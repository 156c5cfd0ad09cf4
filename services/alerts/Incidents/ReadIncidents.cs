using System.Globalization;
using System.Text;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Which incidents are asked for. Values of one filter are alternatives; filters all have to hold.</summary>
/// <param name="Status">Where they stand; open and acknowledged when left out.</param>
/// <param name="Severity">How much they matter.</param>
/// <param name="Kind">Kinds of rules.</param>
/// <param name="Brand">Brands.</param>
/// <param name="Rule">Rules, also removed ones.</param>
/// <param name="Owner">Who has them; <c>me</c> is the caller, <c>nobody</c> is nobody.</param>
/// <param name="From">Opened at or after.</param>
/// <param name="To">Opened before.</param>
/// <param name="Limit">1 to 200; 50 by default.</param>
/// <param name="Cursor">From <c>nextCursor</c> of the last page.</param>
public sealed record IncidentQuery(
    [property: FromQuery] string[]? Status,
    [property: FromQuery] string[]? Severity,
    [property: FromQuery] string[]? Kind,
    [property: FromQuery] Guid[]? Brand,
    [property: FromQuery] Guid[]? Rule,
    [property: FromQuery] string? Owner,
    [property: FromQuery] DateTimeOffset? From,
    [property: FromQuery] DateTimeOffset? To,
    [property: FromQuery] int? Limit,
    [property: FromQuery] string? Cursor);

/// <summary>Reading incidents.</summary>
internal static class ReadIncidents
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;
    private static readonly Role[] Readers = [Role.Integrator, Role.Moderator, Role.Manager];

    public static void MapReadIncidents(this IEndpointRouteBuilder app)
    {
        var incidents = app.MapGroup("/api/incidents").WithTags("Incidents");
        incidents.MapGet("", PageAsync).WithName("ListIncidents").WithSummary("A page of incidents, newest first").RequireRole(Readers);
        incidents.MapGet("{id:guid}", OneAsync).WithName("GetIncident").WithSummary("One incident").RequireRole(Readers);
        incidents.MapGet("{id:guid}/timeline", TimelineAsync).WithName("GetIncidentTimeline").WithSummary("All that happened to it and who was told, oldest first").RequireRole(Readers);
        incidents.MapGet("{id:guid}/alerts", AlertsAsync).WithName("GetIncidentAlerts").WithSummary("Its newest 200 alerts").RequireRole(Readers);
    }

    private static async Task<Ok<IncidentPage>> PageAsync([AsParameters] IncidentQuery query, Caller caller, NpgsqlDataSource dataSource, CancellationToken ct)
    {
        var limit = query.Limit ?? DefaultLimit;
        if (limit is < 1 or > MaxLimit)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {MaxLimit}.");
        }

        var values = new List<object> { caller.Workspace };
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"select state, alerts from alerts.incidents where workspace = $1{Conditions(query, caller, values)} order by opened_at desc, id desc limit {limit + 1}");
        var items = await IncidentLog.ReadAsync(dataSource, sql, ct, [.. values]);
        var page = items.Take(limit).Select(IncidentView.Of).ToList();
        return TypedResults.Ok(new IncidentPage(page, items.Count > limit ? ReadAlerts.Encode(ReadAlerts.OfIncidents, page[^1].OpenedAt, page[^1].Id) : null));
    }

    private static async Task<Ok<IncidentView>> OneAsync(Guid id, [AsParameters] IncidentDesk desk, CancellationToken ct)
    {
        var found = await IncidentLog.OneAsync(desk.DataSource, desk.Caller.Workspace, id, ct);
        return found.State.Version == 0 ? throw RuleViolation.NotFound("incident") : desk.View(found);
    }

    private static async Task<Ok<List<AlertView>>> AlertsAsync(Guid id, Caller caller, NpgsqlDataSource dataSource, CancellationToken ct) =>
        TypedResults.Ok(await ReadAlerts.OfIncidentAsync(dataSource, caller.Workspace, id, ct));

    private static async Task<Ok<List<TimelineItem>>> TimelineAsync(Guid id, IQuerySession session, Caller caller, NpgsqlDataSource dataSource, CancellationToken ct)
    {
        var events = await session.Events.FetchStreamAsync(id, token: ct);
        if (events.Count == 0 || events[0].Data is not IncidentOpened)
        {
            throw RuleViolation.NotFound("incident");
        }

        var notes = await NotesAsync(dataSource, caller.Workspace, id, ct);
        var items = events.Select(e => Timeline.Of(e, notes)).ToList();
        items.AddRange(await Timeline.NoticesAsync(dataSource, caller.Workspace, id, ct));
        return TypedResults.Ok(items.OrderBy(i => i.At).ToList());
    }

    private static async Task<Dictionary<Guid, string>> NotesAsync(NpgsqlDataSource dataSource, string workspace, Guid incident, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand("select id, text from alerts.notes where workspace = $1 and incident_id = $2");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(incident);
        var notes = new Dictionary<Guid, string>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            notes[reader.GetGuid(0)] = reader.GetString(1);
        }

        return notes;
    }

    private static string Conditions(IncidentQuery query, Caller caller, List<object> values)
    {
        var sql = new StringBuilder();
        void Add(string condition, object value)
        {
            values.Add(value);
            sql.Append(" and ").Append(condition.Replace("?", "$" + values.Count.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        var status = query.Status is { Length: > 0 } s ? Parse<IncidentStatus>(s, "status") : [IncidentStatus.Open, IncidentStatus.Acknowledged];
        Add("status = any(?)", Array.ConvertAll(status, x => (short)x));
        if (query.Severity is { Length: > 0 } severities && Parse<IncidentSeverity>(severities, "severity") is var severity)
        {
            Add("severity = any(?)", Array.ConvertAll(severity, x => (short)x));
        }

        if (query.Kind is { Length: > 0 } kinds)
        {
            Add("kind = any(?)", Array.ConvertAll(kinds, Kind));
        }

        if (query.Brand is { Length: > 0 } brand)
        {
            Add("brand_id = any(?)", brand);
        }

        if (query.Rule is { Length: > 0 } rule)
        {
            Add("rule_id = any(?)", rule);
        }

        if (query.Owner is "nobody")
        {
            sql.Append(" and owner is null");
        }
        else if (!string.IsNullOrEmpty(query.Owner))
        {
            Add("owner = ?", query.Owner is "me" ? caller.User : query.Owner);
        }

        RuleViolation.ThrowIfEndsFirst(query.From, query.To);
        if (query.From is { } from)
        {
            Add("opened_at >= ?", from.UtcDateTime);
        }

        if (query.To is { } to)
        {
            Add("opened_at < ?", to.UtcDateTime);
        }

        if (!string.IsNullOrEmpty(query.Cursor))
        {
            var (at, id) = ReadAlerts.Decode(ReadAlerts.OfIncidents, query.Cursor);
            values.Add(at);
            values.Add(id);
            sql.Append(CultureInfo.InvariantCulture, $" and (opened_at, id) < (${values.Count - 1}, ${values.Count})");
        }

        return sql.ToString();
    }

    private static string Kind(string name) => RuleKinds.OfIncidents.FirstOrDefault(k => string.Equals(k, name, StringComparison.OrdinalIgnoreCase))
        ?? throw RuleViolation.Invalid("kind", "value_unknown", $"kind takes {string.Join(", ", RuleKinds.OfIncidents)}.");

    // By one name each: of several in one value the enum would make another.
    private static T[] Parse<T>(string[] names, string field)
        where T : struct, Enum => Array.ConvertAll(names, n => n.All(char.IsAsciiLetter) && Enum.TryParse<T>(n, ignoreCase: true, out var value)
        ? value
        : throw RuleViolation.Invalid(field, "value_unknown", $"{field} takes {string.Join(", ", Enum.GetNames<T>().Select(x => x.ToLowerInvariant()))}."));
}
