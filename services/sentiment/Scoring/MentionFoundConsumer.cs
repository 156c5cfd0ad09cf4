using System.Diagnostics;
using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Sentiments.Shadow;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Scoring;

/// <summary>Judges matched posts and says so. A repeat gives the same verdict under the same message id, unless the workspace's model changed in between.</summary>
internal sealed partial class MentionFoundConsumer(WorkspaceModels models, NpgsqlDataSource dataSource, IOptions<SentimentOptions> options, IBus bus, TimeProvider clock, ILogger<MentionFoundConsumer> log) : IBatchConsumer<MentionFound>
{
    private const int SampledASecond = 20;

    private static readonly Guid MessageSpace = new("6f0e5a52-7c8b-5d0e-9d0f-3a3c1b7c2e41");
    private static readonly Counter<long> Scored = Telemetry.Meter.CreateCounter<long>("serm.sentiment.scored", description: "Mentions judged, by label and language");
    private static readonly Histogram<double> Seconds = Telemetry.Meter.CreateHistogram<double>("serm.sentiment.batch.duration", "s", "Judging and publishing one batch");

    private long _sampledAt;

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
            // One model for the whole batch, taken at its beginning: a promotion in between counts from the next one on.
            var scorers = new Dictionary<string, Scorer>(StringComparer.Ordinal);
            foreach (var workspace in messages.Select(m => m.Workspace).Distinct(StringComparer.Ordinal))
            {
                scorers[workspace] = await models.GetAsync(workspace, cancellationToken);
            }

            var scored = messages.Select(m => Judge(m, scorers[m.Workspace], activities)).ToList();
            await bus.PublishAllAsync(scored.Select(s => (MessageId(s.Mention, s.Verdict.ModelVersion), s)), cancellationToken);
            await SampleAsync(messages, cancellationToken);
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

    // So many a second at most, whatever comes in: the live flow shall not wait for the sample.
    private async Task SampleAsync(IReadOnlyList<MentionFound> mentions, CancellationToken cancellationToken)
    {
        var room = (int)Math.Min(SampledASecond, clock.GetElapsedTime(_sampledAt).TotalSeconds * SampledASecond);
        if (room == 0 || options.Value.RecentMentions == 0)
        {
            return;
        }

        _sampledAt = clock.GetTimestamp();
        try
        {
            await RecentMentions.KeepAsync(dataSource, [.. mentions.TakeLast(room)], options.Value.RecentMentions, cancellationToken);
        }
        catch (Exception e) when (Transient.Is(e))
        {
            // A sample may have holes; the mentions are told.
            LogNotSampled(log, e.Message);
        }
    }

    private MentionScored Judge(MentionFound mention, Scorer scorer, List<Activity> activities)
    {
        var activity = Tracing.Continue("mention.score", mention.TraceParent);
        if (activity is not null)
        {
            activities.Add(activity);
            // Activities of a batch lie beside each other, not inside each other.
            Activity.Current = activity.Parent;
        }

        var post = mention.Post;
        var verdict = scorer.Score(post.Title, post.Text, post.Language, mention.Names).Verdict(scorer.Version, clock.GetUtcNow());
        return new MentionScored(mention, verdict, activity?.Id ?? mention.TraceParent);
    }

    [LoggerMessage(EventId = 321, Level = LogLevel.Debug, Message = "The sample of recent mentions was not kept: {Reason}")]
    private static partial void LogNotSampled(ILogger log, string reason);
}
