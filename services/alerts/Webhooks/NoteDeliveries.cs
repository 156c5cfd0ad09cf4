using System.Data.Common;
using NpgsqlTypes;
using Weasel.Core;
using Weasel.Storage;
using ICommandBuilder = Weasel.Postgresql.ICommandBuilder;
using IStorageOperation = Marten.Internal.Operations.IStorageOperation;

namespace Serm.Alerts;

/// <summary>Notes the deliveries of a workspace's new events, in the transaction in which these get their places in the feed: as many as its lanes take as first attempts of this replica, in a row an event, the others due now.</summary>
internal sealed class NoteDeliveries : IStorageOperation
{
    private const string Sql = """
        with wanted as (
            select t.webhook_id, t.claimed, e.id, e.seq, e.type, e.at
            from unnest(^, ^, ^) as t(webhook_id, event_id, claimed) join alerts.public_events e on e.workspace = ^ and e.id = t.event_id
            where not exists (select 1 from alerts.deliveries d where d.webhook_id = t.webhook_id and d.event_id = t.event_id)),
        left_over as (
            insert into alerts.deliveries (workspace, webhook_id, event_id, seq, type, status, due_at, created_at)
            select ^, webhook_id, id, seq, type, 0, ^, ^ from wanted where not claimed
            on conflict do nothing)
        insert into alerts.first_attempts (workspace, event_id, seq, type, at, webhooks, until)
        select ^, id, seq, type, at, array_agg(webhook_id), ^ from wanted where claimed group by id, seq, type, at
        on conflict do nothing
        returning event_id, seq, webhooks
        """;

    private readonly Lanes _lanes;
    private readonly string _workspace;
    private readonly Dictionary<Guid, (PublicEvent Event, string Data)> _happened;
    private readonly (Guid Webhook, Guid Event)[] _wanted;
    private readonly bool[] _claimed;
    private readonly DateTimeOffset _leasedUntil;
    private readonly List<DueDelivery> _due = [];

    /// <summary>Asks the lanes how many they take.</summary>
    /// <param name="lanes">Where those that are claimed begin.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="happened">The new events, with their data as it is stored.</param>
    /// <param name="wanted">Who is told of what.</param>
    /// <param name="now">The moment.</param>
    public NoteDeliveries(Lanes lanes, string workspace, IEnumerable<(PublicEvent Event, string Data)> happened, (Guid Webhook, Guid Event)[] wanted, DateTimeOffset now)
    {
        (_lanes, _workspace, _wanted) = (lanes, workspace, wanted);
        _happened = happened.ToDictionary(h => h.Event.Id);
        var room = lanes.Offer(wanted.Select(w => w.Webhook).Distinct()).ToDictionary();
        _claimed = Array.ConvertAll(wanted, w => room.TryGetValue(w.Webhook, out var left) && (room[w.Webhook] = left - 1) >= 0);

        // As PostgreSQL keeps it, so that the result finds its claim.
        var until = (now + lanes.Lease).UtcTicks;
        _leasedUntil = new(until - (until % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
    }

    /// <summary>True when some are left for whoever claims them.</summary>
    public bool LeavesSome => _claimed.Contains(false);

    /// <inheritdoc/>
    public Type DocumentType => typeof(PublicEvent);

    /// <inheritdoc/>
    public OperationRole Role() => OperationRole.Other;

    /// <inheritdoc/>
    public void ConfigureCommand(ICommandBuilder builder, IStorageSession session)
    {
        var now = _happened.Values.Max(h => h.Event.At).ToUniversalTime();
        object[] values = [Array.ConvertAll(_wanted, w => w.Webhook), Array.ConvertAll(_wanted, w => w.Event), _claimed, _workspace, _workspace, now, now, _workspace, _leasedUntil];
        foreach (var (parameter, value) in builder.AppendWithParameters(Sql, '^').Zip(values))
        {
            parameter.Value = value;
            parameter.NpgsqlDbType = value switch
            {
                string => NpgsqlDbType.Text,
                DateTimeOffset => NpgsqlDbType.TimestampTz,
                Guid[] => NpgsqlDbType.Array | NpgsqlDbType.Uuid,
                _ => NpgsqlDbType.Array | NpgsqlDbType.Boolean,
            };
        }
    }

    /// <inheritdoc/>
    public async Task PostprocessAsync(DbDataReader reader, IList<Exception> exceptions, CancellationToken token)
    {
        _due.Clear();
        while (await reader.ReadAsync(token))
        {
            var id = reader.GetGuid(0);
            var sequence = await reader.IsDBNullAsync(1, token) ? (long?)null : reader.GetInt64(1);
            var (happened, data) = _happened[id];
            var body = PublicEventBody.Bytes(id, happened.Type, happened.At, sequence, data);
            foreach (var webhook in await reader.GetFieldValueAsync<Guid[]>(2, token))
            {
                _due.Add(new(_workspace, webhook, id, happened.Type, sequence, happened.At, body, 0, happened.TraceParent, _leasedUntil, Unwritten: true));
            }
        }
    }

    /// <summary>Begins those that are claimed. Call it when the transaction is committed.</summary>
    public void Begin() => _lanes.Hand(_due);
}
