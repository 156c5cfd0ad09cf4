namespace Serm.Sentiments.Shadow;

/// <summary>The seed rows that the shipped model was trained on too. A workspace's model is held to what the shipped one says of them, so that a hundred corrections of one kind do not change what common words mean.</summary>
internal static class SeedTexts
{
    private const string Prefix = "Serm.Sentiment.seed.";

    private static readonly Lazy<IReadOnlyList<Lesson>> Read = new(() =>
    [
        .. typeof(SeedTexts).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(Lines)
            .Select(l => l.Split('\t'))
            .Where(c => c.Length == 3)
            .Select(c => new Lesson(c[1], null, c[2], null, null)),
    ]);

    /// <summary>In a fixed order.</summary>
    public static IReadOnlyList<Lesson> All => Read.Value;

    private static IEnumerable<string> Lines(string resource)
    {
        using var reader = new StreamReader(typeof(SeedTexts).Assembly.GetManifestResourceStream(resource)!);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
