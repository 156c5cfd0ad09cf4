using Serm.Contracts;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors;

/// <summary>What networks give to posts: the one place where their texts, names, addresses, numbers and dates are tidied and bounded.</summary>
internal static class NetworkPosts
{
    private const int MaxTitle = 2_000;
    private const int MaxName = 300;

    /// <summary>One post each; those that say nothing are left out, and of several under one id the newest form, else the last.</summary>
    public static IReadOnlyList<Post> Of(ConnectorCard card, Source source, IReadOnlyList<NetworkPost> given, DateTimeOffset seenAt) =>
        [.. Newest(given).Select(p => Of(card, source, p, seenAt)).OfType<Post>().DistinctBy(p => p.NativeId, StringComparer.Ordinal)];

    /// <summary>When the given forms were written, by id.</summary>
    public static Dictionary<string, DateTimeOffset> Versions(IReadOnlyList<NetworkPost> given)
    {
        var versions = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var post in given)
        {
            if (Version(post) is { } at && Id(post.NativeId) is var id && !(versions.TryGetValue(id, out var newer) && newer >= at))
            {
                versions[id] = at.ToUniversalTime();
            }
        }

        return versions;
    }

    /// <summary>The id as it is stored.</summary>
    public static string Id(string given) => FeedIdentity.Fit(PlainText.Line(given, 4_000) ?? "");

    private static DateTimeOffset? Version(NetworkPost post) => post.EditedAt ?? post.PublishedAt;

    // Stable: of two forms with the same date the later one in the page stands.
    private static IEnumerable<NetworkPost> Newest(IReadOnlyList<NetworkPost> given) =>
        given.GroupBy(p => p.NativeId, StringComparer.Ordinal).Select(g => g.Aggregate((a, b) => Version(b) < Version(a) ? a : b));

    private static Post? Of(ConnectorCard card, Source source, NetworkPost given, DateTimeOffset seenAt)
    {
        var title = PlainText.Line(given.Html && given.Title is not null ? HtmlText.Convert(given.Title) : given.Title, MaxTitle);
        var text = PlainText.Lines(given.Html ? HtmlText.Convert(given.Text) : given.Text);
        if ((title is null && text.Length == 0) || string.IsNullOrWhiteSpace(given.NativeId))
        {
            return null;
        }

        var declared = FeedLanguage.Normalize(given.Language);
        var language = FeedPosts.Language(given.LanguageIsSure ? declared : null, declared, $"{title}\n{text}");
        var latest = card.DatesCount ? seenAt : seenAt.AddDays(1);
        var author = Tidy(given.Author);
        return new(
            source.Kind,
            source.Id,
            source.Name,
            Id(given.NativeId),
            FeedLinks.Resolve(given.Url, null),
            title,
            text,
            author,
            given.PublishedAt is { } at && at <= latest ? at.ToUniversalTime() : seenAt,
            language.Code,
            language.Confidence,
            Count(given.Reach) ?? author?.Followers,
            given.Parent is { } parent ? Id(parent) : null,
            1,
            FeedIdentity.Hash($"{title}\n{text}"),
            RootNativeId: given.Root is { } root ? Id(root) : null,
            Engagement: given.Engagement);
    }

    private static Author? Tidy(Author? given)
    {
        if (given is null)
        {
            return null;
        }

        var (name, handle) = (PlainText.Line(given.Name, MaxName), PlainText.Line(given.Handle, MaxName)?.TrimStart('@'));
        var id = PlainText.Line(given.Id, MaxName) ?? handle ?? name;
        return id is null ? null : new(id, name, handle, FeedLinks.Resolve(given.Url, null), Count(given.Followers));
    }

    private static long? Count(long? claimed) => claimed is >= 0 ? Math.Min(claimed.Value, Post.MostReach) : null;
}
