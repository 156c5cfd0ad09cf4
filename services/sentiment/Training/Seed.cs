using System.Collections.Frozen;

namespace Serm.Sentiments.Training;

/// <summary>Rows that the authors of Serm wrote where free data have none: questions, announcements and prices in every language, complaints about and praise of shops, banks, carriers, airlines, deliveries, apps. Built into the program.</summary>
internal static class Seed
{
    /// <summary>What stands before the language in the name of their source.</summary>
    public const string Prefix = "seed-";

    /// <summary>Languages that have hundreds of them, and are measured in every release.</summary>
    public static readonly FrozenSet<string> Measured = ((string[])["en", "ru", "tr", "sv", "vi"]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What stands before the language in the name of the source of its <see cref="Words"/>.</summary>
    public const string WordsPrefix = "words-";

    /// <summary>What stands before the language in the name of the source of its <see cref="Posts"/>.</summary>
    public const string PostsPrefix = "posts-";

    private const string Resource = "Serm.Sentiment.Seed.";
    private const string PostsResource = "Serm.Sentiment.Posts.";
    private const string WordsResource = "Serm.Sentiment.Words.";

    // One row in so many tunes or measures instead of training.
    private const int HeldOutEvery = 8;

    /// <summary>Rows to train on and rows to tune on, in a fixed order.</summary>
    public static (List<Row> Train, List<Row> Dev) Split() => Split(Resource, Prefix);

    /// <summary>Posts as moderators read them, longer and less plain than the rows of <see cref="Split()"/>: rows to train on and rows to measure on, which tune nothing, in a fixed order.</summary>
    public static (List<Row> Train, List<Row> Test) Posts() => Split(PostsResource, PostsPrefix);

    /// <summary>Words and short phrases of praise and blame, each a row: what a language has for them whatever is spoken of. They all train, as a word alone would tune nothing, and are what <see cref="Features.Lexicon"/> knows.</summary>
    public static List<Row> Words() => [.. Read(WordsResource, WordsPrefix)];

    private static (List<Row> Train, List<Row> HeldOut) Split(string resource, string prefix)
    {
        var rows = Read(resource, prefix).ToList();
        return ([.. rows.Where(r => !Corpus.HeldOut(r, HeldOutEvery))], [.. rows.Where(r => Corpus.HeldOut(r, HeldOutEvery))]);
    }

    private static IEnumerable<Row> Read(string resource, string prefix)
    {
        var assembly = typeof(Seed).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(resource, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var source = prefix + Path.GetFileNameWithoutExtension(name[resource.Length..]);
            foreach (var row in Corpus.Rows(source, name, Lines(reader)))
            {
                yield return row;
            }
        }
    }

    private static IEnumerable<string> Lines(StreamReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
