using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>An event as webhooks deliver it, byte for byte the same <c>data</c>.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Id"><c>webhook-id</c>.</param>
/// <param name="Sequence">Its place in the workspace's feed: 1, 2, 3, ... without gaps.</param>
/// <param name="Data">The type's own members.</param>
public sealed record EventView(string Type, DateTimeOffset Timestamp, Guid Id, long Sequence, JsonElement Data);

/// <summary>A page of the feed.</summary>
/// <param name="Items">Events in order.</param>
/// <param name="Next">Ask on with <c>after</c> = this, at once or later.</param>
/// <param name="Last">The last place that is filled: you have everything when <paramref name="Next"/> has reached it.</param>
public sealed record EventPage(IReadOnlyList<EventView> Items, long Next, long Last);

/// <summary>Which events are asked for.</summary>
/// <param name="After">The place that you have read up to; 0, or left out, for the oldest that is kept.</param>
/// <param name="Limit">1 to 1,000; 100 by default.</param>
/// <param name="Types">Only these types.</param>
public sealed record EventQuery([property: FromQuery] long? After, [property: FromQuery] int? Limit, [property: FromQuery] string[]? Types);

/// <summary><c>GET /api/events</c>: what webhooks were told, in order, for whoever wants to catch up or trusts no push.</summary>
internal static class ReadEvents
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    public static void MapEvents(this IEndpointRouteBuilder app) => app.MapGet("/api/events", PageAsync).WithTags("Webhooks").WithName("ListEvents")
        .WithSummary("The feed of events, in order and without gaps")
        .WithDescription("What webhooks deliver, with the same ids, in the order in which it was stored: ask with `after` = `next` of the last answer and nothing is missed, also with a filter. "
            + "A place is never filled later. 410 `events_trimmed` when the place asked for is older than what is kept, 400 `events_ahead` when the feed does not reach so far.")
        .ProducesProblem(StatusCodes.Status410Gone)
        .RequireRole(Role.Integrator, Role.Moderator, Role.Manager);

    private static async Task<Ok<EventPage>> PageAsync([AsParameters] EventQuery query, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? DefaultLimit;
        if (limit is < 1 or > MaxLimit)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {MaxLimit:N0}.");
        }

        if (query.After < 0)
        {
            throw RuleViolation.Invalid("after", "out_of_range", "after takes next of the last answer, or 0 to begin.");
        }

        string[] wantedTypes = [.. (query.Types ?? []).SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        PublicEventTypes.Require(wantedTypes);
        var (last, trimmed) = await EndsAsync(caller.Workspace, dataSource, cancellationToken);
        if (query.After is > 0 and var wanted && wanted < trimmed)
        {
            throw new RuleViolation(
                "events_trimmed",
                $"Events up to {trimmed} are not kept any more. Go on from after={trimmed}, and read what you missed from GET /api/alerts.",
                StatusCodes.Status410Gone,
                "after",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["oldestAfter"] = trimmed });
        }

        if (query.After > last)
        {
            // Whoever read on from there would be told of nothing until the feed is as long again.
            throw new RuleViolation(
                "events_ahead",
                $"The feed ends at {last}: it was put back to an earlier backup, or this is another one. Go on from a place before the backup, or from 0; an id that you know is a repeat.",
                StatusCodes.Status400BadRequest,
                "after",
                new Dictionary<string, object?>(StringComparer.Ordinal) { ["last"] = last });
        }

        var after = Math.Max(query.After ?? 0, trimmed);
        await using var command = dataSource.CreateCommand();
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(last);
        var types = "";
        if (wantedTypes.Length > 0)
        {
            command.Parameters.AddWithValue(wantedTypes);
            types = " and type = any($4)";
        }

        // Up to the end as it was read before: what a filter leaves out until there is passed for good.
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"select type, at, id, seq, data from alerts.public_events where workspace = $1 and seq > $2 and seq <= $3{types} order by seq limit {limit}");
        var items = new List<EventView>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            using var data = JsonDocument.Parse(r.GetString(4));
            items.Add(new(r.GetString(0), r.GetFieldValue<DateTimeOffset>(1), r.GetGuid(2), r.GetInt64(3), data.RootElement.Clone()));
        }

        return TypedResults.Ok(new EventPage(items, items.Count == limit ? items[^1].Sequence : last, last));
    }

    private static async Task<(long Last, long Trimmed)> EndsAsync(string workspace, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select last, trimmed from alerts.public_sequences where workspace = $1");
        command.Parameters.AddWithValue(workspace);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        return await r.ReadAsync(cancellationToken) ? (r.GetInt64(0), r.GetInt64(1)) : (0, 0);
    }
}
