using Serm.Simulator;

namespace Serm.Demo.Networks;

/// <summary>A network that the simulator plays, and the source that reads it.</summary>
/// <param name="Name">As the simulator calls it, and the kind of its source.</param>
/// <param name="Title">As people call the source.</param>
/// <param name="ReadEverySeconds">The pace of the source: where the network has a quota, slow enough for a day.</param>
/// <param name="Place">Where the posts stand. Its addresses lead nowhere: numbers and handles that the real networks do not give.</param>
/// <param name="Options">The source's options, given the network's address.</param>
/// <param name="Credentials">The source's credentials; null for none.</param>
internal sealed record SampleNetwork(string Name, string Title, int ReadEverySeconds, SimPlace Place, Func<string, object> Options, object? Credentials)
{
    /// <summary>The secret that all of them accept.</summary>
    public const string Token = "of-the-sample-workspace";

    private const int HistoryDays = 15;

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<SampleNetwork> All =
    [
        new("vk", "VKontakte: Парвельта", 10, new(2_000_000_301, "Парвельта", "парвельта_"), url => new { apiUrl = url, communities = new[] { "2000000301" }, followedPosts = 100, replies = true, historyDays = HistoryDays }, new { accessToken = Token }),
        new("telegram", "Telegram: Чат нашего дома", 5, new(-1_009_000_000_301, "Чат нашего дома", null), url => new { apiUrl = url, waitSeconds = 0, replies = true }, new { botToken = $"1:{Token}" }),
        new("mastodon", "Mastodon: #parvelta", 10, new(0, "", null), url => new { server = url, hashtags = new[] { "parvelta" }, historyDays = HistoryDays, replies = true }, new { accessToken = Token }),
        new("bluesky", "Bluesky", 10, new(0, "", null), url => new { mode = "search", service = url, handle = "parvelta.test", terms = new[] { "parvelta" }, historyDays = HistoryDays }, new { appPassword = Token }),
        new("youtube", "YouTube: comments", 60, new(0, "Parvelta", "parvelta-unpacked"), url => new { apiUrl = url, channels = new[] { "UCparvelta" }, historyDays = HistoryDays }, new { apiKey = Token }),
        new("hackernews", "Hacker News", 20, new(0, "", null), url => new { searchUrl = url, itemsUrl = url, terms = new[] { "parvelta" }, historyDays = HistoryDays }, null),
        new("discourse", "Makers' Forum (Discourse)", 10, new(0, "Makers' Forum", null), url => new { url, historyDays = HistoryDays }, null),
    ];

    /// <summary>Added to the numbers of posts where the real network counts too: nobody's post has these.</summary>
    public long FirstId => Name == "hackernews" ? 9_000_000_000 : 0;

    /// <summary>Address of the network.</summary>
    public string Url(DemoOptions options) => $"http://127.0.0.1:{options.NetworksPort}/{Name}";
}
