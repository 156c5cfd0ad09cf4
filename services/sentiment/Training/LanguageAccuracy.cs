using Serm.Language;

namespace Serm.Sentiments.Training;

/// <summary>How well languages are told, one line a language.</summary>
/// <param name="Language">The language of the rows.</param>
/// <param name="Rows">How many.</param>
/// <param name="Right">Share told right.</param>
/// <param name="Unknown">Share answered with "unknown".</param>
/// <param name="TakenFor">The wrong answer given most often; null when there is none.</param>
internal sealed record LanguageAccuracy(string Language, int Rows, double Right, double Unknown, string? TakenFor)
{
    public static IReadOnlyList<LanguageAccuracy> Measure(LanguageModel model, IEnumerable<Row> rows) =>
        [.. rows.GroupBy(r => r.Language, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g =>
        {
            var answers = g.CountBy(r => model.Identify(r.Text).Code, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
            var count = answers.Values.Sum();
            return new LanguageAccuracy(
                g.Key,
                count,
                answers.GetValueOrDefault(g.Key) / (double)count,
                answers.GetValueOrDefault("und") / (double)count,
                answers.Where(a => a.Key != "und" && a.Key != g.Key).OrderByDescending(a => a.Value).ThenBy(a => a.Key, StringComparer.Ordinal).Select(a => a.Key).FirstOrDefault());
        })];
}
