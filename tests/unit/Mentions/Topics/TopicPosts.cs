using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions.Topics;

/// <summary>Mentions to find topics in.</summary>
internal static class TopicPosts
{
    public static TopicPost Post(string id, string text, string? author = null, string? story = null, string language = "en", short label = 1, string? title = null, long reach = 10, params NameSpan[] names) => new(
        Id(id), Id(story ?? id), Id("by " + (author ?? id)), Id("source of " + (author ?? id)), label, reach, language, title, text, author, author, names);

    /// <summary>The id of a post.</summary>
    public static Guid Id(string name) => NameBasedGuid.Create(Guid.Empty, name);

    /// <summary>What is said every week: as many as are asked for, each by somebody else.</summary>
    public static IEnumerable<TopicPost> Ordinary(int count, string prefix, string language = "en", string text = "The driver was friendly and the parcel came on time") =>
        Enumerable.Range(0, count).Select(i => Post($"{prefix}-{i}", text, language: language));

    /// <summary>The topics of mentions against those before.</summary>
    public static IReadOnlyList<BrandTopic> Find(IEnumerable<TopicPost> now, IEnumerable<TopicPost> before, string? brand = "Acme", int limit = 20) =>
        TopicFinder.Find([.. now], [.. before], brand, limit, CancellationToken.None);

    /// <summary>The texts of what rises.</summary>
    public static IEnumerable<string> Rising(this IEnumerable<BrandTopic> topics) => topics.Where(t => t.Rising).Select(t => t.Text);
}
