using Microsoft.ML;
using Microsoft.ML.Trainers;
using Serm.Contracts;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>Trains the sentiment model with ML.NET: own features, for each label a separate stochastic dual coordinate ascent on the <see cref="SquaredHinge"/> against the other two. One thread and a fixed seed, because two threads would not give the same bytes twice.</summary>
internal static class SentimentTraining
{
    private const float Regularisation = 1e-5f;
    private const float Tolerance = 0.0001f;
    private const int Iterations = 12;

    // So that the scale that makes the probabilities honest is near 1: what corrections add is held to nothing in these units (Shadow/DeltaTraining.cs).
    private const float Stretch = 2;

    /// <summary>Trains on <paramref name="rows"/>, then finds on <paramref name="dev"/> for each language what makes the probabilities honest, and the urgent threshold.</summary>
    /// <returns>The model file.</returns>
    /// <exception cref="InvalidDataException">A label has no rows.</exception>
    public static byte[] Train(IReadOnlyList<Row> rows, IReadOnlyList<Row> dev, Action<string> progress)
    {
        if (rows.DistinctBy(r => r.Label).Count() is var found && found != SentimentModel.Classes)
        {
            throw new InvalidDataException($"The rows have {found} labels; it takes all of negative, neutral and positive.");
        }

        var weighted = Weighted(rows).ToList();
        var telling = Telling.Of(weighted);
        progress($"sentiment: read {rows.Count} texts");
        var ml = new MLContext(seed: 2026);
        var texts = ml.Data.LoadFromEnumerable(weighted);
        var data = ml.Data.Cache(ml.Transforms.CustomMapping<TextRow, FeatureRow>(new TextFeatures(telling).Map, contractName: null).Fit(texts).Transform(texts));
        progress($"sentiment: training, 2^{Featurizer.Bits} features, at most {Iterations} passes a label");
        var labels = Array.ConvertAll(Enum.GetValues<Sentiment>(), l => ml.BinaryClassification.Trainers.SdcaNonCalibrated(Trainer(l)).Fit(data).Model);
        var dense = Array.ConvertAll(labels, l => (ReadOnlyMemory<float>)l.Weights.Select(w => w * Stretch).ToArray());
        var bias = Array.ConvertAll(labels, l => l.Bias * Stretch);
        var languages = Calibration.Fit(SentimentModel.Read(SentimentModel.Write(dense, bias, telling, [])), dev);
        progress($"sentiment: calibrated on {dev.Count} texts, {languages.Count - 1} languages of their own");
        return SentimentModel.Write(dense, bias, telling, languages);
    }

    // Found on left-out sources and seed rows (docs/sentiment.md): on both, each label apart from the others beats one loss for all three.
    private static SdcaNonCalibratedBinaryTrainer.Options Trainer(Sentiment label) => new()
    {
        LabelColumnName = label.ToString(),
        FeatureColumnName = nameof(FeatureRow.Features),
        ExampleWeightColumnName = nameof(TextRow.Weight),
        LossFunction = new SquaredHinge(),
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
        _ when first.Source.StartsWith(Seed.PostsPrefix, StringComparison.Ordinal) => 0.5,
        "absabank-sv" or "film-tr" => 0.5,
        _ => 1,
    };

    private static bool IsSeed(Row row) => row.Source.StartsWith(Seed.Prefix, StringComparison.Ordinal);
}
