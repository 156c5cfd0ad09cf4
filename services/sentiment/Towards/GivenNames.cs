using Serm.Contracts;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Towards;

/// <summary>Finds given names in what is judged of a post, as whole words (endings may follow an apostrophe) and whatever their case.</summary>
internal static class GivenNames
{
    /// <summary>Names of a kind at most.</summary>
    public const int Most = 20;

    /// <summary>Places at most, as on the bus.</summary>
    public const int MostPlaces = 32;

    /// <summary>Where the names stand first, in order; null when no name is given.</summary>
    public static IReadOnlyList<NameSpan>? Find(string? title, string text, IReadOnlyList<string> own, IReadOnlyList<string> others)
    {
        if (own.Count == 0)
        {
            return null;
        }

        var names = Distinct(own, other: false).Concat(Distinct(others, other: true)).ToList();
        return
        [
            .. names.SelectMany(n => Places(PostPart.Title, title ?? "", Featurizer.TitleWindow, n.Name, n.Other))
                .Concat(names.SelectMany(n => Places(PostPart.Text, text, Featurizer.TextWindow, n.Name, n.Other)))
                .OrderBy(n => n.Part).ThenBy(n => n.Start).Take(MostPlaces),
        ];
    }

    private static IEnumerable<(string Name, bool Other)> Distinct(IReadOnlyList<string> names, bool other) =>
        names.Select(n => n.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).Select(n => (n, other));

    private static IEnumerable<NameSpan> Places(PostPart part, string content, int window, string name, bool other)
    {
        var end = Math.Min(content.Length, window);
        for (var at = content.IndexOf(name, 0, end, StringComparison.OrdinalIgnoreCase); at >= 0; at = content.IndexOf(name, at + name.Length, end - at - name.Length, StringComparison.OrdinalIgnoreCase))
        {
            if ((at == 0 || !char.IsLetterOrDigit(content[at - 1])) && (at + name.Length == content.Length || !char.IsLetterOrDigit(content[at + name.Length])))
            {
                yield return new NameSpan(part, at, name.Length, other);
            }
        }
    }
}
