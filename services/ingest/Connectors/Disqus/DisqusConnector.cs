using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.Disqus;

/// <summary>What a Disqus source takes.</summary>
public sealed class DisqusOptions
{
    /// <summary>The sites.</summary>
    [Required]
    [MinLength(1, ErrorMessage = "Give at least one forum.")]
    [MaxLength(50)]
    [Display(Name = "Forums", Description = "The short names of the sites at Disqus, one a line: example for example.disqus.com.")]
    public string[] Forums { get; set; } = [];

    /// <summary>The application's key.</summary>
    [Secret]
    [Required(ErrorMessage = "Give the API key of your application at Disqus.")]
    [MaxLength(200)]
    [Display(Name = "API key", Description = "The public key of an application: disqus.com/api/applications.")]
    public string ApiKey { get; set; } = "";

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old comments alert nobody.")]
    public int HistoryDays { get; set; } = 7;

    /// <summary>How long a comment may wait for approval.</summary>
    [Advanced]
    [Range(1, 10_080)]
    [Display(Name = "Minutes of overlap", Description = "A comment appears with its old date when it is approved: each read begins so far before the newest known one.")]
    public int OverlapMinutes { get; set; } = 180;

    /// <summary>The network's limit.</summary>
    [Advanced]
    [Range(1, 100_000)]
    [Display(Name = "Requests an hour", Description = "Disqus allows 1,000 to a basic account.")]
    public int RequestsPerHour { get; set; } = 900;

    /// <summary>Where the API is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the API")]
    public string ApiUrl { get; set; } = "https://disqus.com";
}

/// <summary>Comments at Disqus, oldest first, by site. Ids are those of Disqus; the thread is that of the article, <c>thread-1</c>.</summary>
internal sealed class DisqusConnector : IPulled, IRechecked
{
    private const int PageSize = 100;

    // Codes as in the API's documentation.
    private const int NeedsLogin = 4, BadKey = 5, NotFound = 8, KeyNotAllowed = 9, NoAccess = 11, NoRight = 12, HourlyLimit = 13, RateLimit = 14, ServerFault = 15;

    public ConnectorCard Card { get; } = new(
        "disqus",
        "Disqus",
        "All approved comments of sites that use Disqus, with what they answer. Edits and deletions are followed.",
        "https://disqus.com/api/docs/",
        typeof(DisqusOptions),
        Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement)
    {
        Headers = new("x-ratelimit-remaining", "x-ratelimit-reset", ResetForm.UnixSeconds),
    };

    public int RecheckBatch => 10;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests an hour", settings.As<DisqusOptions>().RequestsPerHour, TimeSpan.FromHours(1))];

    public Uri? Address(Settings settings) => new(settings.As<DisqusOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"Disqus: {string.Join(", ", settings.As<DisqusOptions>().Forums)}";

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<DisqusOptions>();
        return await reading.StateAs<Rounds<Climb>>().ReadAsync(options.Forums, async (forum, lane) =>
        {
            var from = lane.Floor(TimeSpan.FromMinutes(options.OverlapMinutes), reading.Now.AddDays(-options.HistoryDays));
            var path = $"posts/list.json?forum={Uri.EscapeDataString(forum)}&since={from.ToUnixTimeSeconds()}&order=asc&limit={PageSize}&related=thread{(lane.Next is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : "")}";
            var answer = await CallAsync(reading, options, path, forum, cancellationToken);
            var comments = answer.Items("response").ToList();
            var (after, more) = lane.After(comments.Select(c => c.Time("createdAt")), answer.Flag("cursor", "hasNext") || answer.Flag("cursor", "more") ? answer.Text("cursor", "next") : null, from);
            return (new Page([.. comments.Select(c => Comment(c, reading.Now)).OfType<NetworkPost>()], null), after, more);
        }, anew: lane => lane.Anew());
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<DisqusOptions>();
        var (posts, removed) = (new List<NetworkPost>(), new List<RemovedPost>());
        foreach (var id in nativeIds)
        {
            try
            {
                var answer = await CallAsync(reading, options, $"posts/details.json?post={Uri.EscapeDataString(id)}&related=thread", "recheck", cancellationToken);
                if (answer.At("response") is { } comment && Comment(comment, reading.Now) is { } there)
                {
                    posts.Add(there);
                }
                else
                {
                    removed.Add(new(id, reading.Now, answer.Flag("response", "isDeleted") ? RemovedPost.Deleted : RemovedPost.Moderated));
                }
            }
            catch (NetworkFailure failure) when (failure.Code == "disqus_8")
            {
                removed.Add(new(id, reading.Now));
            }
            catch (NetworkFailure failure) when (failure.OnlyThis)
            {
                // Of what may be seen no more nothing can be said.
            }
        }

        return new(posts, null) { Removed = removed };
    }

    private static NetworkPost? Comment(JsonElement comment, DateTimeOffset now)
    {
        if (comment.Text("id") is not { } id || comment.Flag("isDeleted") || comment.Flag("isSpam") || comment.At("isApproved") is { ValueKind: JsonValueKind.False })
        {
            return null;
        }

        var thread = comment.Text("thread", "id") ?? comment.Text("thread");
        var name = comment.Text("author", "name") ?? comment.Text("author", "username");
        return new(id, comment.Text("message") ?? "", comment.Time("createdAt"))
        {
            Html = true,
            Url = comment.Text("url") ?? (comment.Text("thread", "link") is { } link ? $"{link}#comment-{id}" : null),
            Author = name is null ? null : new Author(comment.Text("author", "id") ?? name, name, comment.Text("author", "username"), comment.Text("author", "profileUrl")),
            Parent = comment.Text("parent"),
            Root = thread is null ? null : $"thread-{thread}",
            Engagement = new(now, comment.Long("likes")),
        };
    }

    private static async Task<JsonElement> CallAsync(Reading reading, DisqusOptions options, string path, string lane, CancellationToken cancellationToken)
    {
        var url = NetworkClient.At(options.ApiUrl, $"/api/3.0/{path}&api_key={Uri.EscapeDataString(options.ApiKey)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        var answer = await reading.Http.SendAsync(request, new(lane), cancellationToken);

        // What a refusal means is said by the code in its body, whatever the status.
        return (int)answer.Status is >= 200 and < 300 ? answer.Json()
            : Code(answer) is { } code ? throw Failure(answer, code, reading.Http.Headers)
            : answer.RequireSuccess(reading.Http.Headers).Json();
    }

    private static long? Code(NetworkAnswer answer)
    {
        try
        {
            return answer.Json().Long("code");
        }
        catch (NetworkFailure)
        {
            return null;
        }
    }

    private static NetworkFailure Failure(NetworkAnswer answer, long code, RateHeaders? rates) => code switch
    {
        NeedsLogin or BadKey or KeyNotAllowed => NetworkFailure.Refused(answer.Url.Host),
        NoAccess or NoRight => new(NetworkFailure.NotAllowed, "Disqus does not let this key read this forum.", permanent: true),
        HourlyLimit or RateLimit => NetworkFailure.Limited(answer.Url.Host, answer.Wait(rates) ?? TimeSpan.FromHours(1)),
        ServerFault => new("disqus_15", "Disqus has a fault of its own. It is tried again."),
        _ => new($"disqus_{code}", $"Disqus refuses the request (code {code}). Check the options.", permanent: code is not NotFound),
    };
}
