using System.Globalization;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Ingest.Connectors.YouTube;

/// <summary>Searches for new videos. A search costs much, and cuts descriptions: the videos of a page are asked for by themselves, by their ids, so that a kill between the two repeats no search, and a video reads the same whenever it is asked for again.</summary>
internal static class YouTubeSearch
{
    /// <summary>Stands before the ids of videos, as those of comments are of another series.</summary>
    public const string Prefix = "video:";

    // A listing ends near 500 videos, whatever there is: from here on a missing next page is taken for that end.
    private const int MostListed = 450;
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    /// <summary>Reads a page of a search, or the videos that the last one found.</summary>
    public static async Task<(List<NetworkPost>, YouTubeLane)> ReadAsync(Reading reading, YouTubeOptions options, string name, YouTubeLane lane, CancellationToken cancellationToken)
    {
        if (lane.Found.Count > 0)
        {
            return (await VideosAsync(reading, options, lane.Found, name, cancellationToken), lane with { Found = [] });
        }

        var floor = lane.Sweep.Floor(Overlap, reading.Now.AddDays(-options.HistoryDays));
        var answer = await YouTubeConnector.GetAsync(
            reading,
            options,
            $"search?part=snippet&type=video&order=date&maxResults=50&q={Uri.EscapeDataString(name["search: ".Length..])}&publishedAfter={At(floor)}{(lane.Until is { } until ? $"&publishedBefore={At(until)}" : "")}{YouTubeConnector.Next(lane.Sweep.Next)}",
            new(name, YouTubeConnector.OneSearch),
            cancellationToken);
        return ([], After(lane, [.. answer.Items("items")], answer.Text("nextPageToken"), floor));
    }

    /// <summary>Videos by their ids, whole and as they are now; those that are gone are not among them.</summary>
    public static async Task<List<NetworkPost>> VideosAsync(Reading reading, YouTubeOptions options, IReadOnlyList<string> ids, string lane, CancellationToken cancellationToken)
    {
        var answer = await YouTubeConnector.GetAsync(reading, options, $"videos?part=snippet,statistics&id={string.Join(',', ids.Select(Uri.EscapeDataString))}", new(lane, YouTubeConnector.OneUnit), cancellationToken);
        return [.. answer.Items("items").Select(v => Video(v, reading.Now)).OfType<NetworkPost>()];
    }

    private static YouTubeLane After(YouTubeLane lane, List<JsonElement> found, string? next, long floor)
    {
        var dates = found.Select(v => v.Time("snippet", "publishedAt")).ToList();
        var (sweep, more) = lane.Sweep.After(dates, next, floor);
        var after = lane with { Found = [.. found.Select(v => v.Text("id", "videoId")).OfType<string>()] };
        var listed = lane.Listed + found.Count;
        if (more)
        {
            return after with { Sweep = sweep, Listed = listed };
        }

        // All that is listed of one search is read, but not all that there is: go on below the oldest.
        return listed >= MostListed && dates.Min()?.ToUnixTimeSeconds() + 1 is { } below && below > floor && below != lane.Until
            ? after with { Sweep = lane.Sweep with { Top = Math.Max(lane.Sweep.Top, sweep.Since), Next = null }, Listed = 0, Until = below }
            : after with { Sweep = sweep, Listed = 0, Until = null };
    }

    private static string At(long second) => DateTimeOffset.FromUnixTimeSeconds(second).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static NetworkPost? Video(JsonElement video, DateTimeOffset now) => video.Text("id") is not { } id ? null : new(Prefix + id, video.Text("snippet", "description") ?? "", video.Time("snippet", "publishedAt"))
    {
        Title = video.Text("snippet", "title"),
        Url = $"https://www.youtube.com/watch?v={id}",
        Author = video.Text("snippet", "channelTitle") is { } channel ? new Author(video.Text("snippet", "channelId") ?? channel, channel, Url: video.Text("snippet", "channelId") is { } of ? $"https://www.youtube.com/channel/{of}" : null) : null,
        Engagement = new(now, video.Long("statistics", "likeCount"), Replies: video.Long("statistics", "commentCount"), Views: video.Long("statistics", "viewCount")),
    };
}
