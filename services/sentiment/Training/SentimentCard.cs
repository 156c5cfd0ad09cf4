using System.Globalization;
using System.Text;
using Serm.Sentiments.Evaluation;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary>What the sentiment model was made of, and what it can and cannot do, in figures.</summary>
internal static class SentimentCard
{
    public static void Write(string path, SentimentModel model, Corpus corpus, IReadOnlyList<Row> trained, SentimentFigures test, SentimentFigures posts)
    {
        var text = new StringBuilder()
            .AppendLine("# Sentiment model").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"Version `{model.Version}`, the beginning of the SHA-256 of `sentiment.bin`. Written by `./serm train`.").AppendLine()
            .AppendLine("Negative, neutral, positive; one model for all languages. Hashed words, word pairs, praise and blame, and letter sequences; one label against the others by SDCA of ML.NET, squared hinge; probabilities scaled and shifted on dev rows, a language at a time; the label decided by the sums before that shift, in which all labels count alike.")
            .AppendLine("It judges a whole text, not what is said of one brand in it, and does not know irony. Languages without rows of their own below are read by what they share with others.").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"Test rows: mean macro-F1 {test.MeanMacroF1:P1}, mean negative recall {test.MeanNegativeRecall:P1} over {test.BySource.Count} sets; expected calibration error {test.All.CalibrationError:P1} over all rows.")
            .AppendLine("The language is told from the text, as in service. Sets with two labels only still have three to choose from: macro-F1 is the mean over the labels that a set has.");
        Append(text, "By test set", test.BySource);
        Append(text, "By language", test.ByLanguage);
        Append(text, "By language, of posts of our own that did not train", posts.ByLanguage);
        AppendThresholds(text, model);
        AppendSources(text, corpus, trained);
        File.WriteAllText(path, text.Replace("\r\n", "\n").ToString());
    }

    private static void Append(StringBuilder text, string title, IReadOnlyList<GroupFigures> figures)
    {
        text.AppendLine().AppendLine("## " + title).AppendLine()
            .AppendLine("| | rows | macro-F1 (95 %) | negative recall | precision | urgent recall | precision | calibration error |").AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var f in figures)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {f.Name} | {f.Rows} | {f.MacroF1.Value:P1} ({f.MacroF1.Low * 100:F1} to {f.MacroF1.High * 100:F1}) | {f.Negative.Recall:P1} | {f.Negative.Precision:P1} | {f.Urgent.Recall:P1} | {f.Urgent.Precision:P1} | {f.CalibrationError:P1} |");
        }
    }

    private static void AppendThresholds(StringBuilder text, SentimentModel model)
    {
        text.AppendLine().AppendLine("## Urgent from").AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"The probability of negative from which a text is urgent, by language: where, on dev rows, recall lies as far above {Calibration.UrgentRecall:P0} as precision above {Calibration.UrgentPrecision:P0}. `und` stands for all other languages. Then what makes the logits honest, and what is added to the honest ones before the highest gives the label.").AppendLine()
            .AppendLine("| language | urgent from | logits times | negative | positive | decided: negative | positive |").AppendLine("|---|--:|--:|--:|--:|--:|--:|");
        foreach (var l in model.Languages)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {l.Language} | {l.Urgent:P1} | {l.Scale:F2} | {l.Shift[0]:+0.00;-0.00;0} | {l.Shift[2]:+0.00;-0.00;0} | {l.Decision[0]:+0.00;-0.00;0} | {l.Decision[2]:+0.00;-0.00;0} |");
        }
    }

    private static void AppendSources(StringBuilder text, Corpus corpus, IReadOnlyList<Row> trained)
    {
        var counts = trained.CountBy(r => r.Source, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        text.AppendLine().AppendLine("## Trained on").AppendLine()
            .AppendLine("| source | rows | repository | commit | licence | texts |").AppendLine("|---|--:|---|---|---|---|");
        foreach (var s in corpus.Sources.Where(s => counts.ContainsKey(s.Id)))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {s.Id} | {counts[s.Id]} | {s.Repository} | {s.Commit} | {s.Licence} | {s.Domain} |");
        }

        Own(Seed.Prefix, "Seed", "posts about shops, banks, carriers, airlines, deliveries, apps; questions, news");
        Own(Seed.PostsPrefix, "Posts", "posts as moderators read them, reviews with pros and cons, everyday posts");
        Own(Seed.WordsPrefix, "Words", "words and short phrases of praise and blame");

        void Own(string prefix, string folder, string what)
        {
            foreach (var (source, rows) in counts.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(c => c.Key, StringComparer.Ordinal))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {source} | {rows} | this one, `services/sentiment/Training/{folder}` | | Apache-2.0 | written by the Serm authors for this model: {what} |");
            }
        }
    }
}
