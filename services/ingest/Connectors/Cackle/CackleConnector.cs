using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Cackle;

/// <summary>What a Cackle source takes.</summary>
public sealed class CackleOptions
{
    /// <summary>The site.</summary>
    [Required(ErrorMessage = "Give the id of the site at Cackle.")]
    [Range(1, int.MaxValue)]
    [Display(Name = "Id of the site", Description = "From the site's settings at Cackle.")]
    public int SiteId { get; set; }

    /// <summary>The site's key.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the site's API key.")]
    [MaxLength(200)]
    [Display(Name = "Site API key")]
    public string SiteApiKey { get; set; } = "";

    /// <summary>The account's key.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the account's API key.")]
    [MaxLength(200)]
    [Display(Name = "Account API key")]
    public string AccountApiKey { get; set; } = "";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old comments alert nobody.")]
    public int HistoryDays { get; set; } = 30;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 3_600)]
    [Display(Name = "Seconds between requests", Description = "Cackle allows one request in five seconds.")]
    public int SecondsBetween { get; set; } = 5;

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://cackle.me";
}

/// <summary>Where reading the changes stands.</summary>
internal sealed record CackleState
{
    /// <summary>Changes up to this millisecond are safe, those of the millisecond itself perhaps not all.</summary>
    public long Modified { get; init; }
}

/// <summary>Comments of a site at Cackle, by what has changed since: new, edited, approved and deleted ones alike. Ids are those of Cackle; the thread is that of the page, <c>page-1</c>.</summary>
internal sealed class CackleConnector : IPulled
{
    private const int PageSize = 100;

    public ConnectorCard Card { get; } = new(
        "cackle",
        "Cackle",
        "All approved comments of a site that uses Cackle, with what they answer. Edits and deletions are followed.",
        "https://cackle.me/help/comment-sync",
        typeof(CackleOptions),
        Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests", 1, TimeSpan.FromSeconds(settings.As<CackleOptions>().SecondsBetween))];

    public Uri? Address(Settings settings) => new(settings.As<CackleOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"Cackle: site {settings.As<CackleOptions>().SiteId}";

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<CackleOptions>();
        var state = reading.StateAs<CackleState>();
        var from = state.Modified > 0 ? state.Modified : reading.Now.AddDays(-options.HistoryDays).ToUnixTimeMilliseconds();
        var url = NetworkClient.At(options.ApiUrl, string.Create(
            CultureInfo.InvariantCulture,
            $"/api/3.0/comment/list.json?id={options.SiteId}&siteApiKey={Uri.EscapeDataString(options.SiteApiKey)}&accountApiKey={Uri.EscapeDataString(options.AccountApiKey)}&gtModify={from - 1}&size={PageSize}"));
        var answer = await AskAsync(reading, url, cancellationToken);
        var comments = answer.Items("comments").ToList();
        var newest = comments.Select(Modified).Append(from).Max();

        // What changed in the page's last millisecond may go on behind it, so that it is read again, until nothing is newer; a full page that lies within it is gone past.
        var full = comments.Count >= PageSize && newest == from;
        var (next, more) = (full ? newest + 1 : newest, full || newest > from);
        return new([.. comments.Select(c => Comment(c, reading.Now)).OfType<NetworkPost>()], Reading.Write(new CackleState { Modified = next }))
        {
            More = more,
            Removed = [.. comments.Select(Gone).OfType<RemovedPost>()],
        };
    }

    private static long Modified(JsonElement comment) => comment.Long("modified") ?? comment.Long("created") ?? 0;

    private static NetworkPost? Comment(JsonElement comment, DateTimeOffset now)
    {
        if (comment.Text("id") is not { } id || comment.Text("status") is { } status && !status.Equals("approved", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var author = comment.At("author") ?? comment.At("anonym");
        return new(id, (comment.Text("message") ?? "").Replace("\n", "<br>", StringComparison.Ordinal), Moment(comment.Long("created")))
        {
            Html = true,
            Url = comment.Text("chan", "url"),
            Author = author?.Text("name") is { } name ? new Author(author.Value.Text("id") ?? name, WebUtility.HtmlDecode(name), Url: author.Value.Text("www")) : null,
            EditedAt = comment.Long("modified") > comment.Long("created") ? Moment(comment.Long("modified")) : null,
            Parent = comment.Long("parentId") > 0 ? comment.Text("parentId") : null,
            Root = comment.Text("chan", "id") is { } page ? $"page-{page}" : null,
            Engagement = new(now, comment.Long("rating")),
        };
    }

    private static RemovedPost? Gone(JsonElement comment) => comment.Text("id") is { } id
        ? comment.Text("status")?.ToLowerInvariant() switch
        {
            "deleted" => new(id, Moment(comment.Long("modified"))),
            "rejected" or "spam" => new(id, Moment(comment.Long("modified")), RemovedPost.Moderated),
            _ => null,
        }
        : null;

    private static DateTimeOffset? Moment(long? milliseconds) => milliseconds is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value) : null;

    private static async Task<JsonElement> AskAsync(Reading reading, Uri url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var answer = await reading.Http.SendAsync(request, new("comments"), cancellationToken);

        // Wrong keys are forbidden rather than unknown.
        return answer.Status == HttpStatusCode.Forbidden ? throw NetworkFailure.Refused(url.Host) : answer.RequireSuccess(null).Json();
    }
}
