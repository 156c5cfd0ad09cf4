using Serm.Language;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Evaluation;

/// <summary><c>evaluate FILE...|DIR [--json] [--language given] [--numbers ...] [--model FILE]</c>: how well the model does on anybody's labelled texts.</summary>
internal static class EvaluateCommand
{
    private const string Usage = """
        usage: evaluate FILE...|DIR... [options]
          FILE is a TSV: label, language, text; a first line with label, text (and language) may name the columns in another order.
          Labels: negative, neutral, positive; or 0, 1, 2; or -1, 0, 1. DIR: every .tsv file in it.
          --json                 figures as JSON
          --language given       believe the language column; otherwise it is told from the text, as in service
          --numbers MEANING      from-zero (0, 1, 2), signed (-1, 0, 1) or two-classes (0 negative, 1 positive)
          --model FILE           another model than the shipped one
        """;

    private sealed record Options(List<string> Paths, bool Json, bool Given, NumberedLabels Numbers, string? Model);

    /// <summary>Runs the command line.</summary>
    /// <returns>The process's exit code: 0, 1 when a file cannot be read, 2 when the arguments make no sense.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter errors)
    {
        if (Parse(args.AsSpan(1), errors) is not { } options)
        {
            errors.WriteLine(Usage);
            return 2;
        }

        try
        {
            var doubts = new List<string>();
            var rows = Files(options.Paths).SelectMany(f => LabelledFile.Read(f, options.Numbers, doubts)).ToList();
            doubts.ForEach(d => errors.WriteLine($"Note: {d}"));
            var model = options.Model is null ? SentimentModel.Embedded() : SentimentModel.Read(File.ReadAllBytes(options.Model));
            var figures = SentimentFigures.Measure(model, options.Given ? null : LanguageIdentifier.Shipped, rows);
            var about = new EvaluateReport.About(model.Version, options.Given ? "given" : "told from the text");
            if (options.Json)
            {
                EvaluateReport.WriteJson(output, about, figures);
            }
            else
            {
                EvaluateReport.WriteText(output, about, figures);
            }

            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(e.Message);
            return 1;
        }
    }

    private static Options? Parse(ReadOnlySpan<string> args, TextWriter errors)
    {
        var options = new Options([], Json: false, Given: false, NumberedLabels.Guess, Model: null);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i], value)
            {
                case ("--json", _):
                    options = options with { Json = true };
                    break;
                case ("--language", "given" or "told"):
                    (options, i) = (options with { Given = value == "given" }, i + 1);
                    break;
                case ("--numbers", "from-zero" or "signed" or "two-classes"):
                    (options, i) = (options with { Numbers = value switch { "from-zero" => NumberedLabels.FromZero, "signed" => NumberedLabels.Signed, _ => NumberedLabels.TwoClasses } }, i + 1);
                    break;
                case ("--model", not ""):
                    (options, i) = (options with { Model = value }, i + 1);
                    break;
                case ([not '-', ..], _):
                    options.Paths.Add(args[i]);
                    break;
                default:
                    errors.WriteLine($"evaluate does not understand '{args[i]}{(args[i] is "--language" or "--numbers" ? " " + value : "")}'.");
                    return null;
            }
        }

        return options.Paths.Count > 0 ? options : null;
    }

    private static IEnumerable<string> Files(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return File.Exists(path) ? path : throw new InvalidDataException($"{path}: there is no such file or folder.");
                continue;
            }

            var files = Directory.GetFiles(path, "*.tsv").Order(StringComparer.Ordinal).ToList();
            foreach (var file in files.Count > 0 ? files : throw new InvalidDataException($"{path} holds no .tsv file."))
            {
                yield return file;
            }
        }
    }
}
