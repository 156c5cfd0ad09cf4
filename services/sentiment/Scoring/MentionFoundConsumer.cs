using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;
using Serm.Sentiments.Shadow;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Scoring;

/// <summary>Judges matched posts and says so. A repeat gives the same verdict under the same message id, unless the workspace's model changed in between.</summary>
internal sealed partial class MentionFoundConsumer(WorkspaceModels models, NpgsqlDataSource dataSource, IOptions<SentimentOptions> options, IBus bus, TimeProvider clock, ILogger<MentionFoundConsumer> log) : IBatchConsumer<FoundToJudge>
{
    private const int SampledASecond = 20;

    private static readonly Guid MessageSpace = new("6f0e5a52-7c8b-5d0e-9d0f-3a3c1b7c2e41");
    private static readonly Counter<long> Scored = Telemetry.Meter.CreateCounter<long>("serm.sentiment.scored", description: "Mentions judged, by label and language");
    private static readonly Histogram<double> Seconds = Telemetry.Meter.CreateHistogram<double>("serm.sentiment.batch.duration", "s", "Judging and publishing one batch");

    private long _sampledAt;

    /// <summary>Known by what was judged and by which model: a repeat has the same id, another model's verdict another.</summary>
    public static Guid MessageId(FoundToJudge mention, string modelVersion) => NameBasedGuid.Create(
        MessageSpace, mention.MentionId.ToString("N"), mention.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture), modelVersion);

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<FoundToJudge> messages, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var activities = new List<Activity>();
        try
        {
            // One model for the whole batch, taken at its beginning: a promotion in between counts from the next one on.
            var scored = new List<JudgedMention>(messages.Count);
            foreach (var group in messages.GroupBy(m => m.Workspace, StringComparer.Ordinal))
            {
                scored.AddRange(Judge([.. group], await models.GetAsync(group.Key, cancellationToken), activities));
            }

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
    private async Task SampleAsync(IReadOnlyList<FoundToJudge> mentions, CancellationToken cancellationToken)
    {
        var room = (int)Math.Min(SampledASecond, clock.GetElapsedTime(_sampledAt).TotalSeconds * SampledASecond);
        if (room == 0 || options.Value.RecentMentions == 0)
        {
            return;
        }

        _sampledAt = clock.GetTimestamp();
        try
        {
            await RecentMentions.KeepAsync(dataSource, [.. mentions.TakeLast(room).Select(m => m.Read())], options.Value.RecentMentions, cancellationToken);
        }
        catch (Exception e) when (Transient.Is(e) || e is JsonException)
        {
            // A sample may have holes; the mentions are told, also one that cannot be read whole.
            LogNotSampled(log, e.Message);
        }
    }

    private IEnumerable<JudgedMention> Judge(IReadOnlyList<FoundToJudge> mentions, IJudge judge, List<Activity> activities)
    {
        // Activities of a batch lie beside each other, not inside each other.
        var own = mentions.Select(m => Tracing.Continue("mention.score", m.TraceParent) is { } activity ? Beside(activity, activities) : null).ToList();
        var judged = judge.ScoreAll([.. mentions.Select(m => m.Post)]);
        var now = clock.GetUtcNow();
        return mentions.Select((m, i) => new JudgedMention(m, judged[i].Verdict(judge.Version, now), own[i]?.Id ?? m.TraceParent));
    }

    private static Activity Beside(Activity activity, List<Activity> activities)
    {
        activities.Add(activity);
        Activity.Current = activity.Parent;
        return activity;
    }

    [LoggerMessage(EventId = 321, Level = LogLevel.Debug, Message = "The sample of recent mentions was not kept: {Reason}")]
    private static partial void LogNotSampled(ILogger log, string reason);
}
