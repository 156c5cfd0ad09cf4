using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Counts judged mentions, and raises the alerts that they ask for.</summary>
internal sealed class MentionScoredConsumer(AlertLog alertLog, History history, RuleBook book, IOptions<AlertOptions> options, TimeProvider clock)
    : IBatchConsumer<MentionScored>
{
    private static readonly Counter<long> Alerts = Telemetry.Meter.CreateCounter<long>("serm.alerts.raised", description: "Alerts raised");
    private static readonly Histogram<double> Delay = Telemetry.Meter.CreateHistogram<double>("serm.alerts.scored_to_raised", "s", "From the verdict to the alert in the store");

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<MentionScored> messages, CancellationToken cancellationToken)
    {
        foreach (var group in messages.GroupBy(m => m.Mention.Workspace, StringComparer.Ordinal))
        {
            var rules = await book.OfAsync(group.Key, cancellationToken);
            var now = clock.GetUtcNow();
            var maxAge = TimeSpan.FromHours(options.Value.MaxAgeHours);
            var judged = group.Select(m => new Judged(m, MentionFacts.Of(m))).ToList();
            var alerts = judged.SelectMany(j => AlertDecider.Decide(rules, j.Scored, j.Facts, maxAge, now).Select(a => (a, j))).ToList();
            await RaiseAsync(group.Key, rules, alerts, now, cancellationToken);
            await history.RecordAsync(group.Key, judged, cancellationToken);
        }
    }

    private async Task RaiseAsync(string workspace, IReadOnlyList<Rule> rules, List<(Raised Alert, Judged Judged)> alerts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var spans = alerts.Select(a => Tracing.Continue("alert.raise", a.Alert.TraceParent)).OfType<Activity>().ToList();
        try
        {
            foreach (var alert in await alertLog.RaiseAsync(workspace, rules, alerts, now, cancellationToken))
            {
                Alerts.Add(1);
                Delay.Record(Math.Max(0, (clock.GetUtcNow() - alert.ScoredAt).TotalSeconds));
            }
        }
        finally
        {
            spans.ForEach(s => s.Dispose());
        }
    }
}
