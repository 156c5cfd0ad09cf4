using JasperFx.Events;
using JasperFx.Events.Projections;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>
/// Follows the events of mentions: tells the bus what happened to them, and then lets stories be found. One reading of the events serves all, as reading them costs the database more than anything that is done
/// with them. Of several events of one mention in a page only the last is told as <see cref="MentionChanged"/>: the contract carries the state, not the difference.
/// </summary>
internal sealed class MentionRelay(IBus bus, NpgsqlDataSource dataSource, StoryKeeper stories, ILogger<MentionRelay> log) : Relay(bus, log)
{
    private const string Sql = """
        select workspace, id, brand_id, version, status, label, negative, published_at, seen_at
        from mentions.inbox where id = any($1) and workspace = any($2)
        """;

    protected override async Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var streams = events.GroupBy(e => (e.TenantId, e.StreamId)).Select(g => g.OrderBy(e => e.Version).ToList()).ToLookup(IsWhole);
        var others = streams[false].ToDictionary(s => (s[0].TenantId, s[0].StreamId), s => s[^1]);
        return
        [
            .. await SlaRelay.MapAsync(dataSource, events, cancellationToken),
            .. streams[true].Select(Changed).Concat(await ReadAsync(others, cancellationToken)).Select(m => (m.EventId, (object)m)),
            .. await CorrectionMessages.OfAsync(dataSource, events, cancellationToken),
            .. await ReplyMessages.OfAsync(dataSource, events, cancellationToken),
            .. await TriageRelay.MapAsync(dataSource, events, cancellationToken),
        ];
    }

    protected override Task AfterAsync(EventRange page, CancellationToken cancellationToken) => stories.FollowAsync(page, cancellationToken);

    private static MentionChanged Changed(List<IEvent> stream)
    {
        var last = stream[^1];

        // What most are needs no folding.
        if (stream is [{ Data: Found found }])
        {
            return new(
                last.Id, last.TenantId, last.StreamId, found.Brand.Id, Kind(last), 1, Status(MentionStatus.New), found.Verdict?.Label, found.Verdict?.Negative,
                found.PublishedAt, found.SeenAt, last.Timestamp, found.TraceParent);
        }

        var m = Evolve.Fold(last.StreamId, stream.Select(e => e.Data));
        return new(
            last.Id, last.TenantId, last.StreamId, m.Brand!.Id, Kind(last), m.Version, Status(m.Status), m.Label, m.Verdict?.Negative,
            m.Latest!.PublishedAt, m.Ledger.SeenAt!.Value, last.Timestamp, Trace(last.Data));
    }

    private static string Status(MentionStatus status) => status.ToString().ToLowerInvariant();

    // The last that happened: what was judged as it was found, was judged.
    private static string Kind(IEvent e) => e.Data is Found { Verdict: not null } ? EventNames.Of<Scored>() : e.EventTypeName;

    // Most mentions come about and are judged within one page: what they are follows from it, and the inbox need not be asked. Settings have streams too, in which nothing is found.
    private static bool IsWhole(List<IEvent> stream) => stream[0].Version == 1 && stream[^1].Version == stream.Count && stream.Exists(e => e.Data is Found);

    private async Task<List<MentionChanged>> ReadAsync(Dictionary<(string Workspace, Guid Id), IEvent> last, CancellationToken cancellationToken)
    {
        var messages = new List<MentionChanged>(last.Count);
        if (last.Count == 0)
        {
            return messages;
        }

        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(last.Keys.Select(k => k.Id).ToArray());
        command.Parameters.AddWithValue(last.Keys.Select(k => k.Workspace).Distinct(StringComparer.Ordinal).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var workspace = reader.GetString(0);
            if (!last.TryGetValue((workspace, reader.GetGuid(1)), out var e))
            {
                continue;
            }

            var label = reader.GetInt16(5);
            messages.Add(new(
                e.Id,
                workspace,
                e.StreamId,
                reader.GetGuid(2),
                Kind(e),
                reader.GetInt32(3),
                Status((MentionStatus)reader.GetInt16(4)),
                label == InboxRows.Unscored ? null : (Sentiment)label,
                reader.IsDBNull(6) ? null : reader.GetFloat(6),
                reader.GetFieldValue<DateTimeOffset>(7),
                reader.GetFieldValue<DateTimeOffset>(8),
                e.Timestamp,
                Trace(e.Data)));
        }

        return messages;
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
        ReplyOrdered e => e.TraceParent,
        ReplyRefused e => e.TraceParent,
        ReplyUnknown e => e.TraceParent,
        Automated e => e.TraceParent,
        Undone e => e.TraceParent,
        Rescored e => e.TraceParent,
        Corrected e => e.TraceParent,
        CorrectionWithdrawn e => e.TraceParent,
        _ => null,
    };
}
