using System.Globalization;
using System.Text;
using Serm.Language;

namespace Serm.Sentiments.Training;

/// <summary>What the language identifier can and cannot do, in figures.</summary>
internal static class LanguageCard
{
    public static void Write(string path, LanguageModel model, LanguageFigures heldOut, IReadOnlyList<LanguageAccuracy> test)
    {
        var text = new StringBuilder()
            .AppendLine("# Language identifier")
            .AppendLine()
            .AppendLine("Written by `./serm train`. Languages told apart by their letters:")
            .AppendLine();
        foreach (var group in model.Groups)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {group.Script}: {string.Join(' ', group.Codes)}");
        }

        text.AppendLine().AppendLine("By their script alone: " + string.Join(' ', Enumerable.Range(1, Scripts.Count - 1).Select(s => Scripts.SoleLanguage((Script)s)).OfType<string>()) + ".");
        Append(text, "A tenth of the training rows, held out (single subtitle lines and posts; figures of a model trained on the rest)", heldOut.Whole);
        Append(text, "Their first three words", heldOut.Short);
        Append(text, "Without the marks on their letters (rows that had any)", heldOut.WithoutMarks);
        Append(text, "Russian in Latin letters, as people type it", heldOut.InLatin);
        Append(text, "Mixed: five words of one of en, ru, sv, tr, vi, then five of another (right is either)", [heldOut.Mixed]);
        Append(text, "Test rows", test);
        File.WriteAllText(path, text.Replace("\r\n", "\n").ToString());
    }

    public static double Micro(IReadOnlyList<LanguageAccuracy> figures) => figures.Count == 0 ? 0 : figures.Sum(f => f.Right * f.Rows) / figures.Sum(f => f.Rows);

    private static void Append(StringBuilder text, string title, IReadOnlyList<LanguageAccuracy> figures)
    {
        text.AppendLine().AppendLine("## " + title).AppendLine()
            .AppendLine("| language | rows | right | unknown | wrong | mostly taken for |").AppendLine("|---|--:|--:|--:|--:|---|");
        foreach (var f in figures)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {f.Language} | {f.Rows} | {f.Right:P1} | {f.Unknown:P1} | {Math.Max(0, 1 - f.Right - f.Unknown):P1} | {f.TakenFor} |");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"| all | {figures.Sum(f => f.Rows)} | {Micro(figures):P1} | | | |");
    }
}
