namespace Serm.Ingest.Connectors.Feed;

/// <summary>What <see cref="Markup.Read"/> stopped at.</summary>
internal enum MarkupToken
{
    Text,
    CData,
    StartTag,
    EndTag,
    Doctype,
    Comment,
}

/// <summary>A forgiving tokenizer for XML as it is found and for HTML. Never throws, reads every character a bounded number of times, keeps case, prefixes and the exact source range of each token, and expands nothing by itself.</summary>
internal sealed partial class Markup(string source, bool html)
{
    private const int MaxAttributes = 128;
    private const int MaxQuoted = 2_000;

    // Once a terminator is known to be absent from the rest, it is not searched for again: that keeps broken input linear.
    private bool noCommentEnd;
    private int nextCDataEnd = -2;
    private bool noDoctypeEnd;
    private string? rawTextElement;

    /// <summary>The kind of the current token.</summary>
    public MarkupToken Kind { get; private set; }

    /// <summary>First character of the token in the source.</summary>
    public int Start { get; private set; }

    /// <summary>First character after the token.</summary>
    public int End { get; private set; }

    /// <summary>Tag name as written.</summary>
    public string Name { get; private set; } = "";

    /// <summary>True for <c>&lt;x/&gt;</c>.</summary>
    public bool SelfClosing { get; private set; }

    /// <summary>Attributes of a start tag: names as written, values raw (references not decoded).</summary>
    public List<(string Name, string Value)> Attributes { get; } = [];

    /// <summary>The token as written; for CDATA what is between the brackets.</summary>
    public ReadOnlySpan<char> Raw => Kind == MarkupToken.CData ? source.AsSpan(contentStart, contentEnd - contentStart) : source.AsSpan(Start, End - Start);

    private int contentStart;
    private int contentEnd;

    /// <summary>Puts the current token back: the next <see cref="Read"/> returns it again.</summary>
    public void Unread() => End = Start;

    /// <summary>Goes to the next token; false at the end.</summary>
    public bool Read()
    {
        Start = End;
        Attributes.Clear();
        SelfClosing = false;
        if (Start >= source.Length)
        {
            return false;
        }

        if (rawTextElement is not null)
        {
            var name = rawTextElement;
            rawTextElement = null;
            if (ReadRawText(name))
            {
                return true;
            }
        }

        if (source[Start] != '<' || !ReadMarkup())
        {
            ReadText();
        }

        return true;
    }

    /// <summary>Raw value of an attribute, by local name when <paramref name="name"/> has no colon; null when absent.</summary>
    public string? Attribute(string name)
    {
        foreach (var (key, value) in Attributes)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    private void ReadText()
    {
        Kind = MarkupToken.Text;
        var i = Start;
        do
        {
            i = source.IndexOf('<', i + 1);
        }
        while (i >= 0 && !StartsMarkup(i));
        End = i < 0 ? source.Length : i;
    }

    private bool StartsMarkup(int i) =>
        i + 1 < source.Length && (IsNameStart(source[i + 1]) || source[i + 1] == '?' || (source[i + 1] == '!' && !(html && i + 2 < source.Length && source[i + 2] is '\'' or '"' or '&')) || (source[i + 1] == '/' && i + 2 < source.Length && (IsNameStart(source[i + 2]) || source[i + 2] == '>')));

    private bool ReadMarkup()
    {
        if (!StartsMarkup(Start))
        {
            return false;
        }

        switch (source[Start + 1])
        {
            case '!':
                ReadDeclaration();
                return true;
            case '?':
                Kind = MarkupToken.Comment;
                SkipPast(">", Start + 2);
                return true;
            case '/':
                ReadEndTag();
                return true;
            default:
                ReadStartTag();
                return true;
        }
    }

    private void ReadEndTag()
    {
        Kind = MarkupToken.EndTag;
        var nameEnd = NameEnd(Start + 2);
        Name = source[(Start + 2)..nameEnd];
        var i = nameEnd;
        while (i < source.Length && source[i] is not ('>' or '<'))
        {
            i++;
        }

        End = i < source.Length && source[i] == '>' ? i + 1 : i;
    }

    private void ReadStartTag()
    {
        Kind = MarkupToken.StartTag;
        var i = NameEnd(Start + 1);
        Name = source[(Start + 1)..i];
        while (i < source.Length)
        {
            var c = source[i];
            if (c == '>')
            {
                End = i + 1;
                SelfClosing = source[i - 1] == '/';
                if (html && !SelfClosing && HtmlElements.IsRawText(Name))
                {
                    rawTextElement = Name;
                }

                return;
            }

            if (c == '<')
            {
                break;
            }

            i = c == '/' || char.IsWhiteSpace(c) ? i + 1 : ReadAttribute(i);
        }

        // The tag is cut off, by the end or by the next tag.
        End = Math.Max(i, Start + 1);
    }

    private int ReadAttribute(int i)
    {
        var nameStart = i;
        i++;
        while (i < source.Length && source[i] is not ('=' or '>' or '<' or '/') && !char.IsWhiteSpace(source[i]))
        {
            i++;
        }

        var name = source.AsSpan(nameStart, i - nameStart);
        var j = SkipWhite(i);
        if (j >= source.Length || source[j] != '=')
        {
            Add(name, "");
            return i;
        }

        j = SkipWhite(j + 1);
        var valueStart = j;
        if (j < source.Length && source[j] is '"' or '\'')
        {
            var quote = source[j];
            valueStart = ++j;
            while (j < source.Length && source[j] != quote && !(source[j] == '<' && StartsMarkup(j)))
            {
                j++;
            }

            if (html && j < source.Length && source[j] == '<' && ClosingQuote(quote, j) is var close and > 0)
            {
                j = close;
            }

            Add(name, source.AsSpan(valueStart, j - valueStart));
            return j < source.Length && source[j] == quote ? j + 1 : j;
        }

        while (j < source.Length && source[j] is not ('>' or '<') && !char.IsWhiteSpace(source[j]))
        {
            j++;
        }

        var value = source.AsSpan(valueStart, j - valueStart);
        if (value.EndsWith("/") && j < source.Length && source[j] == '>')
        {
            value = value[..^1];
        }

        Add(name, value);
        return j;
    }

    // HTML allows tags inside a quoted value. It is one when the next quote ends the value, not begins another.
    private int ClosingQuote(char quote, int from)
    {
        var close = source.AsSpan(from, Math.Min(MaxQuoted, source.Length - from)).IndexOf(quote) + from;
        return close >= from && close + 1 < source.Length && (source[close + 1] is '>' or '/' || char.IsWhiteSpace(source[close + 1])) ? close : -1;
    }

    private void Add(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (Attributes.Count < MaxAttributes)
        {
            Attributes.Add((name.ToString(), value.ToString()));
        }
    }

    private bool ReadRawText(string name)
    {
        Kind = MarkupToken.Text;
        var close = source.IndexOf("</" + name, Start, StringComparison.OrdinalIgnoreCase);
        if (close == Start)
        {
            return false;
        }

        End = close < 0 ? source.Length : close;
        return true;
    }

    private void SkipPast(string end, int from)
    {
        var i = from <= source.Length ? source.IndexOf(end, from, StringComparison.Ordinal) : -1;
        End = i < 0 ? source.Length : i + end.Length;
    }

    private bool At(int i, string what) => i + what.Length <= source.Length && source.AsSpan(i, what.Length).Equals(what, StringComparison.OrdinalIgnoreCase);

    private int NameEnd(int i)
    {
        while (i < source.Length && source[i] is not ('>' or '/' or '<' or '=') && !char.IsWhiteSpace(source[i]))
        {
            i++;
        }

        return i;
    }

    private int SkipWhite(int i)
    {
        while (i < source.Length && char.IsWhiteSpace(source[i]))
        {
            i++;
        }

        return i;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or ':' || (c > 127 && char.IsLetter(c));
}
