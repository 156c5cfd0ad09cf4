namespace Serm.Ingest.Connectors.Feed;

/// <summary>What kind of feed a document turned out to be.</summary>
public enum FeedFormat
{
    /// <summary>RSS 0.90 to 0.94 or 2.0, or something that looks like it.</summary>
    Rss = 0,

    /// <summary>RSS 1.0 and 0.90: items in RDF.</summary>
    Rdf = 1,

    /// <summary>Atom 0.3 or 1.0.</summary>
    Atom = 2,

    /// <summary>JSON Feed 1.0 or 1.1.</summary>
    Json = 3,
}

/// <summary>A feed as read: plain text only, addresses absolute, hostile until shown otherwise.</summary>
/// <param name="Format">What it is.</param>
/// <param name="Version">The version that the document claims; null when it claims none.</param>
/// <param name="Title">Plain-text title.</param>
/// <param name="Description">Plain-text description of the whole feed; null when there is none.</param>
/// <param name="Link">The address of the site as written.</param>
/// <param name="Home">The site that the feed belongs to, absolute http(s).</param>
/// <param name="Self">The address that the feed gives for itself.</param>
/// <param name="Language">Declared language of the whole feed, ISO 639 code in lower case; null when none is declared.</param>
/// <param name="MinInterval">How long the publisher asks to wait between two reads (ttl, sy:updatePeriod); null when not said.</param>
/// <param name="Hubs">WebSub hubs.</param>
/// <param name="Items">The posts, in document order.</param>
/// <param name="Warnings">Stable codes of what was wrong and read nevertheless: <c>items_capped</c>, <c>truncated</c>, <c>charset_mismatch</c>, ...</param>
public sealed record FeedDocument(
    FeedFormat Format,
    string? Version,
    string? Title,
    string? Description,
    string? Link,
    string? Home,
    string? Self,
    string? Language,
    TimeSpan? MinInterval,
    IReadOnlyList<string> Hubs,
    IReadOnlyList<FeedItem> Items,
    IReadOnlyList<string> Warnings);

/// <summary>One post of a feed.</summary>
/// <param name="NativeId">The post's id, unique over all feeds; at most 512 characters.</param>
/// <param name="Id">The id as the feed gives it (guid, atom:id, rdf:about), on one line; null when it gives none.</param>
/// <param name="Link">The address of the post as written; may be relative or of any scheme: not for opening.</param>
/// <param name="Url">Absolute http(s) address of the post.</param>
/// <param name="Title">Plain-text title on one line; null when there is none.</param>
/// <param name="Text">Plain text, NFC, lines kept, at most 100,000 UTF-16 characters; empty when there is none.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="Published">When it was published, UTC; null when no usable date is given.</param>
/// <param name="FutureDated">True when <paramref name="Published"/> lies more than a day ahead of the read: use the time of reading.</param>
/// <param name="Updated">When it was last changed, UTC.</param>
/// <param name="Language">Language declared for this very post; null when only the feed declares one.</param>
/// <param name="Categories">Categories and tags, at most 50.</param>
/// <param name="Comments">Where it is discussed, absolute http(s).</param>
/// <param name="ParentNativeId">The post that this one answers, as that post's <c>NativeId</c>.</param>
public sealed record FeedItem(
    string NativeId,
    string? Id,
    string? Link,
    string? Url,
    string? Title,
    string Text,
    FeedAuthor? Author,
    DateTimeOffset? Published,
    bool FutureDated,
    DateTimeOffset? Updated,
    string? Language,
    IReadOnlyList<string> Categories,
    string? Comments,
    string? ParentNativeId);

/// <summary>Who wrote a post. Personal data.</summary>
/// <param name="Name">Display name; the mail address when that is all the feed gives.</param>
/// <param name="Url">Absolute http(s) address of the profile.</param>
/// <param name="Written">The name as the feed writes it, with the mail address that may stand beside it: for people who compare. It goes no further than the reader.</param>
public sealed record FeedAuthor(string Name, string? Url, string? Written = null);

/// <summary>How reading a document went.</summary>
public abstract record FeedReading
{
    private FeedReading()
    {
    }

    /// <summary>It is a feed.</summary>
    /// <param name="Document">What it says.</param>
    public sealed record Read(FeedDocument Document) : FeedReading;

    /// <summary>It is none, or none that can be read.</summary>
    /// <param name="Code">Stable: <c>empty</c>, <c>not_a_feed</c>, <c>too_large</c>.</param>
    /// <param name="Message">What is there instead and what to do, in one sentence.</param>
    /// <param name="FeedLinks">The feeds that an HTML page advertises.</param>
    public sealed record Refused(string Code, string Message, IReadOnlyList<string> FeedLinks) : FeedReading;
}
