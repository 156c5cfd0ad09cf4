namespace Serm.Language;

/// <summary>
/// Inflected forms of a word in English, Russian, Turkish and Swedish, and the two spellings of Vietnamese syllables, by light stemming of folded words: endings are cut while enough of the
/// word stays (the approach of Savoy, "Light stemming approaches", 2006; lists and rules are our own). Names keep their stem in all these languages, so a light stemmer finds their forms
/// and joins few words that do not belong together. Other languages: the word itself.
/// </summary>
public static class Inflection
{
    // Folded characters of a word that count: who reads words cuts them there.
    private const int MaxWord = 128;

    private static readonly System.Buffers.SearchValues<char> Vowels = System.Buffers.SearchValues.Create("aeiouy");

    /// <summary>Shortest word that is inflected: shorter ones share their stem with too much.</summary>
    public const int MinLength = 4;

    /// <summary>The languages with inflection.</summary>
    public static readonly IReadOnlyList<string> Languages = ["en", "ru", "tr", "sv", "vi"];

    // Of nouns and adjectives only: endings of verbs are endings of many stems (школа, скандал, кредит).
    private static readonly Endings Russian = new(
        "иями иях ями ами ием иям ев ов ие ье еи ии и ией ей ой ий й иям ям ем ам ом о у ах ях ы ь ию ью ю ия ья я а е ого его ому ему ыми ими ым им ую юю ая яя ое ее ые их ых ый ою ею");

    private static readonly Endings Turkish = new(
        "lar ler lari leri larin lerin larini lerini larina lerine larinda lerinde larindan lerinden i u a e yi yu ya ye ni nu na ne in un nin nun da de ta te dan den tan ten nda nde ndan nden " +
        "si su sini sunu sina suna sinin sunun sinda sinde sunda sundan sindan sinden im um m imi umu imiz umuz miz muz iniz unuz la le yla yle ca ce ki dir dur tir tur daki deki taki teki mi mu");

    private static readonly Endings Swedish = new(
        "s en et n t ar er or na arna erna orna ens ets arnas ernas ornas a e as es aste ast ande ades ade at ad are arens aren het heten heterna ts ns");

    /// <summary>True for words that have forms: letters only, and enough of them.</summary>
    public static bool CanInflect(string folded) => folded.Length >= 2 && !folded.Any(char.IsDigit) && (folded.Length >= MinLength || EndsInVietnameseY(folded));

    /// <summary>The language whose forms count for a word of a post: the post's, by script where that is not known or not the word's. Null for none.</summary>
    public static string? LanguageOf(string language, char first)
    {
        if (first is >= 'а' and <= 'я')
        {
            return language is "ru" or "en" or "tr" or "sv" or "vi" or "und" ? "ru" : null;
        }

        return language switch
        {
            "ru" or "und" => "en",
            "en" or "tr" or "sv" or "vi" => language,
            _ => null,
        };
    }

    /// <summary>True when a word of a text is a form of another.</summary>
    public static bool Same(string word, ReadOnlySpan<char> form, string language)
    {
        if (form.IsEmpty || !CanInflect(word) || LanguageOf(language, form[0]) is not { } own)
        {
            return false;
        }

        Span<char> a = stackalloc char[MaxWord], b = stackalloc char[MaxWord];
        return Stem(own, word, a) is > 0 and var length && Stem(own, form, b) == length && a[..length].SequenceEqual(b[..length]);
    }

    /// <summary>Writes the stem and gives its length; 0 when the word has no forms in that language. <paramref name="stem"/> has room for the word.</summary>
    public static int Stem(string language, ReadOnlySpan<char> folded, Span<char> stem)
    {
        if (language == "vi")
        {
            folded.CopyTo(stem);
            if (EndsInVietnameseY(folded))
            {
                stem[folded.Length - 1] = 'i';
            }

            return folded.Length;
        }

        if (folded.Length < MinLength)
        {
            return 0;
        }

        folded.CopyTo(stem);
        return language switch
        {
            "ru" => Russian.Cut(stem[..folded.Length], 3, times: 2),
            "sv" => Swedish.Cut(stem[..folded.Length], 3, times: 2),
            "tr" => Hard(stem, Turkish.Cut(stem[..folded.Length], 4, times: 3)),
            "en" => English(stem, folded.Length),
            _ => 0,
        };
    }

    // kỹ and kĩ, lý and lí: one sound, two spellings, behind these letters.
    private static bool EndsInVietnameseY(ReadOnlySpan<char> word) => word.Length is >= 2 and <= 3 && word[^1] is 'y' or 'i' && word[^2] is 'h' or 'k' or 'l' or 'm' or 's' or 't' or 'v' or 'q';

    // kitap, kitabı; the last consonant softens before a vowel.
    private static int Hard(Span<char> stem, int length)
    {
        stem[length - 1] = stem[length - 1] switch { 'b' => 'p', 'd' => 't', 'g' => 'k', var c => c };
        return length;
    }

    private static int English(Span<char> stem, int length)
    {
        if (stem[..length].EndsWith("ies") && length > 4)
        {
            stem[length - 3] = 'y';
            return length - 2;
        }

        if (stem[length - 1] == 's' && stem[length - 2] is not ('s' or 'u' or 'i'))
        {
            length--;
        }

        var cut = stem[..length].EndsWith("ing") ? 3 : stem[..length].EndsWith("ed") ? 2 : 0;
        if (cut > 0 && length - cut >= 3 && stem[..(length - cut)].ContainsAny(Vowels))
        {
            length -= cut;
            if (stem[length - 1] == stem[length - 2] && stem[length - 1] is not ('l' or 's' or 'z') && length > 3)
            {
                length--;
            }
        }

        return stem[length - 1] == 'e' && length > 3 ? length - 1 : length;
    }

    // Endings by their last letter, longest first.
    private sealed class Endings
    {
        private readonly string[]?[] byLast = new string[0x500][];

        public Endings(string list)
        {
            foreach (var group in list.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).GroupBy(e => e[^1]))
            {
                byLast[group.Key] = [.. group.OrderByDescending(e => e.Length)];
            }
        }

        public int Cut(ReadOnlySpan<char> word, int least, int times)
        {
            var length = word.Length;
            for (; times > 0; times--)
            {
                var before = length;
                foreach (var ending in word[length - 1] < byLast.Length ? byLast[word[length - 1]] ?? [] : [])
                {
                    if (length - ending.Length >= least && word[..length].EndsWith(ending))
                    {
                        length -= ending.Length;
                        break;
                    }
                }

                if (length == before)
                {
                    break;
                }
            }

            return length;
        }
    }
}
