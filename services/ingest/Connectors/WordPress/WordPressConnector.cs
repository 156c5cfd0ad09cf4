using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.WordPress;

/// <summary>What a WordPress source takes.</summary>
public sealed class WordPressOptions
{
    /// <summary>The site.</summary>
    [Required(ErrorMessage = "Give the address of the site.")]
    [Url]
    [Display(Name = "Address of the site", Description = "Such as https://blog.example.org. All approved comments are read, through the site's REST interface.")]
    public string Url { get; set; } = "";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old comments alert nobody.")]
    public int HistoryDays { get; set; } = 30;

    /// <summary>How long a comment may wait for approval.</summary>
    [Advanced]
    [Range(1, 10_080)]
    [Display(Name = "Minutes of overlap", Description = "A comment appears with its old date when it is approved: each read begins so far before the newest known one.")]
    public int OverlapMinutes { get; set; } = 1_440;

    /// <summary>Politeness.</summary>
    [Advanced]
    [Range(1, 1_000)]
    [Display(Name = "Requests a minute")]
    public int RequestsPerMinute { get; set; } = 30;
}

/// <summary>Comments of a WordPress site, oldest first, by its REST interface. Unlike the comment feed it says what a comment answers, and reaches back. Ids are <c>host/comment-1</c>; the thread is that of the article, <c>host/post-1</c>.</summary>
internal sealed class WordPressConnector : IPulled, IRechecked
{
    private const int PageSize = 100;

    public ConnectorCard Card { get; } = new(
        "wordpress",
        "WordPress comments",
        "All approved comments of a site that runs WordPress, with what they answer. Its articles are in its feed.",
        "https://developer.wordpress.org/rest-api/reference/comments/",
        typeof(WordPressOptions),
        Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes);

    public int RecheckBatch => 100;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a minute", settings.As<WordPressOptions>().RequestsPerMinute, TimeSpan.FromMinutes(1))];

    public Uri? Address(Settings settings) => new(settings.As<WordPressOptions>().Url);

    public string NameOf(Settings settings) => $"{new Uri(settings.As<WordPressOptions>().Url).IdnHost}: comments";

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<WordPressOptions>();
        var state = reading.StateAs<Climb>();
        var from = state.Floor(TimeSpan.FromMinutes(options.OverlapMinutes), reading.Now.AddDays(-options.HistoryDays));
        var number = int.TryParse(state.Next, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 1;

        // Without its zone WordPress takes a date as the site's own local time.
        NetworkAnswer answer;
        try
        {
            answer = await AskAsync(reading, options, $"per_page={PageSize}&page={number}&order=asc&orderby=date_gmt&after={from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}", new("comments"), cancellationToken);
        }
        catch (NetworkFailure failure) when (failure.OnlyThis && state.Anew() is { } first)
        {
            // Some sites refuse a page behind the last, which it is once enough comments are gone.
            return Page.Nothing(Reading.Write(first)) with { Refused = Refusal.Of("comments", failure, permanent: false) };
        }

        var comments = List(answer);

        // A page may be short, as comments that the public may not see are taken out of it. Without the header only an empty page is the last.
        var last = long.TryParse(answer.Header("x-wp-totalpages"), NumberStyles.None, CultureInfo.InvariantCulture, out var pages) ? number >= pages : comments.Count == 0;
        var (next, more) = state.After(comments.Select(Published), last ? null : (number + 1).ToString(CultureInfo.InvariantCulture), from);
        return new([.. comments.Select(c => Comment(c, options.Url)).OfType<NetworkPost>()], Reading.Write(next)) { More = more };
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<WordPressOptions>();
        var ids = nativeIds.Select(i => i[(i.LastIndexOf('-') + 1)..]);
        var answer = await AskAsync(reading, options, $"per_page={PageSize}&include={string.Join(',', ids)}", new("recheck"), cancellationToken);
        var there = List(answer).Select(c => Comment(c, options.Url)).OfType<NetworkPost>().ToList();

        // Whether its author, the site or a spam filter took it away the interface does not say.
        return new(there, null) { Removed = [.. nativeIds.Except(there.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now))] };
    }

    // A site with plain permalinks has no /wp-json: its front page answers for it.
    private static async Task<NetworkAnswer> AskAsync(Reading reading, WordPressOptions options, string query, Cost cost, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.Http.GetAsync(NetworkClient.At(options.Url, $"/wp-json/wp/v2/comments?{query}"), cost, cancellationToken);
        }
        catch (NetworkFailure failure) when (failure.Code == "http_404")
        {
            return await reading.Http.GetAsync(NetworkClient.At(options.Url, $"/?rest_route=/wp/v2/comments&{query}"), cost, cancellationToken);
        }
    }

    private static List<JsonElement> List(NetworkAnswer answer) => answer.Json() is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : throw NetworkFailure.Unreadable(answer.Url.Host);

    private static NetworkPost? Comment(JsonElement comment, string site)
    {
        if (comment.Text("id") is not { } id || comment.Text("post") is not { } post)
        {
            return null;
        }

        var host = new Uri(site).Authority;
        return new($"{host}/comment-{id}", comment.Text("content", "rendered") ?? "", Published(comment))
        {
            Html = true,
            Url = comment.Text("link"),
            Author = comment.Text("author_name") is { } name ? new Author(comment.Text("author_url") ?? name, System.Net.WebUtility.HtmlDecode(name), Url: comment.Text("author_url")) : null,
            Parent = comment.Long("parent") > 0 ? $"{host}/comment-{comment.Text("parent")}" : null,
            Root = $"{host}/post-{post}",
        };
    }

    private static DateTimeOffset? Published(JsonElement comment) => comment.Time("date_gmt");
}
