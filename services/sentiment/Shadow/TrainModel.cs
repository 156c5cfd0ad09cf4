using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Contracts;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Shadow;

/// <summary>One training: corrections in, model and comparison out, and into use where the workspace's policy says so.</summary>
internal sealed class TrainModel(WorkspaceModels models, PromoteModel promote, NpgsqlDataSource dataSource, IOptions<SentimentOptions> options, TimeProvider clock)
{
    /// <summary>Version of the shipped model.</summary>
    public string Shipped => models.Shipped.Version;

    /// <summary>Trains and stores.</summary>
    /// <param name="tick">Told the share done; may take a breath, or give up by an exception.</param>
    public async Task RunAsync(string workspace, Guid id, Func<float, ValueTask> tick, CancellationToken cancellationToken)
    {
        var corrections = await CorrectionRows.NewestAsync(dataSource, workspace, options.Value.MostCorrections, cancellationToken);
        if (corrections.Count < AskForModel.FewestCorrections)
        {
            throw AskForModel.TooFew(corrections.Count);
        }

        var held = (await RecentMentions.LoadAsync(dataSource, workspace, corrected: false, cancellationToken)).ConvertAll(r => new Lesson(r.Language, r.Title, r.Text, r.Names, null));
        held.Sort((a, b) => string.CompareOrdinal(a.Text, b.Text));
        held.AddRange(SeedTexts.All);
        var settings = await SettingsRow.LoadAsync(dataSource, workspace, cancellationToken);
        var (weights, comparison) = await LearnAsync(models.Shipped, await InUseAsync(workspace, settings, cancellationToken), settings.Sensitivity, corrections, held, tick);
        await ModelRows.FinishAsync(dataSource, workspace, id, weights, comparison, corrections.Count, clock.GetUtcNow(), cancellationToken);
        if (settings.Promotion == Promotion.Automatic && comparison is { Falls.Count: 0, Gains: true })
        {
            await promote.RunAsync(workspace, ModelDelta.Read(weights).Version, AskForModel.Policy, cancellationToken);
        }
    }

    /// <summary>Learns from all corrections, and from four fifths of them five times over for the comparison. Pure but for its pauses.</summary>
    public static async Task<(byte[] Weights, Comparison Comparison)> LearnAsync(
        SentimentModel shipped, IJudge inUse, float sensitivity, IReadOnlyList<CorrectedText> corrections, IReadOnlyList<Lesson> held, Func<float, ValueTask> tick)
    {
        const int Parts = Comparison.Folds + 1;
        var alone = new Scorer(new WorkspaceModel(shipped, null, sensitivity));
        List<(Sentiment Is, Sentiment Called)> before = [], after = [];
        for (var fold = 0; fold < Comparison.Folds; fold++)
        {
            var part = fold;
            var others = await DeltaTraining.TrainAsync(shipped, [.. corrections.Where(c => Comparison.Fold(c) != part).Select(Lesson), .. held], p => tick((part + p) / Parts));
            var probe = new Scorer(new WorkspaceModel(shipped, ModelDelta.Read(others), sensitivity));
            foreach (var c in corrections.Where(c => Comparison.Fold(c) == part))
            {
                before.Add((c.Label, alone.Score(c.Title, c.Text, c.Language, c.Names, explain: false).Label));
                after.Add((c.Label, probe.Score(c.Title, c.Text, c.Language, c.Names, explain: false).Label));
            }
        }

        var weights = await DeltaTraining.TrainAsync(shipped, [.. corrections.Select(Lesson), .. held], p => tick((Comparison.Folds + p) / Parts));
        var learnt = new Scorer(new WorkspaceModel(shipped, ModelDelta.Read(weights), sensitivity));
        return (weights, Comparison.Of([.. Comparison.OnHeldOut(inUse, learnt), new("corrections", Figures.Of(before), Figures.Of(after))]));
    }

    private static Lesson Lesson(CorrectedText c) => new(c.Language, c.Title, c.Text, c.Names, c.Label);

    private async Task<IJudge> InUseAsync(string workspace, SettingsRow settings, CancellationToken cancellationToken) =>
        (settings.ModelVersion is { } version ? await models.FindAsync(workspace, version, cancellationToken) : null)
        ?? new Scorer(new WorkspaceModel(models.Shipped, null, settings.Sensitivity));
}
