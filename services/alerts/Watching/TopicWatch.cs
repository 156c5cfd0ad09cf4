using Npgsql;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>Looks for topics that rise in what is said of a brand.</summary>
internal sealed class TopicWatch(Counts counts, SignalLog signals, NpgsqlDataSource dataSource, TimeProvider clock)
{
    private const string Prefix = "topic:";

    public async Task LookAsync(string workspace, Rule rule, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var brands = (await counts.BrandsAsync(workspace, cancellationToken)).FindAll(b => rule.Terms.BrandId is null || rule.Terms.BrandId == b.Id);
        foreach (var brand in brands)
        {
            var (topics, _) = await MeasureAsync(workspace, rule, brand.Id, now, cancellationToken);
            var standing = await IncidentLog.OfRuleAsync(dataSource, workspace, rule.Id, brand.Id, now, cancellationToken);
            await signals.ApplyAsync(workspace, rule, Match(topics, standing, brand, now), cancellationToken);
        }

        var elsewhere = (await IncidentLog.LastingAsync(dataSource, workspace, rule.Id, cancellationToken)).FindAll(s => !brands.Exists(b => b.Id == s.State.Brand?.Id));
        await signals.ApplyAsync(workspace, rule, [.. SignalDecider.Over([], elsewhere)], cancellationToken);
    }

    /// <summary>The topics that rise at a moment, and the mentions that were looked at.</summary>
    public async Task<(IReadOnlyList<Topic> Topics, int Mentions)> MeasureAsync(string workspace, Rule rule, Guid brand, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (terms, recent, before) = await ReadAsync(workspace, brand, now, cancellationToken);
        return (Rising.Find(terms, recent, before, Caution.Of(rule.Terms.Sensitivity)), recent);
    }

    /// <summary>A topic that shares a term with a lasting incident goes on with it, whatever its strongest term is now; incidents without a topic are over.</summary>
    internal static IReadOnlyList<Signal> Match(IReadOnlyList<Topic> topics, IReadOnlyList<Standing> standing, BrandRef brand, DateTimeOffset now)
    {
        var lasting = standing.Where(s => s.State.Lasts).OrderBy(s => s.State.OpenedAt).ToList();
        var found = new List<Signal>();
        foreach (var topic in topics)
        {
            var known = lasting.Find(s => (s.State.Measured?.Terms ?? []).Intersect(topic.Terms, StringComparer.Ordinal).Any() && !found.Exists(f => f.Cause == s.State.Cause));
            var measured = new Measured(topic.Observed, topic.Expected, now.AddHours(-Rising.Hours), now, topic.Score, topic.Terms, topic.Mentions);
            found.Add(new(brand, known?.State.Cause ?? Prefix + topic.Terms[0], known?.State.Subject ?? string.Join(", ", topic.Terms.Take(3)), null, measured));
        }

        found.AddRange(lasting.Where(s => !found.Exists(f => f.Cause == s.State.Cause)).Select(s => new Signal(brand, s.State.Cause, s.State.Subject, null, null)));
        return found;
    }

    private async Task<(List<TermCount> Terms, int Recent, int Before)> ReadAsync(string workspace, Guid brand, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with recent as (
                select term, sum(n)::int as n, (array_agg(mentions order by hour desc))[1:1] as mentions from
                    (select term, hour, n, array_to_string(mentions, ',') as mentions from alerts.terms where workspace = $1 and brand_id = $2 and hour >= $3 and hour <= $5) t
                group by term having sum(n) >= 4 or term = '')
            select r.term, r.n, coalesce((select sum(b.n) from alerts.terms b where b.workspace = $1 and b.brand_id = $2 and b.term = r.term and b.hour >= $4 and b.hour < $3), 0)::int, r.mentions[1]
            from recent r
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brand);
        command.Parameters.AddWithValue(Counts.Hour(now.AddHours(-Rising.Hours + 1)).UtcDateTime);
        command.Parameters.AddWithValue((now - Rising.Before).UtcDateTime);
        command.Parameters.AddWithValue(now.UtcDateTime);
        var terms = new List<TermCount>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            terms.Add(new(r.GetString(0), r.GetInt32(1), r.GetInt32(2), [.. r.GetString(3).Split(',').Where(id => id.Length > 0).Select(Guid.Parse)]));
        }

        var size = terms.Find(t => t.Text.Length == 0);
        return (terms.FindAll(t => t.Text.Length > 0), size?.Recent ?? 0, size?.Before ?? 0);
    }
}
