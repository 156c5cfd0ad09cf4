using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Services;
using Marten.Subscriptions;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Turns stored events into public ones, gives each its place in its workspace's feed, and notes a delivery for each webhook that wants it: all in the transaction in which Marten moves its progress, so nothing is told twice or never.</summary>
internal sealed class FanOut(NpgsqlDataSource dataSource, Lanes lanes, TimeProvider clock, ILogger<FanOut> log) : SubscriptionBase
{
    /// <summary>Told to whoever delivers when there is something new to claim.</summary>
    public const string Channel = "alerts_deliveries";

    // The row of the workspace is held until the commit: places are given out and become visible in the same order, without gaps.
    private const string EventsSql = """
        with fresh as (
            select t.*, row_number() over (order by t.ord) as place
            from unnest(^, ^, ^, ^, ^, ^, ^, ^, ^) with ordinality as t(id, type, at, brand_id, mention_id, severity, labels, data, trace_parent, ord)
            where not exists (select 1 from alerts.public_events e where e.workspace = ^ and e.id = t.id)),
        base as (
            insert into alerts.public_sequences as s (workspace, last) select ^, count(*) from fresh
            on conflict (workspace) do update set last = s.last + excluded.last
            returning s.last - (select count(*) from fresh) as last)
        insert into alerts.public_events (workspace, id, seq, type, at, brand_id, mention_id, severity, labels, data, trace_parent)
        select ^, f.id, b.last + f.place, f.type, f.at, nullif(f.brand_id, ^), nullif(f.mention_id, ^), nullif(f.severity, ''), string_to_array(f.labels, chr(31)), f.data, nullif(f.trace_parent, '')
        from fresh f cross join base b
        """;

    private const string TestsSql = """
        insert into alerts.public_events (workspace, id, seq, type, at, data)
        select ^, t.id, null, t.type, t.at, t.data from unnest(^, ^, ^, ^) as t(id, type, at, data)
        on conflict do nothing
        """;

    public override async Task<IChangeListener> ProcessEventsAsync(EventRange page, ISubscriptionController controller, IDocumentOperations operations, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Workspace, PublicEvent Event)> happened = [];
        IReadOnlyDictionary<string, IReadOnlyList<Webhook>> webhooks = new Dictionary<string, IReadOnlyList<Webhook>>(StringComparer.Ordinal);
        await Transient.RetryAsync(
            async ct =>
            {
                happened = await MapAsync(page.Events, ct);
                webhooks = await WebhookLog.StandingAsync(dataSource, [.. happened.Select(h => h.Workspace).Distinct(StringComparer.Ordinal)], ct);
            },
            log,
            cancellationToken);
        var noted = new Noted();
        foreach (var group in happened.GroupBy(h => h.Workspace, StringComparer.Ordinal))
        {
            (PublicEvent Event, string Data)[] told = [.. group.Select(h => (h.Event, PublicEventBody.Data(h.Event)))];
            Queue(operations, group.Key, told);
            var wanted = told.SelectMany(h => webhooks.GetValueOrDefault(group.Key, []).Where(w => w.Wants(h.Event)).Select(w => (w.Id, h.Event.Id))).ToArray();
            if (wanted.Length > 0)
            {
                var deliveries = new NoteDeliveries(lanes, group.Key, told, wanted, clock.GetUtcNow());
                operations.QueueOperation(deliveries);
                noted.Add(deliveries);
            }
        }

        if (noted.Exists(n => n.LeavesSome))
        {
            operations.QueueSqlCommand($"notify {Channel}");
        }

        return noted;
    }

    private async Task<IReadOnlyList<(string, PublicEvent)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var quoted = events.Select(e => (e.TenantId, Mention: PublicEventMap.Quotes(e.Data))).Where(q => q.Mention is not null).Select(q => (q.TenantId, q.Mention!.Value)).Distinct().ToList();
        var mentions = await AlertedMentions.ReadAsync(dataSource, quoted, cancellationToken);
        var incidents = await IncidentsAsync([.. events.Where(e => PublicEventMap.NeedsIncident(e.Data))], cancellationToken);
        return [.. events
            .Select(e => (e.TenantId, Event: PublicEventMap.Of(e, PublicEventMap.Quotes(e.Data) is { } id ? mentions.GetValueOrDefault((e.TenantId, id)) : null, incidents.GetValueOrDefault(e.StreamId))))
            .Where(m => m.Event is not null)
            .Select(m => (m.TenantId, m.Event!))];
    }

    private async Task<Dictionary<Guid, Incident>> IncidentsAsync(IReadOnlyList<IEvent> changes, CancellationToken cancellationToken) => changes.Count == 0
        ? []
        : (await IncidentLog.ReadAsync(
            dataSource,
            "select state, alerts from alerts.incidents where workspace = any($1) and id = any($2)",
            cancellationToken,
            changes.Select(e => e.TenantId).Distinct().ToArray(),
            changes.Select(e => e.StreamId).Distinct().ToArray())).ToDictionary(s => s.State.Id, s => s.State);

    private static void Queue(IDocumentOperations operations, string workspace, (PublicEvent Event, string Data)[] happened)
    {
        var feed = Array.FindAll(happened, h => h.Event.OnlyWebhook is null);
        if (feed.Length > 0)
        {
            operations.QueueSqlCommand(
                '^',
                EventsSql,
                Array.ConvertAll(feed, h => h.Event.Id),
                Array.ConvertAll(feed, h => h.Event.Type),
                Array.ConvertAll(feed, h => h.Event.At.ToUniversalTime()),
                Array.ConvertAll(feed, h => h.Event.BrandId ?? Guid.Empty),
                Array.ConvertAll(feed, h => h.Event.MentionId ?? Guid.Empty),
                Array.ConvertAll(feed, h => h.Event.Severity ?? ""),
                Array.ConvertAll(feed, h => string.Join('\u001f', h.Event.Labels)),
                Array.ConvertAll(feed, h => h.Data),
                Array.ConvertAll(feed, h => h.Event.TraceParent ?? ""),
                workspace,
                workspace,
                workspace,
                Guid.Empty,
                Guid.Empty);
        }

        var tests = Array.FindAll(happened, h => h.Event.OnlyWebhook is not null);
        if (tests.Length > 0)
        {
            operations.QueueSqlCommand('^', TestsSql, workspace, Array.ConvertAll(tests, h => h.Event.Id), Array.ConvertAll(tests, h => h.Event.Type), Array.ConvertAll(tests, h => h.Event.At.ToUniversalTime()), Array.ConvertAll(tests, h => h.Data));
        }
    }

    /// <summary>The deliveries of a page, a workspace each.</summary>
    private sealed class Noted : List<NoteDeliveries>, IChangeListener
    {
        public Task BeforeCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token) => Task.CompletedTask;

        public Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
        {
            ForEach(n => n.Begin());
            return Task.CompletedTask;
        }
    }
}
