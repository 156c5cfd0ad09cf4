using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>Trains the sentiment model with ML.NET: own features, stochastic dual coordinate ascent on the maximum-entropy loss. One thread and a fixed seed, because two threads would not give the same bytes twice.</summary>
internal static class SentimentTraining
{
    // Projected labels of subtitle lines are many and poor.
    private const float SubtitleWeight = 0.2f;
    private const string SubtitlePrefix = "xed-";
    private const float Regularisation = 3e-6f;
    private const float Tolerance = 0.003f;
    private const int Iterations = 20;

    /// <summary>Trains on <paramref name="rows"/>, then finds on <paramref name="dev"/> by how much the logits must be scaled for honest probabilities.</summary>
    /// <returns>The model file.</returns>
    public static byte[] Train(IReadOnlyList<Row> rows, IReadOnlyList<Row> dev, Action<string> progress)
    {
        var ml = new MLContext(seed: 2026);
        ml.ComponentCatalog.RegisterAssembly(typeof(TextFeatures).Assembly);
        var data = ml.Data.LoadFromEnumerable(Weighted(rows));
        var pipeline = ml.Transforms.CustomMapping(new TextFeatures().GetMapping(), TextFeatures.Contract)
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = nameof(TextRow.Label),
                FeatureColumnName = nameof(FeatureRow.Features),
                ExampleWeightColumnName = nameof(TextRow.Weight),
                L2Regularization = Regularisation,
                L1Regularization = 0,
                MaximumNumberOfIterations = Iterations,
                NumberOfThreads = 1,
                ConvergenceTolerance = Tolerance,
                Shuffle = true,
            }));
        progress($"sentiment: training on {rows.Count} texts, 2^{Featurizer.Bits} features, {Iterations} passes");
        var trained = pipeline.Fit(data).LastTransformer.Model;
        VBuffer<float>[] weights = [];
        trained.GetWeights(ref weights, out var classes);
        if (classes != SentimentModel.Classes)
        {
            throw new InvalidDataException($"The rows have {classes} labels; it takes all of negative, neutral and positive.");
        }

        var dense = Array.ConvertAll(weights, w => (ReadOnlyMemory<float>)w.DenseValues().ToArray());
        var bias = trained.GetBiases().ToArray();
        var scale = Calibration.Scale(SentimentModel.Read(SentimentModel.Write(dense, bias, 1)), dev);
        progress($"sentiment: logits are scaled by {scale:F3}");
        return SentimentModel.Write(dense, bias, scale);
    }

    // Every language shall count its labels alike: what is rare in it weighs more, within bounds.
    private static IEnumerable<TextRow> Weighted(IReadOnlyList<Row> rows)
    {
        var counts = rows.GroupBy(r => r.Language, StringComparer.Ordinal).ToDictionary(g => g.Key, Shares, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var share = counts[row.Language][(int)row.Label];
            yield return new TextRow
            {
                Text = row.Text,
                Language = row.Language,
                Label = (uint)row.Label,
                Weight = SourceWeight(row) * (float)Math.Clamp(1 / (SentimentModel.Classes * share), 0.5, 2.5),
            };
        }
    }

    private static float SourceWeight(Row row) => row.Source.StartsWith(SubtitlePrefix, StringComparison.Ordinal) ? SubtitleWeight : 1;

    private static double[] Shares(IEnumerable<Row> rows)
    {
        var sums = new double[SentimentModel.Classes];
        foreach (var row in rows)
        {
            sums[(int)row.Label] += SourceWeight(row);
        }

        return Array.ConvertAll(sums, s => Math.Max(s, 1e-9) / sums.Sum());
    }
}
