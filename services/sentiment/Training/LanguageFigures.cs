using Serm.Language;

namespace Serm.Sentiments.Training;

/// <summary>How well languages are told from held-out rows, as they are and as they are hard.</summary>
/// <param name="Whole">Whole texts.</param>
/// <param name="Short">Their first three words.</param>
/// <param name="WithoutMarks">Texts without the marks on their letters, where they had any.</param>
/// <param name="InLatin">Russian in Latin letters.</param>
/// <param name="Mixed">Five words of one language and five of another: right is either.</param>
internal sealed record LanguageFigures(
    IReadOnlyList<LanguageAccuracy> Whole, IReadOnlyList<LanguageAccuracy> Short, IReadOnlyList<LanguageAccuracy> WithoutMarks, IReadOnlyList<LanguageAccuracy> InLatin, LanguageAccuracy Mixed)
{
    private const int FewWords = 3;
    private const int HalfWords = 5;
    private static readonly string[] Measured = ["en", "ru", "sv", "tr", "vi"];

    public static LanguageFigures Measure(LanguageModel model, IReadOnlyList<Row> rows) => new(
        LanguageAccuracy.Measure(model, rows),
        LanguageAccuracy.Measure(model, rows.Select(r => r with { Text = Spellings.Beginning(r.Text, FewWords) })),
        LanguageAccuracy.Measure(model, rows.Select(r => (Row: r, Text: Spellings.WithoutMarks(r.Text))).Where(r => r.Text != r.Row.Text).Select(r => r.Row with { Text = r.Text })),
        LanguageAccuracy.Measure(model, rows.Where(r => r.Language == "ru").Select(r => r with { Text = Spellings.InLatin(r.Text) })),
        Both(model, rows));

    private static LanguageAccuracy Both(LanguageModel model, IReadOnlyList<Row> rows)
    {
        var byLanguage = Measured.Select(l => rows.Where(r => r.Language == l && r.Text.Count(c => c == ' ') >= HalfWords).Take(200).ToList()).ToList();
        var (all, right, unknown) = (0, 0, 0);
        foreach (var (first, second) in byLanguage.SelectMany(a => byLanguage.Where(b => b != a).SelectMany(b => a.Zip(b))))
        {
            var told = model.Identify(Spellings.Beginning(first.Text, HalfWords) + " " + Spellings.Beginning(second.Text, HalfWords)).Code;
            all++;
            right += told == first.Language || told == second.Language ? 1 : 0;
            unknown += told == "und" ? 1 : 0;
        }

        return new LanguageAccuracy("two of them", all, all == 0 ? 0 : right / (double)all, all == 0 ? 0 : unknown / (double)all, TakenFor: null);
    }
}
