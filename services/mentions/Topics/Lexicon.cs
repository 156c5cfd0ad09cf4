using System.Text;
using Serm.Language;

namespace Serm.Mentions;

/// <summary>A word as it was written.</summary>
/// <param name="Surface">In lower case.</param>
/// <param name="Search">As the search cuts it.</param>
/// <param name="Group">The number of the word that it is a form of.</param>
/// <param name="IsStop">It says nothing of what a text is about.</param>
/// <param name="IsSyllable">Of a language that writes syllables apart.</param>
internal sealed record WordForm(string Surface, string Search, int Group, bool IsStop, bool IsSyllable)
{
    /// <summary>How often it was read.</summary>
    public int Uses { get; set; }

    /// <summary>How often with a capital letter.</summary>
    public int Capitals { get; set; }
}

/// <summary>Numbers words, and puts the forms of a word into one group. Not for several threads.</summary>
internal sealed class Lexicon
{
    private readonly Dictionary<(string Surface, string Language), int> numbers = [];
    private readonly Dictionary<string, int> groups = new(StringComparer.Ordinal);
    private readonly List<WordForm> forms = [];
    private readonly List<List<int>> byGroup = [];
    private readonly List<string> names = [];

    /// <summary>The form of a number.</summary>
    public WordForm this[int form] => forms[form];

    /// <summary>All forms, by their number.</summary>
    public IReadOnlyList<WordForm> Forms => forms;

    /// <summary>The numbers of a word's forms.</summary>
    public IReadOnlyList<int> FormsOf(int group) => byGroup[group];

    /// <summary>What the forms of a word have in common.</summary>
    public string NameOf(int group) => names[group];

    /// <summary>The number of a form.</summary>
    public int Number(in TextWord word, string language)
    {
        if (!numbers.TryGetValue((word.Surface, language), out var number))
        {
            number = forms.Count;
            numbers.Add((word.Surface, language), number);
            var search = SearchText.Words(word.Surface) is [var first, ..] ? first : word.Surface;
            var (own, stem) = Stem(search, language);
            if (!groups.TryGetValue(stem, out var group))
            {
                groups.Add(stem, group = byGroup.Count);
                byGroup.Add([]);
                names.Add(stem);
            }

            byGroup[group].Add(number);
            forms.Add(new(word.Surface, search, group, search.Length < 2 || StopWords.Has(own, search), own == "vi"));
        }

        forms[number].Uses++;
        forms[number].Capitals += word.Capital ? 1 : 0;
        return number;
    }

    /// <summary>The language whose words it is one of, and what its forms have in common: endings are told by the folded word, accents stay. Short words and languages without inflection: the word.</summary>
    internal static (string Language, string Stem) Stem(string search, string language)
    {
        var folded = Folded(search);
        var own = Inflection.LanguageOf(language, folded[0]) ?? language;
        if (own == "vi" || folded.Length != search.Length || !Inflection.CanInflect(folded))
        {
            return (own, search);
        }

        Span<char> stem = stackalloc char[folded.Length];
        var length = Inflection.Stem(own, folded, stem);

        // With a mark, so that a short word is not one with the stem of a longer one: care is no car.
        return (own, length is 0 ? search : string.Concat(search.AsSpan(0, length - 1), stem.Slice(length - 1, 1), "-"));
    }

    // Letter by letter, so that the stem of the one is that of the other; short i is a letter of its own in Russian.
    private static string Folded(string word) => string.Create(word.Length, word, (folded, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            folded[i] = from[i] is 'й' || from[i] < 0x80 || char.IsSurrogate(from[i]) ? from[i] : from[i].ToString().Normalize(NormalizationForm.FormD)[0];
        }
    });
}
