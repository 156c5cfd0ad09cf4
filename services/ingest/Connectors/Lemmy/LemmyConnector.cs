using System.Globalization;
using System.Net;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Lemmy;

/// <summary>Lemmy, version 3 of its interface (servers 0.18 and 0.19): all posts and comments of communities, and search over both, newest first. Comments and searches are numbered page by page, posts have cursors from 0.19 on.</summary>
internal sealed class LemmyConnector : IPulled, IRechecked
{
    private const int PageSize = 50;
    private const string Requests = "requests a minute", Searches = "searches in 10 minutes";
    private static readonly Dictionary<string, decimal> NoSearch = new(StringComparer.Ordinal) { [Searches] = 0 };

    public ConnectorCard Card { get; } = new(
        "lemmy",
        "Lemmy",
        "All posts and comments of communities, and a search over both, as one server sees them.",
        "https://join-lemmy.org/docs/contributors/04-api.html",
        typeof(LemmyOptions),
        Ability.Search | Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 20;

    public IReadOnlyList<RateLimit> Limits(Settings settings) => settings.As<LemmyOptions>() is var o
        ? [new(Requests, o.RequestsPerMinute, TimeSpan.FromMinutes(1)), new(Searches, o.SearchesPerTenMinutes, TimeSpan.FromMinutes(10))]
        : [];

    public Uri? Address(Settings settings) => new(settings.As<LemmyOptions>().Server);

    public string NameOf(Settings settings) => settings.As<LemmyOptions>() is var o ? $"{new Uri(o.Server).Host}: {string.Join(", ", o.Communities.Concat(o.Terms))}" : "";

    public void Check(Settings settings)
    {
        if (Lanes(settings.As<LemmyOptions>()).Count == 0)
        {
            throw RuleViolation.Invalid("options.communities", "option_missing", "Give communities or search words.");
        }
    }

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<LemmyOptions>();
        var lanes = Lanes(options);
        return await reading.StateAs<Rounds<Sweep>>().ReadAsync([.. lanes.Keys], async (name, lane) =>
        {
            var number = int.TryParse(lane.Next, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? page : 1;
            var at = lane.Next is null || page > 0 ? $"page={number}" : $"page_cursor={Uri.EscapeDataString(lane.Next)}";
            var cost = name.StartsWith("search", StringComparison.Ordinal) ? new Cost(name) : new Cost(name, NoSearch);
            var answer = await GetAsync(reading, options, $"{lanes[name]}&sort=New&limit={PageSize}&{at}", cost, cancellationToken);
            var views = answer.Items(name.Contains("posts", StringComparison.Ordinal) ? "posts" : "comments").ToList();

            // What is pinned stands on top with its old date. Pages may be short, so that only an empty one is the last.
            var dates = views.Where(v => !v.Flag("post", "featured_community") && !v.Flag("post", "featured_local") || v.At("comment") is not null).Select(v => (v.At("comment") ?? v.At("post"))?.Time("published"));
            var next = views.Count == 0 ? null : answer.Text("next_page") ?? $"{number + 1}";
            var (after, more) = lane.After(dates, next, lane.Floor(TimeSpan.FromMinutes(options.OverlapMinutes), reading.Now.AddDays(-options.HistoryDays)));
            return (LemmyPosts.Page(views, new Uri(options.Server).Authority, reading.Now), after, more);
        }, anew: lane => lane.Anew(), apart: Searches);
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var options = reading.Options<LemmyOptions>();
        var (views, gone) = (new List<JsonElement>(), new List<RemovedPost>());
        foreach (var id in nativeIds)
        {
            var kind = id.Split('/')[^2];
            try
            {
                var answer = await GetAsync(reading, options, $"{kind}?id={id.Split('/')[^1]}", new("recheck", NoSearch), cancellationToken);
                views.Add(answer.At($"{kind}_view") ?? default);
            }
            catch (NetworkFailure failure) when (failure.Code == "http_404")
            {
                gone.Add(new(id, reading.Now));
            }
            catch (NetworkFailure failure) when (failure.OnlyThis)
            {
                // Of what may be seen no more nothing can be said.
            }
        }

        var page = LemmyPosts.Page(views, new Uri(options.Server).Authority, reading.Now);
        return page with { Removed = [.. page.Removed, .. gone] };
    }

    // What is read, and the path that lists it.
    private static Dictionary<string, string> Lanes(LemmyOptions options)
    {
        var lanes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var community in Given(options.Communities))
        {
            lanes[$"posts of {community}"] = $"post/list?type_=All&community_name={Uri.EscapeDataString(community)}";
            lanes[$"comments of {community}"] = $"comment/list?type_=All&community_name={Uri.EscapeDataString(community)}";
        }

        foreach (var term in Given(options.Terms))
        {
            lanes[$"search posts: {term}"] = $"search?type_=Posts&listing_type=All&q={Uri.EscapeDataString(term)}";
            lanes[$"search comments: {term}"] = $"search?type_=Comments&listing_type=All&q={Uri.EscapeDataString(term)}";
        }

        return lanes;
    }

    private static IEnumerable<string> Given(string[] written) => written.Select(w => w.Trim().TrimStart('!')).Where(w => w.Length > 0);

    private static async Task<JsonElement> GetAsync(Reading reading, LemmyOptions options, string path, Cost cost, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, NetworkClient.At(options.Server, $"/api/v3/{path}"));
        if (options.AccessToken.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {options.AccessToken}");
        }

        // Whatever is wrong is a 400 to most versions; the word in the body tells what.
        var answer = await reading.Http.SendAsync(request, cost, cancellationToken);
        return answer.Status is HttpStatusCode.BadRequest ? throw Failure(answer) : answer.RequireSuccess(null).Json();
    }

    private static NetworkFailure Failure(NetworkAnswer answer) => answer.Json().Text("error") switch
    {
        "rate_limit_error" => NetworkFailure.Limited(answer.Url.Host, answer.Wait(null) ?? TimeSpan.FromMinutes(1)),
        "not_logged_in" or "incorrect_login" or "instance_is_private" => NetworkFailure.Refused(answer.Url.Host),
        "couldnt_find_post" or "couldnt_find_comment" or "not_found" => new("http_404", "It is not there any more.", permanent: true),
        "couldnt_find_community" => new("http_404", "This server does not know the community. Check its name, and that somebody on the server follows it.", permanent: true),
        _ => new("http_400", $"{answer.Url.Host} refuses the request. Check the options.", permanent: true),
    };
}
