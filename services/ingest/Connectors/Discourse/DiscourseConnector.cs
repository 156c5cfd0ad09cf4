using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Discourse;

/// <summary>What a Discourse source takes.</summary>
public sealed class DiscourseOptions
{
    /// <summary>The forum.</summary>
    [Required(ErrorMessage = "Give the address of the forum.")]
    [Url]
    [Display(Name = "Address of the forum", Description = "Such as https://forum.example.org. All its public posts are read.")]
    public string Url { get; set; } = "";

    /// <summary>For what the public cannot see.</summary>
    [Secret]
    [MaxLength(200)]
    [Display(Name = "API key", Description = "Only for categories that the public cannot see. From the forum's administrator.")]
    public string ApiKey { get; set; } = "";

    /// <summary>On whose behalf the key reads.</summary>
    [MaxLength(100)]
    [Display(Name = "User of the key")]
    public string ApiUsername { get; set; } = "";

    /// <summary>What the forum's calls are signed with.</summary>
    [Secret]
    [MaxLength(200)]
    [Display(Name = "Webhook secret", Description = "Only if the forum shall call Serm: from its webhook's settings, with the post events.")]
    public string WebhookSecret { get; set; } = "";

    /// <summary>Whether answers are sent.</summary>
    [Sends]
    [Display(Name = "Answer", Description = "Answers to mentions are sent through this source, by the user of the key. Needs an API key with the right to write posts.")]
    public bool Replies { get; set; }

    /// <summary>The forum's least length of a post.</summary>
    [Advanced]
    [Range(1, 1_000)]
    [Display(Name = "Least characters of an answer", Description = "The forum's setting \"min post length\".")]
    public int LeastReplyCharacters { get; set; } = 20;

    /// <summary>The forum's greatest length of a post.</summary>
    [Advanced]
    [Range(100, 150_000)]
    [Display(Name = "Most characters of an answer", Description = "The forum's setting \"max post length\".")]
    public int MostReplyCharacters { get; set; } = 32_000;

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back. Old posts alert nobody.")]
    public int HistoryDays { get; set; } = 3;

    /// <summary>The forum's limit.</summary>
    [Advanced]
    [Range(1, 1_000)]
    [Display(Name = "Requests a minute")]
    public int RequestsPerMinute { get; set; } = 60;
}

/// <summary>Where reading the forum stands, by the ids of posts, which only grow.</summary>
internal sealed record DiscourseState
{
    /// <summary>Posts up to this one are safe; 0 before the first pass.</summary>
    public long Mark { get; init; }

    /// <summary>The newest post of the pass under way.</summary>
    public long Top { get; init; }

    /// <summary>The pass goes on below this post; 0 between passes.</summary>
    public long Before { get; init; }

    /// <summary>When the posts that are safe were read to their newest; null in states of before.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>When the pass under way began; null between passes.</summary>
    public DateTimeOffset? Began { get; init; }
}

/// <summary>A Discourse forum: all posts by its public JSON, and its webhooks. Ids are <c>host/t/topic/number</c>, so that what a post answers is known from its number.</summary>
internal sealed class DiscourseConnector : IPulled, IRechecked, IWebhook, IReplies
{
    public ConnectorCard Card { get; } = new(
        "discourse",
        "Discourse forum",
        "All public posts of a forum that runs Discourse, and its calls when something is posted, edited or deleted.",
        "https://docs.discourse.org/",
        typeof(DiscourseOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement | Ability.Replies);

    public int RecheckBatch => 10;

    public TimeSpan? Remembers => null;

    public bool Sends(Settings settings) => settings.As<DiscourseOptions>().Replies;

    public ReplyLength Length(Settings settings) => new(settings.As<DiscourseOptions>().LeastReplyCharacters, settings.As<DiscourseOptions>().MostReplyCharacters);

    public Task<SentReply> ReplyAsync(Answering answering, CancellationToken cancellationToken) => DiscourseReplies.SendAsync(answering, cancellationToken);

    public void Check(Settings settings)
    {
        if (settings.As<DiscourseOptions>() is { Replies: true } options && (options.ApiKey.Length == 0 || options.ApiUsername.Length == 0))
        {
            throw options.ApiKey.Length == 0
                ? RuleViolation.Invalid("credentials.apiKey", "option_missing", "Answering needs an API key.")
                : RuleViolation.Invalid("options.apiUsername", "option_missing", "Answering needs the name of the user of the key, who answers.");
        }
    }

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a minute", settings.As<DiscourseOptions>().RequestsPerMinute, TimeSpan.FromMinutes(1))];

    public Uri? Address(Settings settings) => new(settings.As<DiscourseOptions>().Url);

    public string NameOf(Settings settings) => new Uri(settings.As<DiscourseOptions>().Url).IdnHost;

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<DiscourseOptions>();
        var state = reading.StateAs<DiscourseState>();
        var answer = await ListAsync(reading, options, state.Before > 0 ? $"/posts.json?before={state.Before}" : "/posts.json", cancellationToken);
        var listed = answer.Items("latest_posts").ToList();
        var ids = listed.Select(p => p.Long("id") ?? 0).Where(i => i > 0).ToList();
        var top = ids.Append(state.Top).Max();

        // Below the mark all is known; in the first pass the age decides.
        var since = reading.Now.AddDays(-options.HistoryDays);
        var down = state.Before == 0 || (ids.Count > 0 && ids.Min() < state.Before);
        var more = down && ids.Count > 0 && ids.Min() > 1 && (state.Mark > 0 ? ids.Min() > state.Mark : listed.Min(p => p.Time("created_at")) > since);
        var began = state.Began ?? reading.Now;
        var next = more ? state with { Top = top, Before = ids.Min(), Began = began } : new DiscourseState { Mark = Math.Max(top, state.Mark), ReadAt = began };

        // A forum that lists its newest again, whatever is asked for, shows nothing below them.
        var missed = !down && ids.Count > 0 && ids.Max() > state.Before && state.ReadAt is { } seen && listed.Min(p => p.Time("created_at")) is { } oldest && oldest > seen ? new MissedTime(seen, oldest, "too_many_results") : null;
        return new([.. listed.Select(p => Post(p, options.Url, reading.Now)).OfType<NetworkPost>()], Reading.Write(next)) { More = more, Hints = new(Missed: missed) };
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<DiscourseOptions>();
        var (posts, removed) = (new List<NetworkPost>(), new List<RemovedPost>());
        foreach (var id in nativeIds)
        {
            try
            {
                var answer = await GetAsync(reading, options, $"/posts/by_number/{string.Join('/', id.Split('/')[^2..])}.json", "recheck", cancellationToken);
                if (Post(answer, options.Url, reading.Now) is { } post)
                {
                    posts.Add(post);
                }
                else
                {
                    removed.Add(new(id, answer.Time("deleted_at")));
                }
            }
            catch (NetworkFailure failure) when (failure.Code is "http_404" or "http_410" || (failure.Code == NetworkFailure.NotAllowed && options.ApiKey.Length == 0))
            {
                removed.Add(new(id, reading.Now));
            }
            catch (NetworkFailure failure) when (failure.OnlyThis)
            {
                // A key that ended is refused as a post that it may not see any more is: of neither it is known that it is gone.
            }
        }

        return new(posts, null) { Removed = removed };
    }

    public HookAnswer Receive(HookCall call, Settings settings, DateTimeOffset now)
    {
        var options = settings.As<DiscourseOptions>();
        if (!call.IsSigned("X-Discourse-Event-Signature", "sha256=", options.WebhookSecret))
        {
            return new HookAnswer.Refused(403, "bad_signature");
        }

        try
        {
            var post = JsonElement.Parse(call.Body.Span).At("post");
            var happened = call.Header("X-Discourse-Event");
            var id = post is { } p ? Id(p, options.Url) : null;
            return new HookAnswer.Taken(
                happened == "post_destroyed" && id is not null ? new([], null) { Removed = [new(id, now)] } : post is { } written && Post(written, options.Url, now) is { } found ? new([found], null) : Page.Nothing(),
                "ok",
                call.Header("X-Discourse-Event-Id"));
        }
        catch (JsonException)
        {
            return new HookAnswer.Refused(400, "bad_body");
        }
    }

    private static NetworkPost? Post(JsonElement post, string forum, DateTimeOffset now)
    {
        // Types 3 and 4 are the forum's own notes and whispers.
        if (Id(post, forum) is not { } id || post.Long("post_type") is 3 or 4 || post.Time("deleted_at") is not null || post.Flag("user_deleted"))
        {
            return null;
        }

        var (host, topic, number) = (new Uri(forum).Authority, post.Text("topic_id"), post.Long("post_number") ?? 1);
        return new(id, post.Text("cooked") ?? System.Net.WebUtility.HtmlEncode(post.Text("raw") ?? ""), post.Time("created_at"))
        {
            Html = true,
            Title = number == 1 ? System.Net.WebUtility.HtmlEncode(post.Text("topic_title") ?? "") is { Length: > 0 } title ? title : null : null,
            Url = string.Create(CultureInfo.InvariantCulture, $"{forum.TrimEnd('/')}/t/{post.Text("topic_slug") ?? "-"}/{topic}/{number}"),
            Author = post.Text("username") is { } user ? new Author(user, post.Text("name") ?? user, user, $"{forum.TrimEnd('/')}/u/{Uri.EscapeDataString(user)}") : null,
            EditedAt = post.Long("version") > 1 ? post.Time("updated_at") : null,
            Parent = number == 1 ? null : $"{host}/t/{topic}/{post.Text("reply_to_post_number") ?? "1"}",
            Root = number == 1 ? null : $"{host}/t/{topic}/1",
            Engagement = new(now, post.Items("actions_summary").FirstOrDefault(a => a.Long("id") == 2) is { ValueKind: JsonValueKind.Object } likes ? likes.Long("count") : null, Replies: post.Long("reply_count"), Views: post.Long("reads")),
        };
    }

    /// <summary>The id of a post; null for what is none.</summary>
    internal static string? Id(JsonElement post, string forum) => post.Text("topic_id") is { } topic && post.Text("post_number") is { } number ? $"{new Uri(forum).Authority}/t/{topic}/{number}" : null;

    // Every key that holds may see the newest posts: who refuses them refuses the key.
    private static async Task<JsonElement> ListAsync(Reading reading, DiscourseOptions options, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync(reading, options, path, "posts", cancellationToken);
        }
        catch (NetworkFailure failure) when (failure.Code == NetworkFailure.NotAllowed && options.ApiKey.Length > 0)
        {
            throw NetworkFailure.Refused(new Uri(options.Url).Host);
        }
    }

    private static async Task<JsonElement> GetAsync(Reading reading, DiscourseOptions options, string path, string lane, CancellationToken cancellationToken)
    {
        (string, string)[] key = options.ApiKey.Length == 0 ? [] : [("Api-Key", options.ApiKey), ("Api-Username", options.ApiUsername)];
        return (await reading.Http.GetAsync(NetworkClient.At(options.Url, path), new(lane), cancellationToken, [("Accept", "application/json"), .. key])).Json();
    }
}
