using Npgsql;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Looks for mentions that ran out of time within the last week: one incident a brand, which grows with them and ends with the last.</summary>
internal sealed class SlaWatch(SignalLog signals, NpgsqlDataSource dataSource, TimeProvider clock)
{
    private const string Cause = "overdue";

    // What ran out longer ago is told by reports, not by an incident that never ends.
    private static readonly TimeSpan Recent = TimeSpan.FromDays(7);

    public async Task LookAsync(string workspace, Rule rule, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(
            """
            select brand_id, max(brand_name), count(distinct mention_id)::int, min(due_at), (array_agg(mention_id order by due_at))[1:10]
            from alerts.overdue where workspace = $1 and breached and at > $2 group by brand_id
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue((now - Recent).UtcDateTime);
        var found = new List<Signal>();
        await using (var r = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await r.ReadAsync(cancellationToken))
            {
                var brand = new BrandRef(r.GetGuid(0), r.GetString(1));
                if (rule.Terms.BrandId is null || rule.Terms.BrandId == brand.Id)
                {
                    found.Add(new(brand, Cause, null, null, new(r.GetInt32(2), 0, r.GetFieldValue<DateTimeOffset>(3), now, 0, Mentions: [.. r.GetFieldValue<Guid[]>(4).Distinct()])));
                }
            }
        }

        found.AddRange(SignalDecider.Over(found, await IncidentLog.LastingAsync(dataSource, workspace, rule.Id, cancellationToken)));
        await signals.ApplyAsync(workspace, rule, found, cancellationToken);
    }
}
