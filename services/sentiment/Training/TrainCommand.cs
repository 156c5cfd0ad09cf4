using Serm.Language;
using Serm.Sentiments.Scoring;

namespace Serm.Sentiments.Training;

/// <summary><c>train --data DIR [--out DIR] [--only language|sentiment]</c>: makes the shipped models and their cards. The same data give the same bytes.</summary>
internal static class TrainCommand
{
    private const int HeldOutEvery = 10;

    /// <summary>Runs the command line.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] args, TextWriter output)
    {
        if (Option(args, "--data") is not { } data)
        {
            output.WriteLine("usage: train --data DIR [--out DIR] [--only language|sentiment]\n  DIR holds SOURCES.md and train/, dev/, test/ with one TSV a source.");
            return 2;
        }

        try
        {
            Train(Corpus.Open(data), Targets.Find(Option(args, "--out")), Option(args, "--only"), output);
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(e.Message);
            return 1;
        }
    }

    private static void Train(Corpus corpus, Targets targets, string? only, TextWriter output)
    {
        var rows = corpus.Trainable("train");
        output.WriteLine($"{rows.Count} rows of {rows.DistinctBy(r => r.Source).Count()} sources");
        if (only is null or "language")
        {
            TrainLanguage(corpus, rows, targets, output);
        }

        if (only is null or "sentiment")
        {
            TrainSentiment(corpus, rows, targets, output);
        }
    }

    private static void TrainSentiment(Corpus corpus, List<Row> rows, Targets targets, TextWriter output)
    {
        using var stream = File.OpenRead(targets.LanguageModel);
        var languages = LanguageModel.Read(stream);
        var file = SentimentTraining.Train(rows, corpus.Trainable("dev"), output.WriteLine);
        var model = SentimentModel.Read(file);
        var dev = SentimentFigures.Measure(model, languages, corpus.Trainable("dev"));
        output.WriteLine($"sentiment: dev, mean macro-F1 {dev.MeanMacroF1:P1}, negative recall {dev.MeanNegativeRecall:P1}, ECE {dev.CalibrationError:P1}");
        var test = SentimentFigures.Measure(model, languages, corpus.Test());
        File.WriteAllBytes(targets.SentimentModel, file);
        SentimentCard.Write(targets.SentimentCard, model, corpus, rows, test);
        output.WriteLine($"sentiment {model.Version}: test, mean macro-F1 {test.MeanMacroF1:P1}, negative recall {test.MeanNegativeRecall:P1}, ECE {test.CalibrationError:P1}; {targets.SentimentModel}");
    }

    private static void TrainLanguage(Corpus corpus, List<Row> rows, Targets targets, TextWriter output)
    {
        output.WriteLine("language: measuring with a tenth held out");
        var probe = LanguageTraining.Train([.. rows.Where(r => !Corpus.HeldOut(r, HeldOutEvery))], _ => { });
        var heldOut = LanguageAccuracy.Measure(probe, rows.Where(r => Corpus.HeldOut(r, HeldOutEvery)));
        var model = LanguageTraining.Train(rows, output.WriteLine);
        var test = LanguageAccuracy.Measure(model, corpus.Test());
        using (var file = File.Create(targets.LanguageModel))
        {
            model.Write(file);
        }

        LanguageCard.Write(targets.LanguageCard, model, heldOut, test);
        output.WriteLine($"language: {LanguageCard.Micro(heldOut):P1} of the held-out rows right, {LanguageCard.Micro(test):P1} of the test rows; {targets.LanguageModel}");
    }

    private static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
