using JasperFx.Events;
using Npgsql;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Tells the bus what people did with mentions, each step of it: what programs outside are told.</summary>
internal static class TriageRelay
{
    /// <summary>Who did it, or whose step failed; null when it is no step of a person.</summary>
    internal static string? By(object data) => data switch
    {
        Claimed e => e.By,
        Released e => e.By,
        Resolved e => e.By,
        Dismissed e => e.By,
        Reopened e => e.By,
        Assigned e => e.By,
        Replied e => e.By,
        ReplyRefused e => e.By,
        ReplyUnknown e => e.By,
        Undone e => e.By,
        Corrected e => e.By,
        CorrectionWithdrawn e => e.By,

        // Who keeps a copy has to hear of it; of what only grew old they know as much as we do.
        Removed { Reason: not Removed.ByAge } e => e.Reason == Removed.Erased ? "erasure" : "network",
        _ => null,
    };

    /// <summary>A contract for each step of a person.</summary>
    public static async Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(NpgsqlDataSource dataSource, IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var steps = events.Where(e => By(e.Data) is not null).ToList();
        if (steps.Count == 0)
        {
            return [];
        }

        var brands = new Dictionary<(string, Guid), Guid>();
        await using var command = dataSource.CreateCommand("select workspace, id, brand_id from mentions.inbox where id = any($1) and workspace = any($2)");
        command.Parameters.AddWithValue(steps.Select(e => e.StreamId).Distinct().ToArray());
        command.Parameters.AddWithValue(steps.Select(e => e.TenantId).Distinct(StringComparer.Ordinal).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            brands[(reader.GetString(0), reader.GetGuid(1))] = reader.GetGuid(2);
        }

        return [.. steps
            .Where(e => brands.ContainsKey((e.TenantId, e.StreamId)))
            .Select(e => (e.Id, (object)new MentionTriaged(e.Id, e.TenantId, e.StreamId, brands[(e.TenantId, e.StreamId)], e.EventTypeName["mention_".Length..], By(e.Data)!, e.Timestamp, MentionRelay.Trace(e.Data))))];
    }
}
