using Serm.Language;

namespace Serm.Sentiments.Training;

/// <summary><c>train --data DIR [--out DIR]</c>: makes the shipped models and their cards. The same data give the same bytes.</summary>
internal static class TrainCommand
{
    private const int HeldOutEvery = 10;

    /// <summary>Runs the command line.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Run(string[] args, TextWriter output)
    {
        if (Option(args, "--data") is not { } data)
        {
            output.WriteLine("usage: train --data DIR [--out DIR]\n  DIR holds SOURCES.md and train/, dev/, test/ with one TSV a source.");
            return 2;
        }

        try
        {
            Train(Corpus.Open(data), Targets.Find(Option(args, "--out")), output);
            return 0;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(e.Message);
            return 1;
        }
    }

    private static void Train(Corpus corpus, Targets targets, TextWriter output)
    {
        var rows = corpus.Trainable("train");
        output.WriteLine($"{rows.Count} rows of {rows.DistinctBy(r => r.Source).Count()} sources");
        TrainLanguage(corpus, rows, targets, output);
    }

    private static LanguageModel TrainLanguage(Corpus corpus, List<Row> rows, Targets targets, TextWriter output)
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
        return model;
    }

    private static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
