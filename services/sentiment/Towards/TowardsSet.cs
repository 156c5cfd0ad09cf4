using Serm.Contracts;

namespace Serm.Sentiments.Towards;

/// <summary>What a text that names several brands says of one of them.</summary>
/// <param name="Language">ISO code.</param>
/// <param name="Text">The text.</param>
/// <param name="Brand">The brand that is asked about.</param>
/// <param name="Others">The others that it may name.</param>
/// <param name="Label">What is said of the brand.</param>
internal sealed record TowardsRow(string Language, string Text, string Brand, IReadOnlyList<string> Others, Sentiment Label)
{
    /// <summary>Where it names them.</summary>
    /// <param name="othersKnown">False to leave the others to be guessed.</param>
    public IReadOnlyList<NameSpan>? Names(bool othersKnown) => GivenNames.Find(null, Text, [Brand], othersKnown ? Others : []);
}

/// <summary>Texts in five languages that name several brands, written for this by the Serm authors and trained on by nothing: shows how well verdicts tell brands apart, and holds new models to account.</summary>
internal static class TowardsSet
{
    private static readonly string[] Brands = ["Acme", "Acmes", "Globex", "Initech"];

    /// <summary>One row a text and brand that it names.</summary>
    public static IReadOnlyList<TowardsRow> Rows { get; } = Read();

    private static List<TowardsRow> Read()
    {
        using var stream = typeof(TowardsSet).Assembly.GetManifestResourceStream("Serm.Sentiment.towards.tsv")!;
        using var reader = new StreamReader(stream);
        var rows = new List<TowardsRow>();
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            var labels = Array.ConvertAll(cells[2].Split(';'), l => l.Split('='));
            rows.AddRange(labels.Select(l => new TowardsRow(cells[0], cells[1], l[0], [.. Brands.Where(b => b != l[0])], Enum.Parse<Sentiment>(l[1], ignoreCase: true))));
        }

        return rows;
    }
}
