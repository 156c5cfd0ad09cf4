using JasperFx.Events;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Tells the bus which alerts were raised and what happened to incidents.</summary>
internal sealed class AlertRelay(IBus bus, NpgsqlDataSource dataSource, ILogger<AlertRelay> log) : Relay(bus, log)
{
    protected override async Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var incidents = await IncidentsAsync(events, cancellationToken);
        var messages = new List<(Guid, object)>();
        foreach (var stored in events)
        {
            if (Map(stored) is { } alert)
            {
                messages.Add((stored.Id, alert));
            }
            else if (stored.Data is WebhookDisabled disabled)
            {
                messages.Add((stored.Id, Disabled(stored, disabled)));
            }
            else if (incidents.TryGetValue(stored.StreamId, out var incident))
            {
                messages.Add((stored.Id, Map(stored, incident)));
            }
        }

        return messages;
    }

    /// <summary>The contract for an alert's event; null when it is another one.</summary>
    public static AlertRaised? Map(IEvent stored) => stored.Data is Raised e
        ? new(stored.Id, stored.TenantId, stored.StreamId, e.RuleId, e.RuleName, e.MentionId, e.Brand, e.Negative, e.Reach, e.SeenAt, e.RaisedAt, e.TraceParent, e.IncidentId)
        : null;

    private static EndpointDisabled Disabled(IEvent stored, WebhookDisabled e) => new(stored.Id, stored.TenantId, stored.StreamId, e.Name, e.Reason, e.Detail, e.At);

    /// <summary>The contract for an incident's event. What it says of the state is what holds now: a later event may have changed it since.</summary>
    public static IncidentChanged Map(IEvent stored, Standing now) => new(
        stored.Id,
        stored.TenantId,
        stored.StreamId,
        EventNames.Of(stored.Data),
        (int)stored.Version,
        now.State.Status.ToString().ToLowerInvariant(),
        now.State.Severity,
        now.State.Kind,
        now.State.RuleId,
        now.State.RuleName,
        now.State.Brand,
        now.State.Subject ?? "",
        now.State.Owner,
        now.Alerts,
        now.State.Silence is not null,
        now.State.OpenedAt,
        stored.Timestamp,
        now.State.TraceParent);

    private async Task<Dictionary<Guid, Standing>> IncidentsAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Guid, Standing>();
        foreach (var group in events.Where(e => e.Data is not (Raised or RuleAdded or RuleChanged or RuleRemoved)).GroupBy(e => e.TenantId, StringComparer.Ordinal))
        {
            var ids = group.Select(e => e.StreamId).Distinct().ToArray();
            foreach (var standing in await IncidentLog.ReadAsync(dataSource, "select state, alerts from alerts.incidents where workspace = $1 and id = any($2)", cancellationToken, group.Key, ids))
            {
                found[standing.State.Id] = standing;
            }
        }

        return found;
    }
}
