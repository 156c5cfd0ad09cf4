using JasperFx.Events;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Tells the bus what happened to mentions. Of several events of one mention in a page only the last is told: the contract carries the state, not the difference.</summary>
internal sealed class MentionRelay(IBus bus, NpgsqlDataSource dataSource, ILogger<MentionRelay> log) : Relay(bus, log)
{
    private const string Sql = """
        select workspace, id, brand_id, version, status, label, negative, published_at, seen_at
        from mentions.inbox where id = any($1) and workspace = any($2)
        """;

    protected override async Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var last = events.GroupBy(e => (e.TenantId, e.StreamId)).ToDictionary(g => g.Key, g => g.MaxBy(e => e.Version)!);
        var messages = new List<(Guid, object)>(last.Count);
        messages.AddRange(await SlaRelay.MapAsync(dataSource, events, cancellationToken));
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(last.Keys.Select(k => k.StreamId).ToArray());
        command.Parameters.AddWithValue(last.Keys.Select(k => k.TenantId).Distinct(StringComparer.Ordinal).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var workspace = reader.GetString(0);
            if (!last.TryGetValue((workspace, reader.GetGuid(1)), out var e))
            {
                continue;
            }

            var label = reader.GetInt16(5);
            messages.Add((e.Id, new MentionChanged(
                e.Id,
                workspace,
                e.StreamId,
                reader.GetGuid(2),
                e.EventTypeName,
                reader.GetInt32(3),
                ((MentionStatus)reader.GetInt16(4)).ToString().ToLowerInvariant(),
                label == InboxRows.Unscored ? null : (Sentiment)label,
                reader.IsDBNull(6) ? null : reader.GetFloat(6),
                reader.GetFieldValue<DateTimeOffset>(7),
                reader.GetFieldValue<DateTimeOffset>(8),
                e.Timestamp,
                Trace(e.Data))));
        }

        return [.. messages, .. await CorrectionMessages.OfAsync(dataSource, events, cancellationToken)];
    }

    internal static string? Trace(object data) => data switch
    {
        Found e => e.TraceParent,
        Edited e => e.TraceParent,
        Scored e => e.TraceParent,
        Removed e => e.TraceParent,
        Reacted e => e.TraceParent,
        Alerted e => e.TraceParent,
        Claimed e => e.TraceParent,
        Released e => e.TraceParent,
        Noted e => e.TraceParent,
        Resolved e => e.TraceParent,
        Dismissed e => e.TraceParent,
        Reopened e => e.TraceParent,
        AwaitedAuthor e => e.TraceParent,
        AuthorAnswered e => e.TraceParent,
        Snoozed e => e.TraceParent,
        Woke e => e.TraceParent,
        Assigned e => e.TraceParent,
        Tagged e => e.TraceParent,
        Untagged e => e.TraceParent,
        SeveritySet e => e.TraceParent,
        Drafted e => e.TraceParent,
        Replied e => e.TraceParent,
        Automated e => e.TraceParent,
        Undone e => e.TraceParent,
        Rescored e => e.TraceParent,
        Corrected e => e.TraceParent,
        CorrectionWithdrawn e => e.TraceParent,
        _ => null,
    };
}
