namespace Serm.Ingest.Connectors.Feed;

/// <content>Comments, CDATA sections and document types, as broken as they come.</content>
internal sealed partial class Markup
{
    private void ReadDeclaration()
    {
        Kind = MarkupToken.Comment;
        if (At(Start, "<!--"))
        {
            ReadComment();
        }
        else if (CDataOpens(Start, out var open))
        {
            ReadCData(open);
        }
        else if (!html && At(Start, "<!doctype"))
        {
            ReadDoctype();
        }
        else
        {
            SkipPast(">", Start + 2);
        }
    }

    private void ReadComment()
    {
        var end = noCommentEnd ? -1 : source.IndexOf("-->", Start + 4, StringComparison.Ordinal);
        if (end >= 0)
        {
            End = end + 3;
            return;
        }

        noCommentEnd = true;
        SkipPast(">", Start + 4);
    }

    private bool CDataOpens(int at, out int contentAt)
    {
        const string Keyword = "[CDATA[";
        var i = at + 2;
        while (i < source.Length && i < at + 8 && source[i] == ' ')
        {
            i++;
        }

        contentAt = i + Keyword.Length;
        return At(i, Keyword);
    }

    private void ReadCData(int open)
    {
        if (nextCDataEnd != -1 && nextCDataEnd < open)
        {
            nextCDataEnd = source.IndexOf("]]>", open, StringComparison.Ordinal);
        }

        var end = nextCDataEnd;
        Kind = MarkupToken.CData;
        contentStart = open;
        var nested = end < 0 ? -1 : source.AsSpan(open, end - open).IndexOf("<![CDATA[", StringComparison.OrdinalIgnoreCase);

        // A section left open swallows everything up to the end of another one: it then ends where the element that holds it ends.
        if (end < 0 || nested >= 0)
        {
            var limit = end < 0 ? source.Length : open + nested;
            var close = Name.Length == 0 ? -1 : source.AsSpan(open, limit - open).IndexOf("</" + Name, StringComparison.OrdinalIgnoreCase);
            if (close >= 0 || end < 0)
            {
                contentEnd = End = close >= 0 ? open + close : source.Length;
                return;
            }
        }

        contentEnd = end;
        End = end + 3;
    }

    private void ReadDoctype()
    {
        Kind = MarkupToken.Doctype;
        var depth = 0;
        var quote = '\0';
        for (var i = Start + 2; i < source.Length && !noDoctypeEnd; i++)
        {
            var c = source[i];
            if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if (c is '[' or '<')
            {
                depth++;
            }
            else if (c is ']')
            {
                depth--;
            }
            else if (c == '>' && depth-- <= 0)
            {
                End = i + 1;
                return;
            }
        }

        noDoctypeEnd = true;
        SkipPast(">", Start + 2);
    }
}
