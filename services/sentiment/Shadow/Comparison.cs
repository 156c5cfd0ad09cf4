using Serm.Contracts;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Towards;

namespace Serm.Sentiments.Shadow;

/// <summary>How well some rows are judged.</summary>
/// <param name="Rows">How many.</param>
/// <param name="MacroF1">Mean F1 of the labels that the rows have, 0 to 1.</param>
/// <param name="NegativeRecall">Share of the negative rows that are found; null without any.</param>
/// <param name="NegativePrecision">Share of the rows called negative that are; null when none is.</param>
/// <param name="Right">Share with the right label.</param>
internal sealed record Figures(int Rows, double MacroF1, double? NegativeRecall, double? NegativePrecision, double Right)
{
    public static Figures Of(IReadOnlyCollection<(Sentiment Is, Sentiment Called)> rows)
    {
        var labels = rows.Select(r => r.Is).Distinct().ToList();
        return new(
            rows.Count,
            labels.Count == 0 ? 0 : labels.Average(l => F1(rows, l)),
            Share(rows.Count(r => r is (Sentiment.Negative, Sentiment.Negative)), rows.Count(r => r.Is == Sentiment.Negative)),
            Share(rows.Count(r => r is (Sentiment.Negative, Sentiment.Negative)), rows.Count(r => r.Called == Sentiment.Negative)),
            Share(rows.Count(r => r.Is == r.Called), rows.Count) ?? 0);
    }

    private static double F1(IReadOnlyCollection<(Sentiment Is, Sentiment Called)> rows, Sentiment label) =>
        Share(2 * rows.Count(r => r.Is == label && r.Called == label), rows.Count(r => r.Is == label) + rows.Count(r => r.Called == label)) ?? 0;

    private static double? Share(int part, int whole) => whole == 0 ? null : part / (double)whole;
}

/// <summary>The same rows judged by both.</summary>
/// <param name="Name">What the rows are: <c>held_out</c>, <c>held_out:tr</c>, <c>corrections</c>.</param>
/// <param name="Before">By what it is compared with.</param>
/// <param name="After">By the new model.</param>
internal sealed record Compared(string Name, Figures Before, Figures After);

/// <summary>A new model beside the old. On the held-out texts it is compared with the model in use. On the corrections both are judged by cross-validation: each fifth by a model that was trained on the other four, beside the shipped one, which has seen none.</summary>
/// <param name="Rows">All comparisons.</param>
/// <param name="Falls">Those that fall by more than is tolerated; empty when it may be promoted.</param>
/// <param name="Gains">True when the macro-F1 on the corrections rises: what promotion by itself wants on top.</param>
internal sealed record Comparison(IReadOnlyList<Compared> Rows, IReadOnlyList<string> Falls, bool Gains)
{
    /// <summary>Macro-F1 over all held-out texts may fall by this.</summary>
    public const double Tolerance = 0.01;

    /// <summary>That of one language may, as it has few texts.</summary>
    public const double LanguageTolerance = 0.04;

    /// <summary>Parts that the corrections are cut into.</summary>
    public const int Folds = 5;

    /// <summary>The held-out texts: written by the Serm authors, trained on by nothing.</summary>
    public static IEnumerable<Compared> OnHeldOut(IJudge before, IJudge after)
    {
        var judged = TowardsSet.Rows.Select(r => (r.Language, r.Label, Before: Judge(before, r), After: Judge(after, r))).ToList();
        yield return new("held_out", Figures.Of([.. judged.Select(j => (j.Label, j.Before))]), Figures.Of([.. judged.Select(j => (j.Label, j.After))]));
        foreach (var language in judged.GroupBy(j => j.Language, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            yield return new($"held_out:{language.Key}", Figures.Of([.. language.Select(j => (j.Label, j.Before))]), Figures.Of([.. language.Select(j => (j.Label, j.After))]));
        }
    }

    /// <summary>What the comparisons come to.</summary>
    public static Comparison Of(IReadOnlyList<Compared> rows)
    {
        List<string> falls = [.. rows.Where(r => r.After.MacroF1 < r.Before.MacroF1 - (r.Name.Contains(':', StringComparison.Ordinal) ? LanguageTolerance : Tolerance)).Select(r => r.Name)];
        return new(rows, falls, rows.Any(r => r.Name == "corrections" && r.After.MacroF1 > r.Before.MacroF1));
    }

    /// <summary>In which part a correction lies, the same in every run.</summary>
    public static int Fold(CorrectedText text) => (int)(Training.Corpus.StableHash(text.MentionId.ToString("N")) % Folds);

    private static Sentiment Judge(IJudge scorer, TowardsRow row) => scorer.Score(null, row.Text, row.Language, row.Names(othersKnown: true), explain: false).Label;
}
