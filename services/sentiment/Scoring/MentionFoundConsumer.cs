using System.Diagnostics;
using System.Diagnostics.Metrics;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Sentiments.Scoring;

/// <summary>Judges matched posts and says so. Keeps nothing: a repeat gives the same verdict under the same message id.</summary>
internal sealed class MentionFoundConsumer(Scorer scorer, IBus bus, TimeProvider clock) : IBatchConsumer<MentionFound>
{
    private static readonly Guid MessageSpace = new("6f0e5a52-7c8b-5d0e-9d0f-3a3c1b7c2e41");
    private static readonly Counter<long> Scored = Telemetry.Meter.CreateCounter<long>("serm.sentiment.scored", description: "Mentions judged, by label and language");
    private static readonly Histogram<double> Seconds = Telemetry.Meter.CreateHistogram<double>("serm.sentiment.batch.duration", "s", "Judging and publishing one batch");

    /// <summary>Known by what was judged and by which model: a repeat has the same id, another model's verdict another.</summary>
    public static Guid MessageId(MentionFound mention, string modelVersion) => NameBasedGuid.Create(
        MessageSpace, mention.MentionId.ToString("N"), mention.Post.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture), modelVersion);

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<MentionFound> messages, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var activities = new List<Activity>();
        try
        {
            var scored = messages.Select(m => Judge(m, activities)).ToList();
            await bus.PublishAllAsync(scored.Select(s => (MessageId(s.Mention, scorer.Version), s)), cancellationToken);
            foreach (var s in scored)
            {
                Scored.Add(1, new("label", s.Verdict.Label.ToString().ToLowerInvariant()), new("language", s.Mention.Post.Language));
            }
        }
        finally
        {
            activities.ForEach(a => a.Dispose());
            Seconds.Record(clock.GetElapsedTime(started).TotalSeconds);
        }
    }

    private MentionScored Judge(MentionFound mention, List<Activity> activities)
    {
        var activity = Tracing.Continue("mention.score", mention.TraceParent);
        if (activity is not null)
        {
            activities.Add(activity);
            // Activities of a batch lie beside each other, not inside each other.
            Activity.Current = activity.Parent;
        }

        var post = mention.Post;
        var judgement = scorer.Score(post.Title, post.Text, post.Language);
        var verdict = new Verdict(judgement.Label, judgement.Negative, judgement.Neutral, judgement.Positive, scorer.Version, judgement.Evidence, clock.GetUtcNow());
        return new MentionScored(mention, verdict, activity?.Id ?? mention.TraceParent);
    }
}
