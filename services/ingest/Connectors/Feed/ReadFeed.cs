namespace Serm.Ingest.Connectors.Feed;

/// <summary>What <c>read-feed</c> prints of a feed.</summary>
/// <param name="Place">The file or address, when several were asked for.</param>
/// <param name="Title">Plain text.</param>
/// <param name="Link">The site that the feed belongs to.</param>
/// <param name="Description">Plain text.</param>
/// <param name="Language">Declared for the whole feed.</param>
/// <param name="Format">What the document is.</param>
/// <param name="Version">The version that it claims.</param>
/// <param name="Hubs">WebSub hubs.</param>
/// <param name="Entries">The posts in document order.</param>
/// <param name="Warnings">What was wrong and read nevertheless.</param>
internal sealed record ReadFeed(
    string? Place,
    string? Title,
    string? Link,
    string? Description,
    string? Language,
    FeedFormat Format,
    string? Version,
    IReadOnlyList<string> Hubs,
    IReadOnlyList<ReadFeed.Entry> Entries,
    IReadOnlyList<string> Warnings)
{
    /// <summary>One post.</summary>
    /// <param name="Id">The id that the feed gives, else the address, else a hash of the content.</param>
    /// <param name="Link">The address as written, absolute where it can be.</param>
    /// <param name="Title">Plain text.</param>
    /// <param name="Body">Plain text with lines.</param>
    /// <param name="Author">The name, with the mail address when the feed gives both.</param>
    /// <param name="Published">UTC.</param>
    /// <param name="Updated">UTC.</param>
    /// <param name="Language">Of the post, else of the feed.</param>
    /// <param name="Categories">Categories and tags.</param>
    /// <param name="Comments">Where it is discussed.</param>
    /// <param name="Parent">The post that it answers.</param>
    public sealed record Entry(
        string Id,
        string? Link,
        string? Title,
        string Body,
        string? Author,
        DateTimeOffset? Published,
        DateTimeOffset? Updated,
        string? Language,
        IReadOnlyList<string> Categories,
        string? Comments,
        string? Parent);

    /// <summary>Of a document.</summary>
    public static ReadFeed Of(string? place, FeedDocument feed) => new(
        place,
        feed.Title,
        feed.Link ?? feed.Home,
        feed.Description,
        feed.Language,
        feed.Format,
        feed.Version,
        feed.Hubs,
        [.. feed.Items.Select(i => new Entry(
            i.Id ?? i.NativeId,
            i.Link ?? i.Url,
            i.Title,
            i.Text,
            i.Author?.Written ?? i.Author?.Name,
            i.Published,
            i.Updated,
            i.Language ?? feed.Language,
            i.Categories,
            i.Comments,
            i.ParentNativeId))],
        feed.Warnings);
}
