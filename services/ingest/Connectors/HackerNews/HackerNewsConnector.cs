using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace Serm.Ingest.Connectors.HackerNews;

/// <summary>What a Hacker News source takes.</summary>
public sealed class HackerNewsOptions
{
    /// <summary>What is searched for.</summary>
    [Required]
    [MinLength(1, ErrorMessage = "Give at least one search.")]
    [MaxLength(50)]
    [Display(Name = "Search words", Description = "One search a line, over stories and comments. No account is needed.")]
    public string[] Terms { get; set; } = [];

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 7;

    /// <summary>The search's limit.</summary>
    [Advanced]
    [Range(1, 10_000)]
    [Display(Name = "Requests an hour")]
    public int RequestsPerHour { get; set; } = 5_000;

    /// <summary>Where the search is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the search")]
    public string SearchUrl { get; set; } = "https://hn.algolia.com";

    /// <summary>Where single items are.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the items")]
    public string ItemsUrl { get; set; } = "https://hacker-news.firebaseio.com";
}

/// <summary>Hacker News: the search of stories and comments (Algolia), and the network's own items (Firebase) for what has become of them.</summary>
internal sealed class HackerNewsConnector : IPulled, IRechecked
{
    private const int PageSize = 200;
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    public ConnectorCard Card { get; } = new(
        "hackernews",
        "Hacker News",
        "Searches stories and comments. Edits and deletions of what was found are followed.",
        "https://hn.algolia.com/api",
        typeof(HackerNewsOptions),
        Ability.Search | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 20;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests an hour", settings.As<HackerNewsOptions>().RequestsPerHour, TimeSpan.FromHours(1))];

    public Uri? Address(Settings settings) => new(settings.As<HackerNewsOptions>().SearchUrl);

    public string NameOf(Settings settings) => $"Hacker News: {string.Join(", ", settings.As<HackerNewsOptions>().Terms)}";

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<HackerNewsOptions>();
        return await reading.StateAs<Rounds<Sweep>>().ReadAsync(options.Terms, async (term, lane) =>
        {
            var since = lane.Floor(Overlap, reading.Now.AddDays(-options.HistoryDays));

            // By time and not by page, as the search lists no more than 1,000 of one question.
            var filters = $"created_at_i>={since}{(lane.Next is { } until ? $",created_at_i<={until}" : "")}";
            var url = NetworkClient.At(options.SearchUrl, $"/api/v1/search_by_date?query={Uri.EscapeDataString(term)}&tags=(story,comment)&hitsPerPage={PageSize}&numericFilters={Uri.EscapeDataString(filters)}");
            var hits = (await reading.Http.GetAsync(url, new($"search: {term}"), cancellationToken)).Json().Items("hits").ToList();
            var dates = hits.Select(h => h.Time("created_at_i")).ToList();
            var (after, more) = lane.After(dates, hits.Count >= PageSize ? lane.Below(dates) : null, since);
            return (new Page([.. hits.Select(h => OfHit(h, reading.Now)).OfType<NetworkPost>()], null), after, more);
        });
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<HackerNewsOptions>();
        var (posts, removed) = (new List<NetworkPost>(), new List<RemovedPost>());
        foreach (var id in nativeIds)
        {
            var item = (await reading.Http.GetAsync(NetworkClient.At(options.ItemsUrl, $"/v0/item/{Uri.EscapeDataString(id)}.json"), new("recheck"), cancellationToken)).Json();
            if (item.ValueKind != JsonValueKind.Object || item.Flag("deleted") || item.Flag("dead"))
            {
                removed.Add(new(id, reading.Now, item.ValueKind == JsonValueKind.Object && item.Flag("dead") ? RemovedPost.Moderated : RemovedPost.Deleted));
            }
            else if (OfItem(item, reading.Now) is { } post)
            {
                posts.Add(post);
            }
        }

        return new(posts, null) { Removed = removed };
    }

    private static NetworkPost? OfHit(JsonElement hit, DateTimeOffset now) => hit.Text("objectID") is not { } id ? null : new(id, hit.Text("comment_text") ?? hit.Text("story_text") ?? "", hit.Time("created_at_i"))
    {
        Html = true,
        Title = hit.Text("title") is { } title ? System.Net.WebUtility.HtmlEncode(title) : null,
        Url = Page(id),
        Author = Writer(hit.Text("author")),
        Parent = hit.Text("parent_id"),
        Root = hit.Text("story_id") is { } story && story != id ? story : null,
        Engagement = new(now, hit.Long("points"), Replies: hit.Long("num_comments")),
    };

    // An item does not name its story; what is known of the thread stays with the first form.
    private static NetworkPost? OfItem(JsonElement item, DateTimeOffset now) => item.Text("id") is not { } id ? null : new(id, item.Text("text") ?? "", item.Time("time"))
    {
        Html = true,
        Title = item.Text("title") is { } title ? System.Net.WebUtility.HtmlEncode(title) : null,
        Url = Page(id),
        Author = Writer(item.Text("by")),
        Parent = item.Text("parent"),
        Engagement = new(now, item.Long("score"), Replies: item.Long("descendants")),
    };

    private static Contracts.Author? Writer(string? name) => name is null ? null : new(name, name, name, $"https://news.ycombinator.com/user?id={Uri.EscapeDataString(name)}");

    private static string Page(string id) => string.Create(CultureInfo.InvariantCulture, $"https://news.ycombinator.com/item?id={id}");
}
