namespace Serm.Sentiments.Training;

/// <summary>Where training writes: one given folder, or the model folders of the repository that the process was started in.</summary>
internal sealed record Targets(string LanguageModel, string LanguageCard, string SentimentModel, string SentimentCard)
{
    /// <summary>Files in the given folder, or in the repository around the current folder.</summary>
    /// <exception cref="InvalidDataException">No folder is given and none of the parents of the current one is the repository.</exception>
    public static Targets Find(string? folder)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            return In(folder, folder);
        }

        foreach (var start in new[] { Environment.CurrentDirectory, AppContext.BaseDirectory })
        {
            for (var at = new DirectoryInfo(start); at is not null; at = at.Parent)
            {
                if (File.Exists(Path.Combine(at.FullName, "Serm.sln")))
                {
                    return In(Path.Combine(at.FullName, "services/language/Models"), Path.Combine(at.FullName, "services/sentiment/Models"));
                }
            }
        }

        throw new InvalidDataException("Run it inside the repository, or say where to write with --out DIR.");
    }

    private static Targets In(string language, string sentiment) => new(
        Path.Combine(language, "language.bin"),
        Path.Combine(language, "language.md"),
        Path.Combine(sentiment, "sentiment.bin"),
        Path.Combine(sentiment, "sentiment.md"));
}
