namespace Serm.Ingest.Connectors.Feed;

/// <summary>HTML to plain text in one pass and without a tree: blocks become lines, scripts and styles go, references are decoded, the alternative text of emoji images stays.</summary>
internal static class HtmlText
{
    // Room for blanks that tidying takes away again; what lies beyond is not worth reading.
    private const int MaxRaw = PlainText.MaxLength * 4;

    /// <summary>The text of an HTML fragment, not yet tidied.</summary>
    public static string Convert(string html)
    {
        var output = new HtmlTextOutput(Math.Min(html.Length, MaxRaw));
        var markup = new Markup(html, html: true);
        string? dropped = null;
        var droppedDepth = 0;
        var pre = 0;
        while (output.Length < MaxRaw && markup.Read())
        {
            var name = LocalName(markup.Name);
            if (dropped is not null)
            {
                droppedDepth += Step(markup, name, dropped);
                dropped = droppedDepth > 0 ? dropped : null;
                continue;
            }

            switch (markup.Kind)
            {
                case MarkupToken.Text:
                case MarkupToken.CData:
                    output.Text(markup.Raw, pre > 0);
                    break;
                case MarkupToken.StartTag:
                    if (HtmlElements.IsDropped(name) && !markup.SelfClosing)
                    {
                        dropped = name;
                        droppedDepth = 1;
                    }
                    else
                    {
                        pre += IsPre(name) && !markup.SelfClosing ? 1 : 0;
                        AppendStart(output, markup, name);
                    }

                    break;
                case MarkupToken.EndTag:
                    pre -= IsPre(name) && pre > 0 ? 1 : 0;
                    AppendBreak(output, name);
                    break;
                default:
                    break;
            }
        }

        return output.ToString();
    }

    /// <summary>True if a text is meant as HTML: it closes a known element, opens one that never closes, or holds a known reference. With <paramref name="anyTag"/> an opening known element is enough.</summary>
    public static bool LooksLike(string text, bool anyTag)
    {
        if (!text.AsSpan().ContainsAny('<', '&'))
        {
            return false;
        }

        return HasMarkup(text, anyTag) || CharacterReferences.Any(text);
    }

    /// <summary>True if a text holds tags of known HTML elements.</summary>
    public static bool HasMarkup(string text, bool anyTag)
    {
        if (!text.Contains('<', StringComparison.Ordinal))
        {
            return false;
        }

        var markup = new Markup(text, html: true);
        while (markup.Read())
        {
            var name = LocalName(markup.Name);
            var telling = markup.Kind switch
            {
                MarkupToken.EndTag => HtmlElements.IsKnown(name),
                MarkupToken.StartTag => HtmlElements.IsKnown(name) && (anyTag || HtmlElements.IsVoid(name) || name is "p" or "script" || markup.Attributes.Count > 0),
                MarkupToken.Comment => anyTag,
                _ => false,
            };
            if (telling)
            {
                return true;
            }
        }

        return false;
    }

    private static int Step(Markup markup, string name, string dropped)
    {
        if (!name.Equals(dropped, StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        return markup.Kind switch
        {
            MarkupToken.StartTag when !markup.SelfClosing => 1,
            MarkupToken.EndTag => -1,
            _ => 0,
        };
    }

    private static void AppendStart(HtmlTextOutput output, Markup markup, string name)
    {
        AppendBreak(output, name);
        if (name.Equals("img", StringComparison.OrdinalIgnoreCase) && markup.Attribute("alt") is { Length: > 0 and <= 64 } alt)
        {
            var decoded = CharacterReferences.Decode(alt, bare: true);
            if (IsEmoji(decoded, markup.Attribute("class")))
            {
                output.Text(decoded, keepLines: true);
            }
        }
    }

    private static bool IsEmoji(string alt, string? classes) =>
        (classes is not null && (classes.Contains("emoji", StringComparison.OrdinalIgnoreCase) || classes.Contains("smil", StringComparison.OrdinalIgnoreCase)))
        || (alt.Length <= 16 && !alt.Any(char.IsLetterOrDigit) && alt.Any(c => char.IsSurrogate(c) || c > 0x2000 || c is ':' or ';'));

    private static void AppendBreak(HtmlTextOutput output, string name)
    {
        if (name.Equals("td", StringComparison.OrdinalIgnoreCase) || name.Equals("th", StringComparison.OrdinalIgnoreCase))
        {
            output.Space();
        }
        else if (name.Equals("br", StringComparison.OrdinalIgnoreCase))
        {
            output.Line();
        }
        else if (HtmlElements.IsBlock(name))
        {
            output.Break(HtmlElements.IsParagraph(name) ? 2 : 1);
        }
    }

    private static bool IsPre(string name) => name.Equals("pre", StringComparison.OrdinalIgnoreCase) || name.Equals("listing", StringComparison.OrdinalIgnoreCase);

    private static string LocalName(string name)
    {
        var colon = name.LastIndexOf(':');
        return colon < 0 ? name : name[(colon + 1)..];
    }
}
