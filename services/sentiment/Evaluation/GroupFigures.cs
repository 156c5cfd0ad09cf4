using System.Runtime.InteropServices;
using Serm.Contracts;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Evaluation;

/// <summary>How often something was right.</summary>
/// <param name="Precision">Of those called so, the share that is; 0 to 1, 0 when none was called so.</param>
/// <param name="Recall">Of those that are, the share that was called so; 0 to 1, 0 when there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Accuracy(double Precision, double Recall)
{
    /// <summary>Harmonic mean of the two.</summary>
    public double F1 => Precision + Recall == 0 ? 0 : 2 * Precision * Recall / (Precision + Recall);
}

/// <summary>A figure and where it lies with 95 % confidence.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Estimate(double Value, double Low, double High);

/// <summary>How well one group of rows is judged.</summary>
/// <param name="Name">A source or a language.</param>
/// <param name="Rows">How many.</param>
/// <param name="MacroF1">Mean F1 over the labels that occur in the group: a set of two labels has two, though the model may answer three.</param>
/// <param name="Negative">Of the label "negative".</param>
/// <param name="NegativeRecall">Its recall again, with its interval.</param>
/// <param name="Urgent">Of "negative" when it is told by the urgent threshold of the language.</param>
/// <param name="CalibrationError">Expected calibration error of the highest probability, whatever the label was decided to be, 15 bins of equal width.</param>
/// <param name="Confusion">Rows by true label (first index) and answer (second), in the order of <see cref="Sentiment"/>.</param>
internal sealed record GroupFigures(string Name, int Rows, Estimate MacroF1, Accuracy Negative, Estimate NegativeRecall, Accuracy Urgent, double CalibrationError, int[][] Confusion)
{
    /// <summary>Whether there are negative rows: without them recall says nothing.</summary>
    public bool HasNegatives => Confusion[(int)Sentiment.Negative].Sum() > 0;

    /// <summary>Bins of the calibration error.</summary>
    public const int Bins = 15;

    /// <summary>Measures what was judged.</summary>
    /// <param name="name">The group.</param>
    /// <param name="rows">True label and judgement of each row; at least one.</param>
    public static GroupFigures Of(string name, IReadOnlyList<(Sentiment Label, Judgement Judgement)> rows)
    {
        var confusion = new int[SentimentModel.Classes * SentimentModel.Classes];
        int urgent = 0, urgentHits = 0;
        foreach (var (label, judgement) in rows)
        {
            confusion[((int)label * SentimentModel.Classes) + (int)judgement.Label]++;
            urgent += judgement.Urgent == true ? 1 : 0;
            urgentHits += judgement.Urgent == true && label == Sentiment.Negative ? 1 : 0;
        }

        var (macro, recall) = Bootstrap.Intervals(confusion, rows.Count);
        var negatives = confusion[..SentimentModel.Classes].Sum();
        return new GroupFigures(
            name,
            rows.Count,
            macro,
            Confused.Negative(confusion),
            recall,
            new Accuracy(Confused.Share(urgentHits, urgent), Confused.Share(urgentHits, negatives)),
            Error(rows),
            [.. confusion.Chunk(SentimentModel.Classes)]);
    }

    /// <summary>The bin of a probability.</summary>
    public static int Bin(double probability) => Math.Min(Bins - 1, (int)(probability * Bins));

    private static double Error(IReadOnlyList<(Sentiment Label, Judgement Judgement)> rows)
    {
        var sums = new double[Bins];
        foreach (var (label, j) in rows)
        {
            var probability = Math.Max(j.Negative, Math.Max(j.Neutral, j.Positive));
            sums[Bin(probability)] += probability - (Judgement.Highest(j.Negative, j.Neutral, j.Positive) == label ? 1 : 0);
        }

        return sums.Sum(Math.Abs) / rows.Count;
    }
}

/// <summary>Figures of a confusion matrix, row by row in one array.</summary>
internal static class Confused
{
    private const int Classes = SentimentModel.Classes;

    /// <summary>How many labels there are rows of.</summary>
    public static int Labels(ReadOnlySpan<int> matrix)
    {
        var present = 0;
        for (var c = 0; c < Classes; c++)
        {
            present += Counts(matrix, c).Real > 0 ? 1 : 0;
        }

        return present;
    }

    public static double MacroF1(ReadOnlySpan<int> matrix)
    {
        var (sum, present) = (0.0, 0);
        for (var c = 0; c < Classes; c++)
        {
            var (hits, real, called) = Counts(matrix, c);
            if (real > 0)
            {
                sum += Share(2 * hits, real + called);
                present++;
            }
        }

        return present == 0 ? 0 : sum / present;
    }

    public static Accuracy Negative(ReadOnlySpan<int> matrix)
    {
        var (hits, real, called) = Counts(matrix, (int)Sentiment.Negative);
        return new Accuracy(Share(hits, called), Share(hits, real));
    }

    public static double Share(int part, int whole) => whole == 0 ? 0 : part / (double)whole;

    private static (int Hits, int Real, int Called) Counts(ReadOnlySpan<int> matrix, int label)
    {
        int real = 0, called = 0;
        for (var c = 0; c < Classes; c++)
        {
            real += matrix[(label * Classes) + c];
            called += matrix[(c * Classes) + label];
        }

        return (matrix[(label * Classes) + label], real, called);
    }
}
