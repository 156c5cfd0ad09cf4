using Serm.Sentiments.Training;

namespace Serm.Sentiments.Evaluation;

/// <summary>Percentile bootstrap (Efron, 1979): the figures of many samples drawn with replacement from the rows; one that lacks a label of the rows is drawn again, as its figures would be of something else. A fixed seed, so that the same rows give the same interval.</summary>
internal static class Bootstrap
{
    private const int Samples = 1000;
    private const double Tail = 0.025;

    /// <summary>Macro-F1 and negative recall with their 95 % intervals.</summary>
    /// <param name="confusion">The confusion matrix, row by row.</param>
    /// <param name="rows">Its sum; at least 1.</param>
    public static (Estimate MacroF1, Estimate NegativeRecall) Intervals(int[] confusion, int rows)
    {
        // Rows of one cell are alike: a row is drawn by its place among all rows put in the order of the cells.
        var cellOf = new byte[rows];
        for (int cell = 0, at = 0; cell < confusion.Length; at += confusion[cell++])
        {
            cellOf.AsSpan(at, confusion[cell]).Fill((byte)cell);
        }

        var labels = Confused.Labels(confusion);
        var random = new SplitMix(2026);
        var (macro, recall) = (new double[Samples], new double[Samples]);
        Span<int> drawn = stackalloc int[confusion.Length];
        for (var i = 0; i < Samples; i++)
        {
            do
            {
                drawn.Clear();
                for (var n = 0; n < rows; n++)
                {
                    drawn[cellOf[(int)(((random.Next() >> 32) * (ulong)rows) >> 32)]]++;
                }
            }
            while (Confused.Labels(drawn) != labels);

            (macro[i], recall[i]) = (Confused.MacroF1(drawn), Confused.Negative(drawn).Recall);
        }

        return (Around(Confused.MacroF1(confusion), macro), Around(Confused.Negative(confusion).Recall, recall));
    }

    private static Estimate Around(double value, double[] samples)
    {
        Array.Sort(samples);
        return new Estimate(value, samples[(int)(Tail * (samples.Length - 1))], samples[(int)Math.Ceiling((1 - Tail) * (samples.Length - 1))]);
    }
}
