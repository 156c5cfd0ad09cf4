using System.Diagnostics;
using System.Diagnostics.Metrics;
using Marten;
using Microsoft.Extensions.Options;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Raises the alerts that judged mentions ask for.</summary>
internal sealed class MentionScoredConsumer(IDocumentStore store, RuleBook book, IOptions<AlertOptions> options, TimeProvider clock)
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
            var alerts = group.SelectMany(m => AlertDecider.Decide(rules, m, TimeSpan.FromHours(options.Value.MaxAgeHours), now)).ToList();
            await RaiseAsync(group.Key, alerts, [.. group], now, cancellationToken);
        }
    }

    private async Task RaiseAsync(string workspace, List<Raised> alerts, IReadOnlyCollection<MentionScored> mentions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var spans = alerts.Select(a => Tracing.Continue("alert.raise", a.TraceParent)).OfType<Activity>().ToList();
        try
        {
            foreach (var alert in await AlertLog.RaiseAsync(store, workspace, alerts, mentions, now, cancellationToken))
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
