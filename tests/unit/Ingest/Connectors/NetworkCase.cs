using System.Globalization;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.AppReviews;
using Serm.Ingest.Connectors.Bluesky;
using Serm.Ingest.Connectors.Cackle;
using Serm.Ingest.Connectors.Discourse;
using Serm.Ingest.Connectors.Disqus;
using Serm.Ingest.Connectors.HackerNews;
using Serm.Ingest.Connectors.HyperComments;
using Serm.Ingest.Connectors.Lemmy;
using Serm.Ingest.Connectors.Mastodon;
using Serm.Ingest.Connectors.Meta;
using Serm.Ingest.Connectors.NodeBB;
using Serm.Ingest.Connectors.Odnoklassniki;
using Serm.Ingest.Connectors.Reddit;
using Serm.Ingest.Connectors.StackExchange;
using Serm.Ingest.Connectors.Telegram;
using Serm.Ingest.Connectors.VKontakte;
using Serm.Ingest.Connectors.WordPress;
using Serm.Ingest.Connectors.X;
using Serm.Ingest.Connectors.YouTube;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What the kit must know of a connector to put it through the laws.</summary>
/// <param name="Name">Shown in the test; the kind, with what is read of it.</param>
/// <param name="Kind">The connector's kind.</param>
/// <param name="Network">The simulator's name of the network.</param>
/// <param name="Options">Options of the connector, pointed at the simulator.</param>
/// <param name="Id">The connector's id of a simulated post.</param>
/// <param name="Replies">Answers are read, and know what they answer.</param>
internal sealed record NetworkCase(string Name, string Kind, string Network, Func<Simulation, object> Options, Func<Simulation, SimPost, string> Id, bool Replies = true)
{
    /// <summary>Edits are noticed by reading and asking again, without the network's calls.</summary>
    public bool Edits { get; init; } = true;

    /// <summary>Deletions are noticed by reading and asking again, without the network's calls.</summary>
    public bool Deletes { get; init; } = true;

    /// <summary>Answers do not say what they answer.</summary>
    public bool Unlinked { get; init; }

    /// <summary>All answers of a thread answer its beginning.</summary>
    public bool Flat { get; init; }

    /// <summary>The connector's id of what began a simulated post's thread, where that is no post of the reading; null for the thread's first post.</summary>
    public Func<Simulation, SimPost, string>? Root { get; init; }

    /// <summary>How expired credentials are told: as refused, unless Serm gets new ones by itself.</summary>
    public string Expiry { get; init; } = NetworkFailure.TokenRefused;

    /// <summary>The network does not say who wrote.</summary>
    public bool Anonymous { get; init; }

    /// <summary>It is listened to.</summary>
    public bool Stream { get; init; }

    /// <summary>It cannot be asked: it only calls.</summary>
    public bool Calls { get; init; }

    /// <summary>The network's own words for a call: what happened and to which post, to a signed call.</summary>
    public Func<Stage, Change, SimPost, long, HookCall>? Hook { get; init; }

    /// <summary>The test runner's way to name it.</summary>
    public override string ToString() => Name;

    /// <summary>One a connector and way of reading. A new connector adds its line here, and a network to the simulator.</summary>
    public static readonly IReadOnlyList<NetworkCase> All =
    [
        new("vk walls", "vk", "vk", s => new VkOptions { ApiUrl = s.Url("vk"), AccessToken = s["vk"].Token, Replies = true, Communities = ["1"], FollowedPosts = 100, Confirmation = "c0nf1rm", CallbackSecret = "hook-secret" }, (_, p) => VkId(p)) { Hook = Hooks.VKontakte },
        new("vk discussions", "vk", "vk", s => new VkOptions { ApiUrl = s.Url("vk"), AccessToken = s["vk"].Token, Replies = true, Discussions = ["1"], FollowedPosts = 100, Confirmation = "c0nf1rm", CallbackSecret = "hook-secret" }, (_, p) => $"-1_topic{p.Root.Id}_{p.Id}") { Hook = Hooks.VKontakteUnder("board"), Unlinked = true, Root = (_, p) => $"-1_topic{p.Root.Id}" },
        new("vk search", "vk", "vk", s => new VkOptions { ApiUrl = s.Url("vk"), AccessToken = s["vk"].Token, Terms = ["acme"] }, (_, p) => VkId(p), Replies: false),
        VkCalls("photo"),
        VkCalls("video"),
        VkCalls("market"),
        new("mastodon tag", "mastodon", "mastodon", s => new MastodonOptions { Server = s.Url("mastodon"), AccessToken = s["mastodon"].Token, Hashtags = ["acme"], Replies = true }, MastodonId),
        new("mastodon search", "mastodon", "mastodon", s => new MastodonOptions { Server = s.Url("mastodon"), AccessToken = s["mastodon"].Token, Terms = ["acme"] }, MastodonId),
        new("mastodon stream", "mastodon", "mastodon", s => new MastodonOptions { Server = s.Url("mastodon"), AccessToken = s["mastodon"].Token, Hashtags = ["acme"], Listen = true }, MastodonId) { Stream = true },
        new("mastodon mentions", "mastodon", "mastodon", s => new MastodonOptions { Server = s.Url("mastodon"), AccessToken = s["mastodon"].Token, Mentions = true, Replies = true }, MastodonId),
        new("mastodon mentions stream", "mastodon", "mastodon", s => new MastodonOptions { Server = s.Url("mastodon"), AccessToken = s["mastodon"].Token, Mentions = true, Listen = true }, MastodonId) { Stream = true },
        new("telegram held open", "telegram", "telegram", s => new TelegramOptions { ApiUrl = s.Url("telegram"), BotToken = $"1:{s["telegram"].Token}" }, (_, p) => $"-1001234567890/{p.Id}") { Deletes = false },
        new("telegram called", "telegram", "telegram", s => new TelegramOptions { Mode = "called", BotToken = $"1:{s["telegram"].Token}", WebhookSecret = "hook-secret" }, (_, p) => $"-1001234567890/{p.Id}") { Calls = true, Deletes = false, Hook = Hooks.Telegram },
        new("telegram", "telegram", "telegram", s => new TelegramOptions { ApiUrl = s.Url("telegram"), BotToken = $"1:{s["telegram"].Token}", Replies = true, WaitSeconds = 0, WebhookSecret = "hook-secret" }, (_, p) => $"-1001234567890/{p.Id}") { Deletes = false, Hook = Hooks.Telegram },
        new("bluesky search", "bluesky", "bluesky", s => Bluesky(s, "search", "v1"), (_, p) => Serm.Simulator.Networks.Bluesky.Uri(p)) { Edits = false },
        new("bluesky stream v1", "bluesky", "bluesky", s => Bluesky(s, "stream", "v1"), (_, p) => Serm.Simulator.Networks.Bluesky.Uri(p)) { Edits = false, Stream = true },
        new("bluesky stream v2", "bluesky", "bluesky", s => Bluesky(s, "stream", "v2"), (_, p) => Serm.Simulator.Networks.Bluesky.Uri(p)) { Edits = false, Stream = true },
        new("hacker news", "hackernews", "hackernews", s => new HackerNewsOptions { SearchUrl = s.Url("hackernews"), ItemsUrl = s.Url("hackernews"), Terms = ["acme"] }, (_, p) => p.Id.ToString(CultureInfo.InvariantCulture)),
        new("reddit", "reddit", "reddit", s => new RedditOptions { ApiUrl = s.Url("reddit"), TokenUrl = s.Url("reddit"), ClientId = "client", ClientSecret = s["reddit"].Token, Subreddits = ["acme"] }, (_, p) => Serm.Simulator.Networks.Reddit.FullName(p)) { Expiry = "session_ended" },
        new("reddit search", "reddit", "reddit", s => new RedditOptions { ApiUrl = s.Url("reddit"), TokenUrl = s.Url("reddit"), ClientId = "client", ClientSecret = s["reddit"].Token, Terms = ["acme"] }, (_, p) => Serm.Simulator.Networks.Reddit.FullName(p), Replies: false) { Expiry = "session_ended" },
        new("lemmy communities", "lemmy", "lemmy", s => new LemmyOptions { Server = s.Url("lemmy"), AccessToken = s["lemmy"].Token, Communities = ["acme"] }, LemmyId),
        new("lemmy search", "lemmy", "lemmy", s => new LemmyOptions { Server = s.Url("lemmy"), AccessToken = s["lemmy"].Token, Terms = ["acme"], SearchesPerTenMinutes = 600 }, LemmyId),
        new("odnoklassniki", "ok", "ok", s => new OkOptions { ApiUrl = s.Url("ok"), ApplicationKey = "CBA", ApplicationSecret = Serm.Simulator.Networks.Odnoklassniki.Secret, AccessToken = s["ok"].Token, Groups = [Serm.Simulator.Networks.Odnoklassniki.Group], FollowedTopics = 100 }, (_, p) => Serm.Simulator.Networks.Odnoklassniki.Id(p)),
        new("facebook", "facebook", "facebook", s => new FacebookOptions { ApiUrl = s.Url("facebook"), AccessToken = s["facebook"].Token, AppId = Serm.Simulator.Networks.Graph.App, AppSecret = Serm.Simulator.Networks.Graph.Secret, VerifyToken = "words", Page = Serm.Simulator.Networks.Facebook.PageId, FollowedPosts = 100 }, (_, p) => Serm.Simulator.Networks.Facebook.Id(p)) { Hook = Hooks.Facebook },
        new("instagram", "instagram", "instagram", s => Instagram(s), (_, p) => Serm.Simulator.Networks.Instagram.Id(p)),
        new("instagram hashtag", "instagram", "instagram", s => Instagram(s, "acme"), (_, p) => $"media:{Serm.Simulator.Networks.Instagram.Raw(p)}", Replies: false) { Anonymous = true, Edits = false, Deletes = false },
        new("discourse", "discourse", "discourse", s => new DiscourseOptions { Url = s.Url("discourse"), WebhookSecret = "hook-secret" }, DiscourseId) { Hook = Hooks.Discourse, Expiry = NetworkFailure.NotAllowed },
        new("discourse with a key", "discourse", "discourse", s => new DiscourseOptions { Url = s.Url("discourse"), ApiKey = s["discourse"].Token, ApiUsername = Serm.Simulator.Networks.Discourse.User, Replies = true }, DiscourseId),
        new("x search", "x", "x", s => new XOptions { ApiUrl = s.Url("x"), BearerToken = s["x"].Token, Queries = ["acme"], HistoryDays = 1, PageSize = 10 }, (_, p) => Serm.Simulator.Networks.X.Id(p)),
        new("x mentions", "x", "x", s => new XOptions { ApiUrl = s.Url("x"), BearerToken = s["x"].Token, Accounts = ["1"], HistoryDays = 1, PageSize = 10 }, (_, p) => Serm.Simulator.Networks.X.Id(p)),
        new("x stream", "x", "x", s => new XOptions { ApiUrl = s.Url("x"), BearerToken = s["x"].Token, Queries = ["acme"], HistoryDays = 1, PageSize = 10, Mode = "stream", Deletions = "jobs", DollarsPerMonth = 1_000 }, (_, p) => Serm.Simulator.Networks.X.Id(p)) { Stream = true, Edits = false },
        new("youtube", "youtube", "youtube", s => new YouTubeOptions { ApiUrl = s.Url("youtube"), ApiKey = s["youtube"].Token, Channels = ["UCacme"] }, (_, p) => Serm.Simulator.Networks.YouTube.Id(p)) { Flat = true },
        new("youtube search", "youtube", "youtube", YouTubeSearch, (_, p) => $"video:{Serm.Simulator.Networks.YouTube.VideoId(p)}", Replies: false),
        new("wordpress", "wordpress", "wordpress", s => new WordPressOptions { Url = s.Url("wordpress") }, (s, p) => $"{s.Address.Authority}/comment-{p.Id}") { Root = (s, _) => $"{s.Address.Authority}/post-5" },
        new("nodebb", "nodebb", "nodebb", s => new NodeBBOptions { Url = s.Url("nodebb"), Token = s["nodebb"].Token }, (s, p) => $"{s.Address.Authority}/post-{p.Id}"),
        new("disqus", "disqus", "disqus", s => new DisqusOptions { ApiUrl = s.Url("disqus"), ApiKey = s["disqus"].Token, Forums = ["acme"] }, (_, p) => p.Id.ToString(CultureInfo.InvariantCulture)) { Root = (_, _) => "thread-77" },
        new("cackle", "cackle", "cackle", s => new CackleOptions { ApiUrl = s.Url("cackle"), SiteId = 5, SiteApiKey = s["cackle"].Token, AccountApiKey = s["cackle"].Token }, (_, p) => p.Id.ToString(CultureInfo.InvariantCulture)) { Root = (_, _) => "page-9" },
        new("stack exchange", "stackexchange", "stackexchange", s => new StackExchangeOptions { ApiUrl = s.Url("stackexchange"), Key = s["stackexchange"].Token, Terms = ["acme"], RequestsPerDay = 10_000 }, (_, p) => StackExchangeId(p)),
        new("app reviews", "appreviews", "appreviews", s => new AppReviewsOptions { FeedUrl = s.Url("appreviews"), Apps = ["1"] }, (_, p) => p.Id.ToString(CultureInfo.InvariantCulture), Replies: false) { Deletes = false },
        new("hypercomments", "hypercomments", "hypercomments", _ => new HyperCommentsOptions { SecretKey = "hook-secret" }, (_, p) => p.Id.ToString(CultureInfo.InvariantCulture)) { Calls = true, Hook = Hooks.HyperComments, Root = (_, _) => "page-page-1" },
    ];

    /// <summary>Those that are asked, and neither listened to nor called by: what can go wrong with an answer goes wrong with these.</summary>
    public static TheoryData<string> Asked => [.. All.Where(c => c is { Stream: false, Calls: false }).Select(c => c.Name)];

    /// <summary>For theories.</summary>
    public static TheoryData<string> Names => [.. All.Select(c => c.Name)];

    /// <summary>Those whose posts can be answered.</summary>
    public static TheoryData<string> Answerable => ["vk walls", "vk discussions", "mastodon tag", "mastodon mentions", "telegram", "discourse with a key"];

    /// <summary>By name.</summary>
    public static NetworkCase Of(string name) => All.Single(c => c.Name == name);

    private static BlueskyOptions Bluesky(Simulation simulation, string mode, string protocol) => new()
    {
        Service = simulation.Url("bluesky"), Jetstream = simulation.Url("bluesky"), Mode = mode, Protocol = protocol, Terms = ["acme"], Handle = "acme.test", AppPassword = simulation["bluesky"].Token,
    };

    private static string DiscourseId(Simulation simulation, SimPost post) =>
        $"{simulation.Address.Authority}/t/{post.Root.Id}/{Serm.Simulator.Networks.Discourse.Number(simulation["discourse"], post)}";

    private static InstagramOptions Instagram(Simulation simulation, params string[] hashtags) => new()
    {
        ApiUrl = simulation.Url("instagram"), AccessToken = simulation["instagram"].Token, AppId = Serm.Simulator.Networks.Graph.App, AppSecret = Serm.Simulator.Networks.Graph.Secret, Account = Serm.Simulator.Networks.Instagram.Account, FollowedPosts = 100, Hashtags = hashtags, Own = hashtags.Length == 0,
    };

    private static string LemmyId(Simulation simulation, SimPost post) => $"{simulation.Address.Authority}/{Serm.Simulator.Networks.Lemmy.Id(post)}";

    private static string StackExchangeId(SimPost post) => $"stackoverflow/{(post.Parent is null ? "question" : post.Parent.Parent is null ? "answer" : "comment")}-{post.Id}";

    // What YouTube allows beyond 100 searches a day it does to projects that ask for it.
    private static YouTubeOptions YouTubeSearch(Simulation simulation)
    {
        simulation["youtube"].Allowed = 10_000;
        return new() { ApiUrl = simulation.Url("youtube"), ApiKey = simulation["youtube"].Token, Terms = ["acme"], SearchesPerDay = 10_000 };
    }

    private static NetworkCase VkCalls(string thing) => new($"vk comments under a {thing}", "vk", "vk", _ => new VkOptions { Confirmation = "c0nf1rm", CallbackSecret = "hook-secret" }, (_, p) => $"-1_{thing}9_{p.Id}")
    {
        Calls = true, Hook = Hooks.VKontakteUnder(thing), Root = (_, _) => $"-1_{thing}9",
    };

    private static string VkId(SimPost post) => post.Parent is null ? $"-1_{post.Id}" : $"-1_{post.Root.Id}_r{post.Id}";

    private static string MastodonId(Simulation simulation, SimPost post) => $"{simulation.Address.Authority}/{Serm.Simulator.Networks.Mastodon.Id(post).ToString(CultureInfo.InvariantCulture)}";
}
