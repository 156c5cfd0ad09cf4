using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;
using Serm.Language;

namespace Serm.Ingest.Sources;

/// <summary>Feed items to posts.</summary>
internal static class FeedPosts
{
    // What a channel declares is often the default of its software. A clear guess on a text of some length is worth more.
    private const double SureGuess = 0.9;
    private const int LongEnough = 60;

    /// <summary>One post an item; items that say nothing are left out, and of several under one id the newest is taken.</summary>
    public static IReadOnlyList<Post> Of(Source source, FeedDocument feed, DateTimeOffset seenAt) => NetworkPosts.Of(FeedConnector.Known, source, Given(feed), seenAt);

    /// <summary>What the items say.</summary>
    public static IReadOnlyList<NetworkPost> Given(FeedDocument feed) => [.. FeedDuplicates.Newest(feed.Items).Select(item => new NetworkPost(item.NativeId, item.Text, item.FutureDated ? null : item.Published)
    {
        Url = item.Url,
        Title = item.Title,
        Author = item.Author is { } author ? new Author(author.Url ?? author.Name, author.Name, Url: author.Url) : null,
        Language = item.Language ?? feed.Language,
        LanguageIsSure = item.Language is not null,
        Parent = item.ParentNativeId,
    })];

    /// <summary>True for what had been published before anybody asked for it.</summary>
    public static bool IsBackfill(Source source, SourceCursor cursor, Post post) => cursor.LastGoodAt is null && post.PublishedAt < source.CreatedAt.AddHours(-1);

    /// <summary>The language that counts, and how sure it is.</summary>
    /// <param name="ofItem">Declared for the post.</param>
    /// <param name="ofFeed">Declared for the feed.</param>
    /// <param name="text">Title and text.</param>
    public static LanguageGuess Language(string? ofItem, string? ofFeed, string text)
    {
        if (ofItem is not null)
        {
            return new(ofItem, 1);
        }

        var guess = LanguageIdentifier.Identify(text);
        return ofFeed is null || (guess.Code != ofFeed && guess.Confidence >= SureGuess && text.Length >= LongEnough) ? guess : new(ofFeed, 1);
    }
}
