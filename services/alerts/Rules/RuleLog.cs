using System.Text.Json;
using System.Text.Json.Serialization;
using Marten;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The one way to write a rule: its events and its row in one transaction.</summary>
internal static class RuleLog
{
    /// <summary>How states are stored.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private const string Sql = """
        insert into alerts.rules (workspace, id, removed, state) values (^, ^, ^, ^::jsonb)
        on conflict (workspace, id) do update set removed = excluded.removed, state = excluded.state
        """;

    /// <summary>Loads, decides, appends.</summary>
    /// <exception cref="JasperFx.ConcurrencyException">Somebody else wrote in between; nothing was saved.</exception>
    public static async Task<Rule> ApplyAsync(IDocumentSession session, Guid id, Func<Rule, IReadOnlyList<object>> decide, CancellationToken cancellationToken)
    {
        var stored = await session.Events.FetchStreamAsync(id, token: cancellationToken);
        var before = stored.Select(e => e.Data).Aggregate(new Rule(id), Rule.Apply);
        var events = decide(before);
        var after = events.Aggregate(before, Rule.Apply);
        if (events.Count == 0)
        {
            return after;
        }

        if (before.Version == 0)
        {
            session.Events.StartStream<Rule>(id, events);
        }
        else
        {
            session.Events.Append(id, after.Version, events);
        }

        session.QueueAll("alerts", before, events, Rule.Apply, RuleChanges.Of);
        session.QueueSqlCommand('^', Sql, session.TenantId, id, after.Removed, JsonSerializer.Serialize(after, Json));
        await session.SaveChangesAsync(cancellationToken);
        return after;
    }
}
