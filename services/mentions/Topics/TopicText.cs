using System.Text;

namespace Serm.Mentions;

/// <summary>A word of a text, or what parts sentences.</summary>
/// <param name="Surface">In lower case as it is written; empty between sentences, and where something stands that no phrase goes across.</param>
/// <param name="Start">Its first UTF-16 character.</param>
/// <param name="Capital">Written with a capital letter.</param>
internal readonly record struct TextWord(string Surface, int Start, bool Capital)
{
    public bool IsBreak => Surface.Length == 0;
}

/// <summary>Cuts the beginning of a text into the words that topics are made of, where <see cref="SearchText"/> cuts them. Addresses and names behind an @ are passed over, and words with digits, or that are longer than a word of any language.</summary>
internal static class TopicText
{
    /// <summary>Words of a title or text that are read.</summary>
    public const int MostWords = 250;

    // As far as a text is searched.
    private const int Window = 20_000;
    private const int LongestWord = 40;

    /// <summary>Adds the words of a text, and a break behind it.</summary>
    /// <param name="text">Any text, also ill-formed UTF-16.</param>
    /// <param name="language">ISO code: capital I is another letter in Turkish.</param>
    /// <param name="words">Takes them.</param>
    public static void Cut(string? text, string language, List<TextWord> words)
    {
        var most = words.Count + MostWords;
        var window = text.AsSpan(0, Math.Min(text?.Length ?? 0, Window));
        for (var i = 0; i < window.Length && words.Count < most;)
        {
            if (char.IsWhiteSpace(window[i]))
            {
                AddBreak(words, window[i] is '\n' or '\r');
                i++;
                continue;
            }

            var end = i;
            while (end < window.Length && !char.IsWhiteSpace(window[end]))
            {
                end++;
            }

            if (IsAddress(window[i..end]))
            {
                AddBreak(words, true);
            }
            else
            {
                CutChunk(window[i..end], i, language, words, most);
            }

            i = end;
        }

        AddBreak(words, true);
    }

    /// <summary>True for addresses of the net and of people: what has a scheme or an @, a host, or a name as Reddit writes it.</summary>
    internal static bool IsAddress(ReadOnlySpan<char> chunk)
    {
        if (chunk.ContainsAny('@', '＠') || chunk.Contains("://", StringComparison.Ordinal) || chunk.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || chunk.StartsWith("u/") || chunk.StartsWith("/u/"))
        {
            return true;
        }

        // A host: a dot with a letter before it and a lower-case ending of two letters and more behind it. A sentence that begins without a space has a capital there.
        var dot = chunk.IndexOf('.');
        if (dot <= 0 || !char.IsLetterOrDigit(chunk[dot - 1]))
        {
            return false;
        }

        var rest = chunk[(dot + 1)..];
        var letters = rest.IndexOfAnyExceptInRange('a', 'z');
        letters = letters < 0 ? rest.Length : letters;
        return letters >= 2 && (letters == rest.Length || rest[letters] is '/' or '.' or ',' or ')' or ':' or '?' or '!' or ';');
    }

    private static void CutChunk(ReadOnlySpan<char> chunk, int offset, string language, List<TextWord> words, int most)
    {
        Span<char> word = stackalloc char[LongestWord + 2];
        var (length, start, at, digits, capital, letters) = (0, 0, 0, false, false, 0);
        foreach (var rune in chunk.EnumerateRunes())
        {
            if (SearchText.IsPart(rune))
            {
                if (letters++ == 0)
                {
                    (start, capital) = (at, Rune.IsUpper(rune));
                }

                digits |= Rune.IsNumber(rune);
                if (length <= LongestWord && !(rune.Value == '\u0307' && length > 0 && word[length - 1] == 'i'))
                {
                    length += Lower(rune, language).EncodeToUtf16(word[length..]);
                }
            }
            else
            {
                Put(word);
                AddBreak(words, !IsInside(rune));
            }

            at += rune.Utf16SequenceLength;
        }

        Put(word);

        void Put(ReadOnlySpan<char> word)
        {
            // A letter alone is what an apostrophe left.
            if (letters > 1 && words.Count < most)
            {
                if (digits || length > LongestWord)
                {
                    AddBreak(words, true);
                }
                else
                {
                    words.Add(new(word[..length].ToString(), offset + start, capital));
                }
            }

            (length, digits, letters) = (0, false, 0);
        }
    }

    // What joins the parts of a word, or is not seen.
    private static bool IsInside(Rune rune) => rune.Value is '-' or '\'' or '’' or 'ʼ' or '‐' or '‑' or 0xAD or 0x200C or 0x200D;

    private static Rune Lower(Rune rune, string language) => rune.Value switch
    {
        'İ' => new('i'),
        'I' when language == "tr" => new('ı'),
        _ => Rune.ToLowerInvariant(rune),
    };

    private static void AddBreak(List<TextWord> words, bool breaks)
    {
        if (breaks && words is [.., { IsBreak: false }])
        {
            words.Add(new("", 0, false));
        }
    }
}
