using System.Globalization;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Sources;
using Serm.Language;

namespace Serm.Ingest.Posts;

/// <summary>Checks pushed posts and makes posts of them.</summary>
internal static class PushedPosts
{
    /// <summary>Most posts of a call.</summary>
    public const int MaxPosts = 500;

    private const int MaxSource = 100;
    private const int MaxId = 400;
    private const int MaxTitle = 2_000;
    private const int MaxName = 300;

    /// <summary>The name of the source that a call is for.</summary>
    public static string Source(IngestRequest request)
    {
        if (request.Source is null)
        {
            return "push";
        }

        // Its name stands before the ids, with a slash between.
        var name = PlainText.Line(request.Source, MaxSource + 1);
        return name is { Length: <= MaxSource } && !name.Contains('/', StringComparison.Ordinal)
            ? name
            : throw RuleViolation.Invalid("source", "source_invalid", $"The name of a source has 1 to {MaxSource} characters and no slash.");
    }

    /// <summary>The posts of a call, in its order; what is wrong is refused with its path.</summary>
    public static IReadOnlyList<Post> Of(string workspace, string source, IngestRequest request, DateTimeOffset now)
    {
        if (request.Posts is not { Count: >= 1 and <= MaxPosts } given)
        {
            throw RuleViolation.Invalid("posts", "posts_out_of_range", $"Send 1 to {MaxPosts} posts in a call.");
        }

        var sourceId = PushSources.IdOf(workspace, source);
        return [.. given.Select((post, i) => One(Sources.Source.PushKind, source, sourceId, post ?? new(), $"posts[{i}].", now))];
    }

    /// <summary>Of several under one id the last.</summary>
    public static IReadOnlyList<Post> Last(IReadOnlyList<Post> posts) => [.. posts.Reverse().DistinctBy(p => p.NativeId, StringComparer.Ordinal).Reverse()];

    /// <summary>One post.</summary>
    /// <param name="kind">Kind of its source.</param>
    /// <param name="source">Name of the source.</param>
    /// <param name="sourceId">The source.</param>
    /// <param name="given">As handed in.</param>
    /// <param name="at">Stands before the path of what is wrong.</param>
    /// <param name="now">The moment.</param>
    /// <exception cref="RuleViolation">Names the member.</exception>
    public static Post One(string kind, string source, Guid sourceId, PushedPost given, string at, DateTimeOffset now)
    {
        var id = Id(given.Id, $"{at}id") ?? throw RuleViolation.Invalid($"{at}id", "id_missing", "Give each post an id of your own, so that sending it again does no harm.");
        if (given.Text is { Length: > PlainText.MaxLength })
        {
            throw RuleViolation.Invalid($"{at}text", "text_too_long", $"A text has at most {PlainText.MaxLength:N0} characters. Cut it, or send its parts as posts.");
        }

        if (given.Title is { Length: > MaxTitle })
        {
            throw RuleViolation.Invalid($"{at}title", "title_too_long", $"A title has at most {MaxTitle:N0} characters.");
        }

        var (title, text) = (PlainText.Line(given.Title, MaxTitle), PlainText.Lines(given.Text));
        if (title is null && text.Length == 0)
        {
            throw RuleViolation.Invalid($"{at}text", "text_missing", "A post needs a text, or at least a title.");
        }

        var language = given.Language is null
            ? LanguageIdentifier.Identify($"{title}\n{text}")
            : new LanguageGuess(Language(given.Language, $"{at}language"), 1);
        return new(
            kind,
            sourceId,
            source,
            $"{source}/{id}",
            Url(given.Url, $"{at}url"),
            title,
            text,
            given.Author is { } author ? Author(author, $"{at}author.") : null,
            Date(given.PublishedAt, $"{at}publishedAt", now),
            language.Code,
            language.Confidence,
            Count(given.Reach, $"{at}reach"),
            Id(given.ParentId, $"{at}parentId") is { } parent ? $"{source}/{parent}" : null,
            1,
            FeedIdentity.Hash($"{title}\n{text}"));
    }

    private static Author? Author(PushedAuthor given, string at)
    {
        var (name, handle) = (Name(given.Name, $"{at}name"), Name(given.Handle, $"{at}handle")?.TrimStart('@'));
        var id = Name(given.Id, $"{at}id") ?? handle ?? name;
        var author = new Author(id, name, handle, Url(given.Url, $"{at}url"), Count(given.Followers, $"{at}followers"));
        return id is null && author is { Url: null, Followers: null } ? null : author;
    }

    private static string? Id(string? id, string field) => string.IsNullOrWhiteSpace(id)
        ? null
        : id.Length <= MaxId && !id.Any(char.IsControl) ? id : throw RuleViolation.Invalid(field, "id_invalid", $"An id has 1 to {MaxId} characters and no control characters.");

    private static string? Name(string? name, string field) => name is not { Length: > MaxName }
        ? PlainText.Line(name, MaxName)
        : throw RuleViolation.Invalid(field, "name_too_long", $"At most {MaxName} characters.");

    private static string? Url(string? url, string field) => string.IsNullOrWhiteSpace(url)
        ? null
        : FeedLinks.Resolve(url, null) ?? throw RuleViolation.Invalid(field, "url_invalid", "Give an absolute address that begins with http:// or https://, or leave it out.");

    private static long? Count(long? count, string field) => count is null or (>= 0 and <= Post.MostReach)
        ? count
        : throw RuleViolation.Invalid(field, "out_of_range", $"Give 0 to {Post.MostReach:N0}, or leave it out.");

    private static string Language(string tag, string field) => tag.Trim().ToLowerInvariant() is "und" || FeedLanguage.SaysNone(tag)
        ? "und"
        : FeedLanguage.Normalize(tag) ?? throw RuleViolation.Invalid(field, "language_invalid", "A language is its code of two or three letters, such as \"sv\". Leave it out to have it told from the text.");

    private static DateTimeOffset Date(string? written, string field, DateTimeOffset now)
    {
        if (written is null)
        {
            return now;
        }

        if (!DateTimeOffset.TryParse(written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date))
        {
            throw RuleViolation.Invalid(field, "date_invalid", "Give a date as in ISO 8601, such as 2026-03-01T12:00:00Z.");
        }

        return date < now ? date : now;
    }
}
