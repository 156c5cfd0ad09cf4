using Serm.Contracts;
using Serm.Ingest.Queries.Matching;

namespace Serm.Ingest.Brands;

/// <summary>Tells where a post names the brands that it matched: of the words that made a query match, those that are in the brand's name; all of them where none is, as a query may know the brand by other words.</summary>
internal static class BrandNames
{
    /// <summary>Spans of the brand's own at most; of all brands, <see cref="Most"/>.</summary>
    public const int MostOwn = 8;

    /// <summary>Spans at most.</summary>
    public const int Most = 32;

    // An inflected name keeps its beginning.
    private const int Stem = 4;

    /// <summary>The spans that name one brand.</summary>
    public static IReadOnlyList<MatchSpan> Naming(string brand, Post post, IReadOnlyList<MatchSpan> spans)
    {
        var words = brand.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        List<MatchSpan> naming = [.. spans.Where(s => Array.Exists(words, w => IsAlike(Text(post, s), w))).Take(MostOwn)];
        return naming.Count > 0 ? naming : [.. spans.Take(MostOwn)];
    }

    /// <summary>What a mention of one of the matched brands is told: its own names, and those of the others that stand elsewhere.</summary>
    /// <param name="naming">For each matched brand where it is named.</param>
    /// <param name="own">Place of the mention's brand in it.</param>
    public static IReadOnlyList<NameSpan> For(IReadOnlyList<IReadOnlyList<MatchSpan>> naming, int own) =>
    [
        .. naming[own].Select(s => new NameSpan(s.Part, s.Start, s.Length))
            .Concat(naming.Where((_, i) => i != own).SelectMany(n => n).Distinct().Where(s => !naming[own].Any(o => Overlap(o, s))).Select(s => new NameSpan(s.Part, s.Start, s.Length, Other: true)).Take(Most - MostOwn))
            .OrderBy(s => s.Part).ThenBy(s => s.Start),
    ];

    private static bool Overlap(MatchSpan a, MatchSpan b) => a.Part == b.Part && a.Start < b.Start + b.Length && b.Start < a.Start + a.Length;

    private static ReadOnlySpan<char> Text(Post post, MatchSpan span) => (span.Part == PostPart.Title ? post.Title : post.Text).AsSpan(span.Start, span.Length);

    private static bool IsAlike(ReadOnlySpan<char> text, string word) =>
        text.StartsWith(word.AsSpan(0, Math.Min(Stem, word.Length)), StringComparison.OrdinalIgnoreCase) && text.Length >= Math.Min(word.Length, Stem);
}
