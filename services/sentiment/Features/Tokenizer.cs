using System.Runtime.InteropServices;
using System.Text;

namespace Serm.Sentiments.Features;

/// <summary>Cuts a text into tokens of normalised letters (composed, lower case, the same letter at most twice in a row), each with the characters that made it. Reused for many texts by one thread.</summary>
internal sealed class Tokenizer
{
    private const int LongestSign = 4;
    private const int LongestCluster = 12;

    private readonly List<char> _letters = [];
    private readonly List<int> _sources = [];
    private readonly List<Token> _tokens = [];

    public ReadOnlySpan<Token> Tokens => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>Normalised letters of all tokens, each token between two spaces.</summary>
    public ReadOnlySpan<char> Letters => CollectionsMarshal.AsSpan(_letters);

    /// <summary>For each normalised letter the first character that made it.</summary>
    public ReadOnlySpan<int> Sources => CollectionsMarshal.AsSpan(_sources);

    public void Clear()
    {
        _letters.Clear();
        _sources.Clear();
        _tokens.Clear();
    }

    /// <summary>Appends the tokens of one part.</summary>
    /// <param name="text">Any text, also ill-formed UTF-16.</param>
    /// <param name="offset">Where it begins in the analysed text.</param>
    public void Read(ReadOnlySpan<char> text, int offset)
    {
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            var traits = CharClass.Of(c);
            if (c == '@' && i + 1 < text.Length && CharClass.IsWord(text[i + 1]))
            {
                i = Replace(text, i, offset, "@user");
            }
            else if (c is 'h' or 'H' or 'w' or 'W' && IsAddress(text[i..]))
            {
                i = Replace(text, i, offset, "http");
            }
            else if (traits.Has(CharTraits.Invisible | CharTraits.Blank))
            {
                i++;
            }
            else if (traits.Has(CharTraits.Word))
            {
                i = Word(text, i, offset);
            }
            else
            {
                i = traits.Has(CharTraits.Surrogate) ? Supplementary(text, i, offset) : Sign(text, i, offset);
            }
        }
    }

    private int Word(ReadOnlySpan<char> text, int start, int offset)
    {
        var unspaced = CharClass.IsUnspaced(text[start]);
        var kind = unspaced ? CharTraits.Word | CharTraits.Unspaced : CharTraits.Word;
        var from = Open(start + offset);
        var (i, end, digits) = (start, start, 0);
        while (i < text.Length)
        {
            var c = text[i];
            var traits = CharClass.Of(c);
            if ((traits & (CharTraits.Word | CharTraits.Invisible | CharTraits.Unspaced)) == kind)
            {
                digits += traits.Has(CharTraits.Digit) ? 1 : 0;
                i = Letter(text, i, offset, from);
                end = i;
            }
            else if (traits.Has(CharTraits.Invisible) || (CharClass.Fold(c) == '\'' && !unspaced && i + 1 < text.Length && CharClass.Has(text[i + 1], CharTraits.Letter)))
            {
                i++;
            }
            else
            {
                break;
            }
        }

        if (digits >= 4 && digits == _letters.Count - from)
        {
            _letters.RemoveRange(from, digits);
            _sources.RemoveRange(from, digits);
            Append("0000", start + offset);
        }

        Close(unspaced ? TokenKind.Unspaced : TokenKind.Word, from, start + offset, end + offset);
        return i;
    }

    private int Letter(ReadOnlySpan<char> text, int i, int offset, int from)
    {
        if (i + 1 < text.Length && CharClass.IsCombining(text[i + 1]))
        {
            var end = i + 1;
            while (end < text.Length && end - i < LongestCluster && CharClass.IsCombining(text[end]))
            {
                end++;
            }

            foreach (var composed in new string(text[i..end]).Normalize(NormalizationForm.FormC))
            {
                Add(CharClass.Fold(composed), i + offset, from);
            }

            return end;
        }

        Add(CharClass.Fold(text[i]), i + offset, from);
        return i + 1;
    }

    private void Add(char letter, int source, int from)
    {
        var count = _letters.Count;
        if (count - from < 2 || _letters[count - 1] != letter || _letters[count - 2] != letter || char.IsAsciiDigit(letter))
        {
            _letters.Add(letter);
            _sources.Add(source);
        }
    }

    private int Supplementary(ReadOnlySpan<char> text, int i, int offset)
    {
        if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
        {
            return i + 1;
        }

        // Skin tones say nothing.
        if (text[i] != '\uD83C' || text[i + 1] is < '\uDFFB' or > '\uDFFF')
        {
            var from = Open(i + offset);
            Append(text.Slice(i, 2), i + offset);
            Close(TokenKind.Sign, from, i + offset, i + 2 + offset);
        }

        return i + 2;
    }

    private int Sign(ReadOnlySpan<char> text, int start, int offset)
    {
        var from = Open(start + offset);
        var i = start;
        while (i == start || (i < text.Length && i - start < 64 && IsSign(text[i])))
        {
            if (!CharClass.IsInvisible(text[i]) && _letters.Count - from < LongestSign)
            {
                Add(text[i], i + offset, from);
            }

            i++;
        }

        // ":D", ":-P", "xD" are faces with a letter for a mouth; the letter must stand alone.
        if (i < text.Length && text[i] is 'D' or 'P' or 'p' or 'O' or 'o' or '3' && _letters[^1] is ':' or '-' or ';' or '<' or '=' && (i + 1 == text.Length || !CharClass.IsWord(text[i + 1])))
        {
            Add(text[i], i + offset, from);
            i++;
        }

        Close(TokenKind.Sign, from, start + offset, i + offset);
        return i;
    }

    private static bool IsSign(char c) => c != '@' && !CharClass.Has(c, CharTraits.Blank | CharTraits.Surrogate | CharTraits.Word);

    private int Replace(ReadOnlySpan<char> text, int start, int offset, string by)
    {
        var end = start + 1;
        while (end < text.Length && (by == "http" ? !char.IsWhiteSpace(text[end]) : CharClass.IsWord(text[end]) || text[end] == '_'))
        {
            end++;
        }

        var from = Open(start + offset);
        Append(by, start + offset);
        Close(TokenKind.Sign, from, start + offset, end + offset);
        return end;
    }

    private static bool IsAddress(ReadOnlySpan<char> text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("www.", StringComparison.OrdinalIgnoreCase) || (text.StartsWith("http") && (text.Length == 4 || char.IsWhiteSpace(text[4])));

    private int Open(int source)
    {
        _letters.Add(' ');
        _sources.Add(source);
        return _letters.Count;
    }

    private void Append(ReadOnlySpan<char> letters, int source)
    {
        foreach (var letter in letters)
        {
            _letters.Add(letter);
            _sources.Add(source);
        }
    }

    private void Close(TokenKind kind, int from, int start, int end)
    {
        _tokens.Add(new Token(kind, from, _letters.Count, start, end));
        _letters.Add(' ');
        _sources.Add(end);
    }
}
