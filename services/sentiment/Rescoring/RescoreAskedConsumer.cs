using MassTransit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Rescoring;

/// <summary>Judges what is in the history again, from a queue of its own: new mentions never wait behind old ones, and no alert hears of the verdicts. Says so where the model is not there: parked, the messages would keep texts for a model that never comes.</summary>
internal sealed partial class RescoreAskedConsumer(WorkspaceModels models, IBus bus, TimeProvider clock, ILogger<RescoreAskedConsumer> log) : IBatchConsumer<RescoreAsked>
{
    private static readonly Guid MessageSpace = new("a3f0c4de-51d0-5b0c-9a5b-5a7a52b6de01");

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<RescoreAsked> messages, CancellationToken cancellationToken)
    {
        var answers = new List<(Guid, MentionRescored)>(messages.Count);
        var refused = new List<(Guid, RescoreRefused)>();
        foreach (var group in messages.GroupBy(m => (m.Workspace, m.Model)))
        {
            var scorer = group.Key.Model is { } version
                ? await models.FindAsync(group.Key.Workspace, version, cancellationToken)
                : await models.GetAsync(group.Key.Workspace, cancellationToken);
            if (scorer is null)
            {
                LogNoModel(log, group.Key.Model!);
                refused.AddRange(group.DistinctBy(m => m.RescoreId).Select(m => (
                    NameBasedGuid.Create(MessageSpace, m.RescoreId.ToString("N"), "refused"),
                    new RescoreRefused(m.Workspace, m.RescoreId, group.Key.Model!, m.TraceParent))));
                continue;
            }

            answers.AddRange(group.Select(m => (
                NameBasedGuid.Create(MessageSpace, m.RescoreId.ToString("N"), m.MentionId.ToString("N"), scorer.Version),
                new MentionRescored(m.Workspace, m.RescoreId, m.MentionId, m.Revision, scorer.Score(m.Title, m.Text, m.Language, m.Names).Verdict(scorer.Version, clock.GetUtcNow()), m.TraceParent))));
        }

        await bus.PublishAllAsync(refused, cancellationToken);
        await bus.PublishAllAsync(answers, cancellationToken);
    }

    [LoggerMessage(EventId = 331, Level = LogLevel.Warning, Message = "There is no model {Version} to rescore by: the rescoring ends")]
    private static partial void LogNoModel(ILogger log, string version);
}
