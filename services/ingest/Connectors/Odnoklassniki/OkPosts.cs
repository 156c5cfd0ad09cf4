using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Odnoklassniki;

/// <summary>Topics and comments to posts. Ids are the topic's number, and <c>topic/comment</c>.</summary>
internal static class OkPosts
{
    // Where there is no created_ms, dates are Moscow's, without saying so.
    private static readonly TimeSpan Moscow = TimeSpan.FromHours(3);

    /// <summary>A topic of a group; null for what is none.</summary>
    public static NetworkPost? Topic(JsonElement topic, string? group, Dictionary<string, Author> authors, DateTimeOffset now)
    {
        if (topic.Text("id") is not { } id)
        {
            return null;
        }

        var owner = group ?? Number(topic.Text("owner_ref"));
        var text = topic.Items("media").Where(m => m.Text("type") == "text").Select(m => m.Text("text")).OfType<string>();
        return new(id, string.Join("\n\n", text), Date(topic))
        {
            Url = owner is null ? null : $"https://ok.ru/group/{owner}/topic/{id}",
            Author = Writer(topic.Text("author_ref"), authors),
            Engagement = new(now, topic.Long("like_summary", "count") ?? topic.Long("discussion_summary", "like_count"), topic.Long("reshare_summary", "count"), Comments(topic)),
        };
    }

    /// <summary>How many comments a topic has; null when it is not said.</summary>
    public static long? Comments(JsonElement topic) => topic.Long("discussion_summary", "comments_count");

    /// <summary>A comment under a topic; null for what is none.</summary>
    public static NetworkPost? Comment(JsonElement comment, string topic, string? group, Dictionary<string, Author> authors, DateTimeOffset now)
    {
        if (comment.Text("id") is not { } id)
        {
            return null;
        }

        var author = Writer(comment.Text("author_id") ?? comment.Text("author_ref"), authors);
        return new($"{topic}/{id}", comment.Text("text") ?? "", Date(comment))
        {
            Url = group is null ? null : $"https://ok.ru/group/{group}/topic/{topic}",
            Author = author is null ? null : author with { Name = author.Name ?? comment.Text("author_name") },
            Parent = comment.Text("reply_to_comment_id") is { } answered ? $"{topic}/{answered}" : topic,
            Root = topic,
            Engagement = new(now, comment.Long("like_count") ?? comment.Long("likes_count")),
        };
    }

    /// <summary>The people and groups that an answer carries, by number.</summary>
    public static Dictionary<string, Author> Authors(JsonElement answer) =>
        answer.Items("entities", "users").Select(u => (Id: u.Text("uid"), Name: u.Text("name") ?? $"{u.Text("first_name")} {u.Text("last_name")}".Trim(), Url: "profile"))
            .Concat(answer.Items("entities", "groups").Select(g => (Id: g.Text("uid"), Name: g.Text("name") ?? "", Url: "group")))
            .Where(a => a.Id is not null).DistinctBy(a => a.Id)
            .ToDictionary(a => a.Id!, a => new Author(a.Id, a.Name.Length == 0 ? null : a.Name, Url: $"https://ok.ru/{a.Url}/{a.Id}"), StringComparer.Ordinal);

    private static Author? Writer(string? reference, Dictionary<string, Author> authors) => Number(reference) is not { } id ? null
        : authors.GetValueOrDefault(id) ?? new Author(id, null, Url: $"https://ok.ru/{(reference!.StartsWith("group:", StringComparison.Ordinal) ? "group" : "profile")}/{id}");

    // References look like user:123 and group:456.
    private static string? Number(string? reference) => reference?[(reference.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static DateTimeOffset? Date(JsonElement written) => written.Long("created_ms") is > 0 and < 100_000_000_000_000 and var ms
        ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
        : written.Time("date") is { } local ? local - Moscow : null;
}
