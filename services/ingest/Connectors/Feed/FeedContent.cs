using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>What the text elements of a feed hold, as plain text.</summary>
internal static class FeedContent
{
    private static readonly HashSet<string> TextElements = new(StringComparer.Ordinal)
    {
        "title", "description", "summary", "content", "subtitle", "tagline", "info", "copyright", "rights", "abstract", "body", "fullitem",
        "content:encoded", "xhtml:body", "xhtml:div", "dc:title", "dc:description", "dcterms:abstract", "itunes:title", "itunes:summary", "itunes:subtitle", "media:description", "media:title",
    };

    private static readonly HashSet<string> Values = new(StringComparer.Ordinal)
    {
        "link", "guid", "id", "pubdate", "published", "updated", "issued", "modified", "created", "comments", "language", "ttl", "category", "lastbuilddate", "generator", "docs",
        "dc:date", "dc:creator", "dc:subject", "dc:language", "dc:identifier", "wfw:commentrss", "slash:comments",
    };

    /// <summary>True for elements that hold one value and no other element of a feed.</summary>
    public static bool IsValue(string name) => Values.Contains(name);

    /// <summary>True for elements whose inside is text or markup for readers.</summary>
    public static bool IsTextElement(string name) => TextElements.Contains(name);

    /// <summary>True when the tags inside are the text's own and its references are to be decoded only once.</summary>
    public static bool IsXhtml(FeedNode node) =>
        node.Name is "xhtml:body" or "xhtml:div" || TypeOf(node) is "xhtml" or "application/xhtml+xml" || (node["mode"] is "xml" && TypeOf(node) is not ("text" or "text/plain" or ""));

    /// <summary>True when another XML vocabulary is carried, such as a whole entry.</summary>
    public static bool IsForeignXml(FeedNode node) => TypeOf(node) is { } type && type != "application/xhtml+xml" && (type.EndsWith("+xml", StringComparison.Ordinal) || type.EndsWith("/xml", StringComparison.Ordinal));

    /// <summary>Plain text with lines; empty when there is none.</summary>
    public static string Lines(FeedNode? node) => node is null ? "" : PlainText.Lines(Plain(node));

    /// <summary>Plain text on one line; null when there is none.</summary>
    public static string? Line(FeedNode? node) => node is null ? null : PlainText.Line(Plain(node));

    /// <summary>Plain text of a string that may be HTML.</summary>
    public static string Plain(string text, bool anyTag)
    {
        text = text.Replace("<![CDATA[", "", StringComparison.OrdinalIgnoreCase).Replace("]]>", "", StringComparison.Ordinal);
        if (!HtmlText.LooksLike(text, anyTag))
        {
            return text;
        }

        var hadTags = HtmlText.HasMarkup(text, anyTag: true);
        var plain = HtmlText.Convert(text);

        // Escaped twice: only references before, nothing but tags after.
        return !hadTags && HtmlText.HasMarkup(plain, anyTag: false) ? HtmlText.Convert(plain) : plain;
    }

    private static string Plain(FeedNode node)
    {
        var text = node.InnerText();
        if (text.Length == 0)
        {
            return "";
        }

        var type = TypeOf(node);
        if (node["mode"] is "base64" || (type is not null && IsBinary(type)))
        {
            var decoded = FromBase64(text, type);

            // A title of an odd type is more often plain text than anything encoded.
            text = decoded.Length == 0 && node.Name == "title" ? text : decoded;
        }

        if (IsXhtml(node) || IsForeignXml(node))
        {
            return HtmlText.Convert(text);
        }

        // Atom says what it holds; RSS leaves it to guess, and its bodies are HTML far more often than its titles.
        return type switch
        {
            "html" or "text/html" => Plain(text, anyTag: true),
            "text" or "text/plain" when !node.HasTags => text,
            _ => Plain(text, anyTag: node.HasTags || !node.Name.EndsWith("title", StringComparison.Ordinal)),
        };
    }

    private static string? TypeOf(FeedNode node) => node["type"]?.Trim().ToLowerInvariant();

    private static bool IsBinary(string type) => type.Contains('/', StringComparison.Ordinal) && !type.StartsWith("text/", StringComparison.Ordinal) && !type.Contains("xml", StringComparison.Ordinal) && !type.Contains("html", StringComparison.Ordinal);

    private static string FromBase64(string text, string? type)
    {
        if (type is not null && !type.StartsWith("text/", StringComparison.Ordinal) && !type.Contains("html", StringComparison.Ordinal) && type != "application/octet-stream")
        {
            return "";
        }

        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var written) && !bytes.AsSpan(0, written).Contains((byte)0) ? Encoding.UTF8.GetString(bytes.AsSpan(0, written)) : "";
    }
}
