using System.Globalization;
using Serm.Contracts;

namespace Serm.Sentiments.Towards;

/// <summary>Finds given names in a post, as whole words (endings may follow an apostrophe) and whatever their case.</summary>
internal static class GivenNames
{
    /// <summary>Names of a kind at most.</summary>
    public const int Most = 20;

    private static readonly CompareInfo Compare = CultureInfo.InvariantCulture.CompareInfo;

    /// <summary>Where the names stand, in order; null when no name is given.</summary>
    public static IReadOnlyList<NameSpan>? Find(string? title, string text, IReadOnlyList<string> own, IReadOnlyList<string> others)
    {
        if (own.Count == 0)
        {
            return null;
        }

        var found = new List<NameSpan>();
        foreach (var (part, content) in new[] { (PostPart.Title, title ?? ""), (PostPart.Text, text) })
        {
            foreach (var (name, other) in own.Select(n => (n.Trim(), false)).Concat(others.Select(n => (n.Trim(), true))))
            {
                for (var at = Compare.IndexOf(content, name, CompareOptions.OrdinalIgnoreCase); at >= 0; at = Compare.IndexOf(content, name, at + name.Length, CompareOptions.OrdinalIgnoreCase))
                {
                    if ((at == 0 || !char.IsLetterOrDigit(content[at - 1])) && (at + name.Length == content.Length || !char.IsLetterOrDigit(content[at + name.Length])))
                    {
                        found.Add(new NameSpan(part, at, name.Length, other));
                    }
                }
            }
        }

        return [.. found.OrderBy(n => n.Part).ThenBy(n => n.Start)];
    }
}
