using System.Text;

namespace Serm.Language;

/// <summary>Reduces a text to what tells its language: lower-case letters of its main script, words apart by one space.</summary>
internal static class Letters
{
    /// <summary>UTF-16 characters of a text that are read.</summary>
    public const int Window = 2048;

    /// <summary>Letters and separators that are kept.</summary>
    public const int Kept = 400;

    /// <summary>Writes " word word " to <paramref name="letters"/>.</summary>
    /// <param name="text">Any text; composed first where it holds combining marks.</param>
    /// <param name="letters">At least <see cref="Window"/> + 2 characters.</param>
    /// <param name="script">The script most letters are in.</param>
    /// <param name="share">Its share of all letters, 0 to 1.</param>
    /// <param name="kanaShare">Kana among Han and Kana, 0 to 1.</param>
    /// <returns>Characters written; 0 when there is no letter.</returns>
    public static int Reduce(ReadOnlySpan<char> text, Span<char> letters, out Script script, out float share, out float kanaShare)
    {
        text = text[..Math.Min(text.Length, Window)];
        if (text.ContainsAnyInRange('\u0300', '\u036F'))
        {
            return ReduceDecomposed(text, letters, out script, out share, out kanaShare);
        }

        Span<int> counts = stackalloc int[Scripts.Count];
        counts.Clear();
        var length = Collect(text, letters, counts);
        script = Main(counts, out share, out kanaShare);
        return script == Script.None ? 0 : Keep(letters[..length], script);
    }

    private static int ReduceDecomposed(ReadOnlySpan<char> text, Span<char> letters, out Script script, out float share, out float kanaShare)
    {
        Span<char> valid = stackalloc char[Window];
        Span<char> composed = stackalloc char[Window];
        text.CopyTo(valid);
        valid = valid[..text.Length];
        for (var i = 0; i < valid.Length; i++)
        {
            // Normalisation refuses lone surrogates and this one character that is none; no letter that counts is a surrogate.
            valid[i] = char.IsSurrogate(valid[i]) || valid[i] == '\uFFFE' ? ' ' : valid[i];
        }

        ReadOnlySpan<char> source = ((ReadOnlySpan<char>)valid).TryNormalize(composed, out var length, NormalizationForm.FormC) ? composed[..length] : valid;
        Span<int> counts = stackalloc int[Scripts.Count];
        counts.Clear();
        var written = Collect(source, letters, counts);
        script = Main(counts, out share, out kanaShare);
        return script == Script.None ? 0 : Keep(letters[..written], script);
    }

    private static int Collect(ReadOnlySpan<char> text, Span<char> letters, Span<int> counts)
    {
        var written = 0;
        letters[written++] = ' ';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var script = Scripts.Of(c);
            if (script != Script.None && !(c is 'h' or 'w' && letters[written - 1] == ' ' && IsAddress(text[i..])))
            {
                counts[(int)script]++;
                c = Lower(c);
                if (written < 2 || letters[written - 1] != c || letters[written - 2] != c)
                {
                    letters[written++] = c;
                }
            }
            else if (c == '@' || script != Script.None)
            {
                // Handles and addresses are no language.
                i = SkipToken(text, i);
                written = Separate(letters, written);
            }
            else if (c is not ('\'' or '\u2019' or '\u200C' or '\u200D' or '\u00AD'))
            {
                written = Separate(letters, written);
            }
        }

        return Separate(letters, written);
    }

    private static int Separate(Span<char> letters, int written)
    {
        if (letters[written - 1] != ' ')
        {
            letters[written++] = ' ';
        }

        return written;
    }

    private static bool IsAddress(ReadOnlySpan<char> text) => text.StartsWith("http")
        ? text.Length == 4 || text[4] is ':' or ' ' || text.StartsWith("https:")
        : text.StartsWith("www.");

    private static int SkipToken(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && !char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        return from;
    }

    // The dotted capital I has no simple lower case in the invariant culture.
    private static char Lower(char c) => c == '\u0130' ? 'i' : char.ToLowerInvariant(c);

    private static Script Main(ReadOnlySpan<int> counts, out float share, out float kanaShare)
    {
        int best = 0, all = 0;
        for (var i = 1; i < counts.Length; i++)
        {
            all += counts[i];
            best = Weight(counts, i) > Weight(counts, best) ? i : best;
        }

        var east = counts[(int)Script.Han] + counts[(int)Script.Kana];
        kanaShare = east == 0 ? 0 : counts[(int)Script.Kana] / (float)east;
        var main = counts[best] + (best == (int)Script.Kana ? counts[(int)Script.Han] : 0);
        share = all == 0 ? 0 : main / (float)all;
        return (Script)best;
    }

    // One ideograph or syllable says as much as two letters.
    private static int Weight(ReadOnlySpan<int> counts, int script) => counts[script] * ((Script)script is Script.Han or Script.Kana or Script.Hangul ? 2 : 1);

    private static int Keep(Span<char> letters, Script script)
    {
        var kept = 0;
        foreach (var c in letters)
        {
            if (kept == Kept)
            {
                break;
            }

            if (c == ' ' ? kept == 0 || letters[kept - 1] != ' ' : Scripts.Of(c) == script)
            {
                letters[kept++] = c;
            }
        }

        return kept;
    }
}
