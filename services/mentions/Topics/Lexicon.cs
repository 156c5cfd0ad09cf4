using System.Runtime.InteropServices;
using System.Text;
using Serm.Language;

namespace Serm.Mentions;

/// <summary>A word as it was written.</summary>
/// <param name="Surface">In lower case.</param>
/// <param name="Search">As the search cuts it.</param>
/// <param name="Group">The number of the word that it is a form of.</param>
/// <param name="IsStop">It says nothing of what a text is about.</param>
/// <param name="IsSyllable">Of a language that writes syllables apart.</param>
internal sealed record WordForm(string Surface, string Search, int Group, bool IsStop, bool IsSyllable);

/// <summary>Numbers words, and puts the forms of a word into one group. Not for several threads.</summary>
internal sealed class Lexicon
{
    private readonly Dictionary<(string Surface, string Language), int> numbers = [];
    private readonly Dictionary<string, int> groups = new(StringComparer.Ordinal);
    private readonly List<WordForm> forms = [];
    private readonly List<List<int>> byGroup = [];
    private readonly List<string> names = [];
    private readonly Dictionary<string, (int Stop, int All, int Inside, int Capitals)> searched = new(StringComparer.Ordinal);

    /// <summary>The form of a number.</summary>
    public WordForm this[int form] => forms[form];

    /// <summary>All forms, by their number.</summary>
    public IReadOnlyList<WordForm> Forms => forms;

    /// <summary>The numbers of a word's forms.</summary>
    public IReadOnlyList<int> FormsOf(int group) => byGroup[group];

    /// <summary>What the forms of a word have in common.</summary>
    public string NameOf(int group) => names[group];

    /// <summary>True for what says nothing: also in texts whose language was not told right, as most others that have it are in one in which it is a stop word.</summary>
    public bool IsStop(int form) => forms[form].IsStop || (searched[forms[form].Search] is var uses && 2 * uses.Stop >= uses.All);

    /// <summary>True for what is always written with a capital letter, but for where a sentence begins.</summary>
    public bool IsCapital(int form) => searched[forms[form].Search] is { Inside: > 0 } uses && uses.Capitals == uses.Inside;

    /// <summary>A form as it is shown: with a capital letter where most have one.</summary>
    public string Shown(int form)
    {
        var (surface, uses) = (forms[form].Surface, searched[forms[form].Search]);
        return uses.Inside == 0 || uses.Capitals < 0.75 * uses.Inside ? surface : $"{(surface[0] == 'i' && surface.Contains('ı', StringComparison.Ordinal) ? 'İ' : char.ToUpperInvariant(surface[0]))}{surface[1..]}";
    }

    /// <summary>The number of a form.</summary>
    /// <param name="word">Not a break.</param>
    /// <param name="language">Of the text; ISO code.</param>
    /// <param name="begins">It is the first of a sentence.</param>
    public int Number(in TextWord word, string language, bool begins = false)
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

        ref var uses = ref CollectionsMarshal.GetValueRefOrAddDefault(searched, forms[number].Search, out _);
        uses = (uses.Stop + (forms[number].IsStop ? 1 : 0), uses.All + 1, uses.Inside + (begins ? 0 : 1), uses.Capitals + (word.Capital && !begins ? 1 : 0));
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
