using Serm.Language;
using Serm.Sentiments.Evaluation;
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
        if (only is not (null or "language" or "sentiment"))
        {
            throw new InvalidDataException($"--only {only}: it is language or sentiment.");
        }

        // Before hours of training, not after them; reading them also finds the rows that are none.
        if (corpus.Trainable("train").Count == 0 || corpus.Test().Count == 0)
        {
            throw new InvalidDataException("train/ or test/ holds no rows of the sources in SOURCES.md: training needs train/SOURCE.tsv of a source marked yes, and test/SOURCE.tsv to measure with.");
        }

        corpus.Trainable("dev");
        if (only is null or "language")
        {
            TrainLanguage(corpus, targets, output);
        }

        if (only is null or "sentiment")
        {
            TrainSentiment(corpus, targets, output);
        }
    }

    private static void TrainSentiment(Corpus corpus, Targets targets, TextWriter output)
    {
        var (rows, dev) = corpus.Split();
        var (seed, posts) = (Seed.Split(), Seed.Posts());
        rows.AddRange([.. seed.Train, .. posts.Train, .. Seed.Words()]);
        dev.AddRange(seed.Dev);
        output.WriteLine($"sentiment: {rows.Count} rows of {rows.DistinctBy(r => r.Source).Count()} sources to train on, {dev.Count} to tune on");
        var file = SentimentTraining.Train(rows, dev, output.WriteLine);
        var model = SentimentModel.Read(file);
        var languages = Languages(targets);
        Say("dev", SentimentFigures.Measure(model, languages, dev));
        var own = SentimentFigures.Measure(model, languages, posts.Test);
        var test = SentimentFigures.Measure(model, languages, corpus.Test());
        File.WriteAllBytes(targets.SentimentModel, file);
        SentimentCard.Write(targets.SentimentCard, model, corpus, rows, test, own);
        Say("held-out posts", own);
        Say("test", test);
        output.WriteLine($"sentiment {model.Version}: {targets.SentimentModel}");

        void Say(string split, SentimentFigures f) =>
            output.WriteLine($"sentiment: {split}, mean macro-F1 {f.MeanMacroF1:P1}, negative recall {f.MeanNegativeRecall:P1}, urgent recall {f.All.Urgent.Recall:P1} at precision {f.All.Urgent.Precision:P1}, ECE {f.All.CalibrationError:P1}");
    }

    // A folder of its own has none when only the sentiment model is trained: then the shipped one tells.
    internal static LanguageModel Languages(Targets targets)
    {
        if (!File.Exists(targets.LanguageModel))
        {
            return LanguageIdentifier.Shipped;
        }

        using var stream = File.OpenRead(targets.LanguageModel);
        return LanguageModel.Read(stream);
    }

    private static void TrainLanguage(Corpus corpus, Targets targets, TextWriter output)
    {
        var rows = corpus.Trainable("train");
        // A few dozen seed rows of a language that has few others would make it sure of words that it shares with languages that nobody knows here.
        List<Row> seed = [.. Seed.Split().Train.Where(r => Seed.Measured.Contains(r.Language))];
        output.WriteLine($"language: {rows.Count} rows of {rows.DistinctBy(r => r.Source).Count()} sources; measuring with a tenth held out");
        var probe = LanguageTraining.Train([.. rows.Where(r => !Corpus.HeldOut(r, HeldOutEvery)), .. seed], _ => { });
        var heldOut = LanguageFigures.Measure(probe, [.. rows.Where(r => Corpus.HeldOut(r, HeldOutEvery))]);
        var model = LanguageTraining.Train([.. rows, .. seed], output.WriteLine);
        var test = LanguageAccuracy.Measure(model, corpus.Test());
        using (var file = File.Create(targets.LanguageModel))
        {
            model.Write(file);
        }

        LanguageCard.Write(targets.LanguageCard, model, heldOut, test);
        output.WriteLine($"language: {LanguageCard.Micro(heldOut.Whole):P1} of the held-out rows right, {LanguageCard.Micro(test):P1} of the test rows; {targets.LanguageModel}");
    }

    private static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
