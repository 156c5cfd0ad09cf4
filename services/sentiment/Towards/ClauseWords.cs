using System.Collections.Frozen;

namespace Serm.Sentiments.Towards;

/// <summary>The words of a language that show where what is said of one brand ends and what is said of another begins. Lower case.</summary>
/// <param name="Contrast">Begin a clause against the one before: <c>but</c>.</param>
/// <param name="Join">Join clauses or names: <c>and</c>.</param>
/// <param name="Than">Stand before what is compared with, or left for another: <c>than</c>, <c>unlike</c>.</param>
/// <param name="From">Stand before what is left ...</param>
/// <param name="To">... when one of these stands before what is gone to.</param>
/// <param name="After">Stand behind what is compared with: <c>yerine</c>.</param>
internal sealed record ClauseWords(
    FrozenSet<string> Contrast, FrozenSet<string> Join, FrozenSet<string> Than, FrozenSet<string> From, FrozenSet<string> To, FrozenSet<string> After)
{
    private static readonly FrozenDictionary<string, ClauseWords> ByLanguage = new Dictionary<string, ClauseWords>(StringComparer.Ordinal)
    {
        ["en"] = Of("but however while whereas although though yet meanwhile instead", "and or nor &", "than unlike over", "from leaving ditched left", "to for", ""),
        ["ru"] = Of("но а однако зато хотя тогда впрочем зато", "и или да &", "чем вместо отличие", "с со из от", "на в к", ""),
        ["tr"] = Of("ama fakat ancak oysa oysaki halbuki lakin yalnız", "ve veya ile &", "", "", "", "yerine aksine kıyasla göre"),
        ["sv"] = Of("men medan däremot dock fast fastän utan samtidigt", "och eller samt &", "än istället skillnad", "från", "till", ""),
        ["vi"] = Of("nhưng còn tuy song trái ngược", "và hay hoặc với &", "hơn thay so bằng", "từ bỏ", "sang qua", ""),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Languages without words of their own are cut at punctuation only.
    private static readonly ClauseWords None = Of("", "&", "", "", "", "");

    /// <summary>The words of a language.</summary>
    /// <param name="language">ISO code.</param>
    public static ClauseWords For(string language) => ByLanguage.GetValueOrDefault(language, None);

    /// <summary>True where a capital letter inside a sentence means a name.</summary>
    public static bool CapitalsAreNames(string language) => language is not ("de" or "lb");

    private static ClauseWords Of(string contrast, string join, string than, string from, string to, string after) =>
        new(Set(contrast), Set(join), Set(than), Set(from), Set(to), Set(after));

    private static FrozenSet<string> Set(string words) => words.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
