namespace Serm.Ingest.Connectors.Feed;

/// <summary>What reading a feed depends on beside its bytes.</summary>
/// <param name="Now">The moment of reading: dates ahead of it are flagged.</param>
/// <param name="BaseUrl">Where the bytes came from in the end: relative addresses are resolved against it.</param>
/// <param name="Identity">The address under which the feed was added; scopes ids that are unique only within their feed. The base when null.</param>
/// <param name="ContentType">The Content-Type header.</param>
public sealed record FeedReadOptions(DateTimeOffset Now, Uri? BaseUrl = null, Uri? Identity = null, string? ContentType = null)
{
    /// <summary>Largest body that is read, in bytes.</summary>
    public int MaxBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>Most posts that are read from one document.</summary>
    public int MaxItems { get; init; } = 10_000;
}

/// <summary>Reads any feed as tolerantly as it is written. Never throws on input, never fetches anything, takes linear time.</summary>
public static class FeedReader
{
    /// <summary>Reads a body.</summary>
    public static FeedReading Read(ReadOnlySpan<byte> body, FeedReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (body.Length > options.MaxBytes)
        {
            return Refuse("too_large", $"The document has {body.Length:N0} bytes; at most {options.MaxBytes:N0} are read. Ask the publisher for a shorter feed.");
        }

        var text = FeedCharset.Decode(body, options.ContentType, out var mismatch).TrimStart('\uFEFF', '\0', ' ', '\t', '\r', '\n', '\u200B');
        if (text.Length == 0)
        {
            return Refuse("empty", "The document is empty.");
        }

        var warnings = new List<string>();
        if (mismatch)
        {
            warnings.Add("charset_mismatch");
        }

        if (text[0] is '{' or '[')
        {
            var json = JsonFeed.Read(text, options, warnings);
            return json is null ? Refuse("not_a_feed", "The document is JSON but not a JSON Feed: it has no list of items.") : new FeedReading.Read(json);
        }

        var document = XmlFeed.Read(text, options, warnings, out var isHtml);
        if (document is not null)
        {
            return new FeedReading.Read(document);
        }

        return isHtml || HtmlText.HasMarkup(text.Length > 4_096 ? text[..4_096] : text, anyTag: false) ? Page(text, options) : Refuse("not_a_feed", "The document is neither RSS nor Atom nor JSON Feed.");
    }

    private static FeedReading.Refused Page(string html, FeedReadOptions options)
    {
        var links = FeedDiscovery.Links(html, options.BaseUrl);
        return new("not_a_feed", links.Count == 0 ? "This is an HTML page, and it names no feed." : $"This is an HTML page; its feed is {links[0]}.", links);
    }

    private static FeedReading.Refused Refuse(string code, string message) => new(code, message, []);
}
