using System.Globalization;
using System.Text;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors.X;

/// <summary>Where a search or an account's mentions stand.</summary>
internal sealed record XLane
{
    /// <summary>The newest post that is safe; null before the first pass.</summary>
    public string? SinceId { get; init; }

    /// <summary>The newest post of the pass under way.</summary>
    public string? TopId { get; init; }

    /// <summary>The page that the pass goes on with; null between passes.</summary>
    public string? Token { get; init; }

    /// <summary>From when a pass looks that has no newest post to begin behind.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it was last read to its end; null when nobody wrote that down.</summary>
    public DateTimeOffset? ReadAt { get; init; }
}

/// <summary>X: recent search, the filtered stream and mentions of accounts, pay per post. Before each request the most that it can cost is set aside, afterwards what it did cost is charged. X renames <c>tweet</c> to <c>post</c> in its answers: both names are read.</summary>
internal sealed class XConnector : IPulled, IStreamed, IRechecked, ITakesBack
{
    /// <summary>The name of the budget.</summary>
    internal const string Dollars = "dollars a month";

    /// <summary>What is asked for of each post. Parameters have kept the old names.</summary>
    internal const string Fields = "tweet.fields=created_at,lang,conversation_id,referenced_tweets,public_metrics,edit_history_tweet_ids&expansions=author_id&user.fields=name,username,public_metrics";

    private const string Requests = "requests in 15 minutes";

    // Ids hold the moment in milliseconds above 22 bits.
    private const int IdBits = 22;
    private const long IdEpoch = 1_288_834_974_657;
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(50);
    private static readonly TimeSpan Searched = TimeSpan.FromDays(7) - TimeSpan.FromMinutes(10);

    public ConnectorCard Card { get; } = new(
        "x",
        "X (Twitter)",
        "Searches the last seven days, or listens to what your searches find as it is written, and reads mentions of your accounts, within a monthly budget. X charges for every post.",
        "https://docs.x.com/x-api/posts/search/introduction",
        typeof(XOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement)
    {
        Headers = new("x-rate-limit-remaining", "x-rate-limit-reset", ResetForm.UnixSeconds),
    };

    public int RecheckBatch => 100;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => settings.As<XOptions>() is var o
        ? [new(Requests, o.RequestsPerQuarter, TimeSpan.FromMinutes(15)), new(Dollars, o.DollarsPerMonth, RateLimit.Month, "UTC")]
        : [];

    public Uri? Address(Settings settings) => new(settings.As<XOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"X: {string.Join(", ", Lanes(settings.As<XOptions>()))}";

    public void Check(Settings settings)
    {
        var options = settings.As<XOptions>();
        if (Lanes(options).Count == 0)
        {
            throw RuleViolation.Invalid("options.queries", "option_missing", "Give searches, or accounts whose mentions are read.");
        }

        if (Array.Find(options.Accounts, a => !long.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out _)) is { } wrong)
        {
            throw RuleViolation.Invalid("options.accounts", "option_invalid", $"\"{wrong}\" is no account's number.");
        }
    }

    public bool Streams(Settings settings) => settings.As<XOptions>().Mode == "stream";

    public IAsyncEnumerable<Page> ListenAsync(Reading reading, CancellationToken cancellationToken) =>
        XStream.ListenAsync(reading, reading.Options<XOptions>(), r => ReadAsync(r, cancellationToken), cancellationToken);

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<XOptions>();
        var lanes = Lanes(options);
        return await reading.StateAs<Rounds<XLane>>().ReadAsync(lanes, async (name, known) =>
        {
            var (lane, missed) = name.StartsWith('@') ? (known, null) : Within(known, reading.Now);
            var start = lane.Start ?? reading.Now.AddDays(-options.HistoryDays).AddMinutes(-1);
            var from = lane.SinceId is { } since ? $"since_id={since}" : $"start_time={start.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
            var next = lane.Token is null ? "" : $"&{(name.StartsWith('@') ? "pagination_token" : "next_token")}={Uri.EscapeDataString(lane.Token)}";
            var path = name.StartsWith('@') ? $"/2/users/{name[1..]}/mentions?" : $"/2/tweets/search/recent?query={Uri.EscapeDataString(name)}&";
            var answer = await CallAsync(reading, options, $"{path}{from}&max_results={options.PageSize}{next}&{Fields}", name, options.PageSize, cancellationToken);
            var top = Newer(lane.TopId, answer.Text("meta", "newest_id"));
            var more = answer.Text("meta", "next_token") is { } token && token != lane.Token;
            var after = more ? lane with { TopId = top, Token = answer.Text("meta", "next_token"), Start = start } : new XLane { SinceId = Newer(lane.SinceId, top), Start = Newer(lane.SinceId, top) is null ? start : null, ReadAt = reading.Now };
            return (new Page(Posts(answer, reading.Now), null) { Hints = new(Missed: missed) }, after, more);
        }, anew: lane => lane.Token is null ? null : lane with { Token = null });
    }

    /// <summary>A search's lane as recent search takes it, which refuses to look further back than seven days; and what it will not see any more.</summary>
    internal static (XLane Lane, MissedTime? Missed) Within(XLane lane, DateTimeOffset now)
    {
        var mark = lane.SinceId is { } id && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? DateTimeOffset.FromUnixTimeMilliseconds((number >> IdBits) + IdEpoch) : lane.Start;
        if (mark is null || mark > now - Searched)
        {
            return (lane, null);
        }

        // A pass takes its time: it begins somewhat later than the last moment that is allowed.
        var from = now - Searched + Slack;
        var seen = lane.ReadAt > mark || (lane.ReadAt is null && lane.Token is null) ? lane.ReadAt : mark;
        return (new() { Start = from, ReadAt = lane.ReadAt }, seen < from ? new(seen.Value, from, "cursor_too_old") : null);
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        if (reading.Options<XOptions>().Deletions == "jobs")
        {
            return Page.Nothing() with { Removed = await XCompliance.GoneAsync(reading, reading.Options<XOptions>(), nativeIds, cancellationToken) };
        }

        var answer = await CallAsync(reading, reading.Options<XOptions>(), $"/2/tweets?ids={string.Join(',', nativeIds)}&{Fields}", "recheck", nativeIds.Count, cancellationToken);
        var there = Posts(answer, reading.Now);

        // Only what X says is gone is gone: a protected account is no deletion.
        var gone = answer.Items("errors").Where(e => e.Text("type")?.EndsWith("resource-not-found", StringComparison.Ordinal) == true).Select(e => e.Text("resource_id") ?? e.Text("value")).ToHashSet(StringComparer.Ordinal);
        return new(there, null) { Removed = [.. nativeIds.Where(gone.Contains).Select(id => new RemovedPost(id, reading.Now))] };
    }

    public bool Leaves(Settings settings) => Streams(settings) && Queries(settings.As<XOptions>()).Count > 0;

    public string LeftBy(Source source) => $"the rules of its stream, tagged {XRules.TagOf(source)}";

    public Task TakeBackAsync(Reading reading, CancellationToken cancellationToken) => XRules.KeepAsync(reading, reading.Options<XOptions>(), [], cancellationToken);

    /// <summary>The searches.</summary>
    internal static List<string> Queries(XOptions options) => [.. options.Queries.Select(q => q.Trim()).Where(q => q.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>A request and the dollars that are set aside for it.</summary>
    internal static Cost Charge(string lane, decimal dollars, int requests = 1) => new(lane, new Dictionary<string, decimal>(StringComparer.Ordinal) { [Dollars] = dollars, [Requests] = requests });

    private static List<string> Lanes(XOptions options) => [.. Queries(options), .. options.Accounts.Select(a => $"@{a}")];

    private static async Task<JsonElement> CallAsync(Reading reading, XOptions options, string path, string lane, int most, CancellationToken cancellationToken)
    {
        var reserved = most * (options.DollarsPerPost + options.DollarsPerAuthor);
        using var request = new HttpRequestMessage(HttpMethod.Get, NetworkClient.At(options.ApiUrl, path));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {options.BearerToken}");
        var answer = await reading.Http.SendAsync(request, Charge(lane, reserved), cancellationToken);
        if ((int)answer.Status >= 400)
        {
            // Refusals cost nothing. A connection that breaks may have cost: what was set aside for it stays spent.
            await reading.Http.SettleAsync(Dollars, lane, -reserved, cancellationToken);
        }

        var json = answer.RequireSuccess(reading.Http.Headers).Json();
        var spent = (json.Items("data").Count() * options.DollarsPerPost) + (json.Items("includes", "users").Count() * options.DollarsPerAuthor);
        await reading.Http.SettleAsync(Dollars, lane, spent - reserved, cancellationToken);
        return json;
    }

    /// <summary>A call that brings no posts, and so costs none.</summary>
    internal static async Task<JsonElement> FreeAsync(Reading reading, XOptions options, HttpMethod method, string path, string lane, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, NetworkClient.At(options.ApiUrl, path));
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {options.BearerToken}");
        request.Content = body is null ? null : new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        return (await reading.Http.SendAsync(request, Charge(lane, 0), cancellationToken)).RequireSuccess(reading.Http.Headers).Json();
    }

    /// <summary>The posts of an answer, or the one of a message of the stream.</summary>
    internal static List<NetworkPost> Posts(JsonElement answer, DateTimeOffset now)
    {
        var authors = answer.Items("includes", "users").Where(u => u.Text("id") is not null).DistinctBy(u => u.Text("id")).ToDictionary(
            u => u.Text("id")!,
            u => new Author(u.Text("id"), u.Text("name"), u.Text("username"), u.Text("username") is { } name ? $"https://x.com/{Uri.EscapeDataString(name)}" : null, u.Long("public_metrics", "followers_count")),
            StringComparer.Ordinal);
        var posts = answer.At("data") is { ValueKind: JsonValueKind.Object } one ? [one] : answer.Items("data");
        return [.. posts.Select(p => Post(p, authors, now)).OfType<NetworkPost>()];
    }

    private static NetworkPost? Post(JsonElement post, Dictionary<string, Author> authors, DateTimeOffset now)
    {
        if (post.Text("id") is not { } latest)
        {
            return null;
        }

        // An edited post has a new id; the first of its history stands for all of them.
        var first = post.Items("edit_history_tweet_ids").Concat(post.Items("edit_history_post_ids")).Select(i => i.Text()).FirstOrDefault() ?? latest;
        var author = post.Text("author_id") is { } id ? authors.GetValueOrDefault(id) ?? new Author(id, null) : null;
        var metrics = post.At("public_metrics");
        return new(first, post.Text("note_tweet", "text") ?? post.Text("note_post", "text") ?? post.Text("text") ?? "", post.Time("created_at"))
        {
            Url = $"https://x.com/{author?.Handle ?? "i"}/status/{latest}",
            Author = author,
            Language = post.Text("lang"),
            Parent = post.Items("referenced_tweets").Concat(post.Items("referenced_posts")).Where(r => r.Text("type") == "replied_to").Select(r => r.Text("id")).FirstOrDefault(),
            Root = post.Text("conversation_id") is { } root && root != first ? root : null,
            Engagement = metrics is { } m ? new(now, m.Long("like_count"), (m.Long("retweet_count") ?? m.Long("repost_count") ?? 0) + (m.Long("quote_count") ?? 0), m.Long("reply_count"), m.Long("impression_count")) : null,
        };
    }

    /// <summary>The newer of two ids. They grow with time and are too large for some readers' numbers.</summary>
    internal static string? Newer(string? a, string? b) => a is null ? b : b is null ? a : a.Length != b.Length ? (a.Length > b.Length ? a : b) : string.CompareOrdinal(a, b) >= 0 ? a : b;
}
