using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Serm.Contracts;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Training;

namespace Serm.Bench;

/// <summary>What one gets from ML.NET's own text transforms: normalised text, hashed words and pairs of words, hashed letter sequences of 1 to 5, each scaled to length 1, then its maximum-entropy trainer with the regularisation, passes and tolerance that served the shipped model as long as that was trained by it: left to its defaults it stops long before it has learnt.</summary>
internal sealed class PlainPipeline
{
    private const int Bits = Featurizer.Bits;
    private readonly MLContext _ml = new(seed: 2026);
    private readonly TransformerChain<MulticlassPredictionTransformer<MaximumEntropyModelParameters>> _trained;

    private sealed class PlainRow
    {
        public string Text { get; set; } = "";

        [KeyType(3)]
        public uint Label { get; set; }
    }

    private sealed class Answer
    {
        public float[] Score { get; set; } = [];
    }

    private PlainPipeline(IEnumerable<Row> rows)
    {
        var features = _ml.Transforms.Text.NormalizeText("Normal", nameof(PlainRow.Text))
            .Append(_ml.Transforms.Text.ProduceHashedWordBags("Words", "Normal", numberOfBits: Bits, ngramLength: 2, useAllLengths: true))
            .Append(_ml.Transforms.Text.TokenizeIntoCharactersAsKeys("Letters", "Normal"))
            .Append(_ml.Transforms.Text.ProduceHashedNgrams("Sequences", "Letters", numberOfBits: Bits, ngramLength: 5, useAllLengths: true))
            .Append(_ml.Transforms.NormalizeLpNorm("Words"))
            .Append(_ml.Transforms.NormalizeLpNorm("Sequences"))
            .Append(_ml.Transforms.Concatenate("Features", "Words", "Sequences"))
            .Append(_ml.Transforms.SelectColumns("Features", nameof(PlainRow.Label)));
        var trainer = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(Trainer());
        _trained = features.AppendCacheCheckpoint(_ml).Append(trainer).Fit(View(rows));
    }

    public static PlainPipeline Train(IEnumerable<Row> rows) => new(rows);

    /// <summary>A judgement of each row, in their order; never urgent, as it has no threshold.</summary>
    public List<Judgement> Judge(IEnumerable<Row> rows) => [.. _ml.Data.CreateEnumerable<Answer>(_trained.Transform(View(rows)), reuseRowObject: false, ignoreMissingColumns: true).Select(a => Of(a.Score))];

    private static SdcaMaximumEntropyMulticlassTrainer.Options Trainer() => new()
    {
        LabelColumnName = nameof(PlainRow.Label),
        FeatureColumnName = "Features",
        L2Regularization = 1e-6f,
        L1Regularization = 0,
        MaximumNumberOfIterations = 12,
        NumberOfThreads = 1,
        ConvergenceTolerance = 0.0001f,
        Shuffle = true,
    };

    private IDataView View(IEnumerable<Row> rows) => _ml.Data.LoadFromEnumerable(rows.Select(r => new PlainRow { Text = r.Text, Label = (uint)r.Label }));

    private static Judgement Of(float[] p)
    {
        var best = Array.IndexOf(p, p.Max());
        return new Judgement((Sentiment)best, p[0], p[1], p[2], "und", Explanation.Nothing);
    }
}
