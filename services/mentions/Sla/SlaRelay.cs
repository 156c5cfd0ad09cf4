using JasperFx.Events;
using Npgsql;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Tells the bus which clocks passed a mark.</summary>
internal static class SlaRelay
{
    // A message that no queue takes is an error, and would hold up the relay.
    private static readonly bool IsWanted = Queues.All.Any(q => q.Message == typeof(SlaStateChanged));

    private const string Sql = """
        select i.workspace, i.id, i.brand_id, i.brand_name, i.owner, coalesce(d.severity, 1::smallint)
        from mentions.inbox i left join mentions.desk d on d.workspace = i.workspace and d.mention_id = i.id where i.workspace = any($1) and i.id = any($2)
        """;

    /// <summary>A contract for each mark.</summary>
    public static async Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(NpgsqlDataSource dataSource, IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var marks = events.Where(e => e.Data is SlaMarked).ToList();
        if (marks.Count == 0 || !IsWanted)
        {
            return [];
        }

        var rows = new Dictionary<(string, Guid), (BrandRef Brand, string? Owner, Severity Severity)>();
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(marks.Select(e => e.TenantId).Distinct(StringComparer.Ordinal).ToArray());
        command.Parameters.AddWithValue(marks.Select(e => e.StreamId).Distinct().ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows[(reader.GetString(0), reader.GetGuid(1))] = (new(reader.GetGuid(2), reader.GetString(3)), reader.IsDBNull(4) ? null : reader.GetString(4), (Severity)reader.GetInt16(5));
        }

        return
        [
            .. marks.Where(e => rows.ContainsKey((e.TenantId, e.StreamId))).Select(e =>
            {
                var (mark, row) = ((SlaMarked)e.Data, rows[(e.TenantId, e.StreamId)]);
                return (e.Id, (object)new SlaStateChanged(
                    e.Id, e.TenantId, e.StreamId, row.Brand, Name(mark.Clock), Name(mark.State, mark.Done), mark.Policy, row.Severity.ToString().ToLowerInvariant(), row.Owner, mark.DueAt, mark.At));
            }),
        ];
    }

    /// <summary>As the contract names clocks.</summary>
    public static string Name(SlaClock clock) => clock == SlaClock.FirstAnswer ? "firstAnswer" : "resolve";

    /// <summary>As the contract names states.</summary>
    public static string Name(SlaState state, bool done) => state switch
    {
        SlaState.DueSoon => "warned",
        SlaState.Breached => done ? "late" : "breached",
        SlaState.Paused => "withdrawn",
        _ => "met",
    };
}
