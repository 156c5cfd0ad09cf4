using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What a replay found.</summary>
/// <param name="Incidents">Incidents that would have been opened.</param>
/// <param name="Mentions">Mentions that were looked at.</param>
/// <param name="NotGrouped">Alerts beyond what is grouped.</param>
/// <param name="Capped">True when there was more than is looked at.</param>
internal sealed record PastRun(IReadOnlyList<Standing> Incidents, long Mentions, long NotGrouped, bool Capped);

/// <summary>Runs a rule over the history that alerts keeps, with the decisions that run live.</summary>
internal sealed class Past(NpgsqlDataSource dataSource, Counts counts, PastSpikes spikes, IOptions<AlertOptions> options)
{
    /// <summary>Mentions that a backtest looks at; of more the newest.</summary>
    public const int MostMentions = 300_000;

    // Grouping compares each alert with the incidents that last: beyond this many it would take too long, and the answer is "too many" anyway.
    private const int MostAlerts = 20_000;

    public Task<PastRun> RunAsync(string workspace, Rule rule, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => rule.Kind switch
    {
        RuleKinds.NegativeMention or RuleKinds.Mention => SinglesAsync(workspace, rule, from, cancellationToken),
        RuleKinds.VolumeSpike or RuleKinds.NegativeSpike => spikes.BurstsAsync(workspace, rule, from, to, cancellationToken),
        RuleKinds.SourceSilence => spikes.SilencesAsync(workspace, rule, from, to, cancellationToken),
        RuleKinds.RisingTopic => spikes.TopicsAsync(workspace, rule, from, to, cancellationToken),
        _ => throw new RuleViolation("backtest_not_here", $"A {rule.Kind} cannot be tried on history: what it looks at is not kept. Save it and watch its incidents.", 400, "rule.kind"),
    };

    private async Task<PastRun> SinglesAsync(string workspace, Rule rule, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var names = (await counts.BrandsAsync(workspace, cancellationToken)).ToDictionary(b => b.Id);
        await using var command = dataSource.CreateCommand(
            $"""
            select * from (
                select mention_id, brand_id, source_id, language, negative, reach, words, authors, story, at, urgent, tokens from alerts.judged
                where workspace = $1 and at >= $2 {(rule.Terms.BrandId is null ? "" : "and brand_id = $3")} order by at desc limit {MostMentions}) newest
            order by at
            """);
        command.CommandTimeout = 20;
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(from.UtcDateTime);
        if (rule.Terms.BrandId is { } brand)
        {
            command.Parameters.AddWithValue(brand);
        }

        var quiet = TimeSpan.FromHours(options.Value.QuietHours);
        var replays = new Dictionary<Guid, Replay>();
        var (mentions, grouped, beyond) = (0L, 0L, 0L);
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            mentions++;
            var (words, authors) = r.IsDBNull(11) ? (r.GetFieldValue<int[]>(6), r.GetFieldValue<int[]>(7)) : Tokens.Unpack(r.GetFieldValue<byte[]>(11));
            var facts = new MentionFacts(r.GetGuid(1), r.GetGuid(2), r.GetString(3), r.GetFloat(4), r.IsDBNull(5) ? null : r.GetInt64(5), words, authors, r.IsDBNull(10) ? null : r.GetBoolean(10));
            if (!rule.Matcher.Fires(facts))
            {
                continue;
            }

            if (grouped >= MostAlerts)
            {
                beyond++;
                continue;
            }

            grouped++;
            var (id, at) = (r.GetGuid(0), r.GetFieldValue<DateTimeOffset>(9));
            if (!replays.TryGetValue(facts.BrandId, out var replay))
            {
                replays[facts.BrandId] = replay = new(rule);
            }

            var of = names.GetValueOrDefault(facts.BrandId) ?? new(facts.BrandId, "");
            replay.Raise([(id, new(rule.Id, rule.Terms.Name, 1, id, of, 1, "", facts.Negative, facts.Reach, at, at, at, null, r.GetString(8)))], quiet, at);
        }

        return new([.. replays.Values.SelectMany(p => p.Incidents).OrderBy(i => i.State.OpenedAt)], mentions, beyond, mentions >= MostMentions || beyond > 0);
    }
}
