using JasperFx.Events;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Asks ingest, over the bus, to send answers.</summary>
internal static class ReplyMessages
{
    private static readonly Guid MessageSpace = new("3e8d1b52-7a0c-5f4e-8a35-c4f1d9027b60");

    /// <summary>One message an answer; none where its text was erased before anybody sent it.</summary>
    public static async Task<IReadOnlyList<(Guid MessageId, object Message)>> OfAsync(NpgsqlDataSource dataSource, IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var orders = events.Where(e => e.Data is ReplyOrdered).Select(e => (Event: e, Order: (ReplyOrdered)e.Data)).ToList();
        if (orders.Count == 0)
        {
            return [];
        }

        await using var command = dataSource.CreateCommand("select n.note_id, n.text from mentions.notes n join unnest($1, $2, $3) as t(workspace, mention_id, note_id) using (workspace, mention_id, note_id)");
        command.Parameters.AddWithValue(orders.Select(o => o.Event.TenantId).ToArray());
        command.Parameters.AddWithValue(orders.Select(o => o.Event.StreamId).ToArray());
        command.Parameters.AddWithValue(orders.Select(o => o.Order.ReplyId).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new Dictionary<Guid, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            texts[reader.GetGuid(0)] = reader.GetString(1);
        }

        return
        [
            .. orders.Where(o => texts.ContainsKey(o.Order.ReplyId)).Select(o => (
                NameBasedGuid.Create(MessageSpace, o.Order.ReplyId.ToString("N")),
                (object)new ReplyAsked(
                    o.Event.TenantId, o.Order.ReplyId, o.Event.StreamId, o.Order.SourceId, o.Order.SourceKind, o.Order.NativeId, texts[o.Order.ReplyId], o.Order.By, o.Order.At, o.Order.TraceParent))),
        ];
    }
}
