using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>Trains the sentiment model with ML.NET: own features, stochastic dual coordinate ascent on the maximum-entropy loss. One thread and a fixed seed, because two threads would not give the same bytes twice.</summary>
internal static class SentimentTraining
{
    private const float Regularisation = 1e-6f;
    private const float Tolerance = 0.0001f;
    private const int Iterations = 12;

    /// <summary>Trains on <paramref name="rows"/>, then finds on <paramref name="dev"/> for each language what makes the probabilities honest, and the urgent threshold.</summary>
    /// <returns>The model file.</returns>
    public static byte[] Train(IReadOnlyList<Row> rows, IReadOnlyList<Row> dev, Action<string> progress)
    {
        var weighted = Weighted(rows).ToList();
        var telling = Telling.Of(weighted);
        progress($"sentiment: read {rows.Count} texts");
        var ml = new MLContext(seed: 2026);
        var data = ml.Data.LoadFromEnumerable(weighted);
        var pipeline = ml.Transforms.CustomMapping<TextRow, FeatureRow>(new TextFeatures(telling).Map, contractName: null)
            .AppendCacheCheckpoint(ml)
            .Append(ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(Trainer(nameof(TextRow.Label), nameof(FeatureRow.Features), nameof(TextRow.Weight))));
        progress($"sentiment: training, 2^{Featurizer.Bits} features, at most {Iterations} passes");
        var trained = pipeline.Fit(data).LastTransformer.Model;
        VBuffer<float>[] weights = [];
        trained.GetWeights(ref weights, out var classes);
        if (classes != SentimentModel.Classes)
        {
            throw new InvalidDataException($"The rows have {classes} labels; it takes all of negative, neutral and positive.");
        }

        var dense = Array.ConvertAll(weights, w => (ReadOnlyMemory<float>)w.DenseValues().ToArray());
        var bias = trained.GetBiases().ToArray();
        var languages = Calibration.Fit(SentimentModel.Read(SentimentModel.Write(dense, bias, telling, [])), dev);
        progress($"sentiment: calibrated on {dev.Count} texts, {languages.Count - 1} languages of their own");
        return SentimentModel.Write(dense, bias, telling, languages);
    }

    /// <summary>How the trainer is set, also for whatever is compared with the shipped model.</summary>
    public static SdcaMaximumEntropyMulticlassTrainer.Options Trainer(string label, string features, string? weight = null) => new()
    {
        LabelColumnName = label,
        FeatureColumnName = features,
        ExampleWeightColumnName = weight,
        L2Regularization = Regularisation,
        L1Regularization = 0,
        MaximumNumberOfIterations = Iterations,
        NumberOfThreads = 1,
        ConvergenceTolerance = Tolerance,
        Shuffle = true,
    };

    // Every source shall count its labels alike: what is rare in it weighs more, within bounds, or else words that only tell where a text is from would tell a label too.
    private static IEnumerable<TextRow> Weighted(IReadOnlyList<Row> rows)
    {
        var sources = rows.GroupBy(r => r.Source, StringComparer.Ordinal).ToDictionary(
            g => g.Key, g => (Weight: SourceWeight(g.First()), Labels: g.CountBy(r => r.Label).ToDictionary(c => c.Key, c => c.Value / (double)g.Count())), StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var (weight, labels) = sources[row.Source];
            yield return new TextRow
            {
                Text = row.Text,
                Language = row.Language,
                Label = (uint)row.Label,
                Weight = (float)(weight * Math.Clamp(1 / (SentimentModel.Classes * labels[row.Label]), 0.5, 2.5)),
            };
        }
    }

    // Found on dev rows and on halves of the train rows. Subtitle lines are many and their labels were projected: they count little. Stance on
    // immigration and opinions on films are not what people say of a shop; the few rows of our own are nearest to it.
    private static double SourceWeight(Row first) => first.Source switch
    {
        _ when Corpus.IsWeak(first) => 0.1,
        _ when IsSeed(first) => 4,
        _ when first.Source.StartsWith(Seed.WordsPrefix, StringComparison.Ordinal) => 2,
        "absabank-sv" or "film-tr" => 0.5,
        _ => 1,
    };

    private static bool IsSeed(Row row) => row.Source.StartsWith(Seed.Prefix, StringComparison.Ordinal);
}
