using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Mastodon;

/// <summary>Mastodon's streams of hashtags and of the own account's notifications, beside reading: what was missed before is read first, and every quarter of an hour again, as streams lose what happens between two connections. A server that does not stream is only read.</summary>
internal static class MastodonStream
{
    private const int Largest = 500;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Listens until the stream ends, or for a quarter of an hour.</summary>
    /// <param name="read">Reads a page, as when nothing is streamed.</param>
    public static async IAsyncEnumerable<Page> ListenAsync(Reading reading, MastodonOptions options, Func<Reading, Task<Page>> read, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var more = true; more;)
        {
            var page = await read(reading);
            more = page.More;
            reading = reading with { State = page.State ?? reading.State };
            yield return page;
        }

        var opened = Stopwatch.GetTimestamp();
        var events = reading.Http.EventsAsync([.. Urls(options)], new("stream"), Largest, stop, ("Authorization", $"Bearer {options.AccessToken}")).GetAsyncEnumerator(stop);
        await using (events.ConfigureAwait(false))
        {
            while (Stopwatch.GetElapsedTime(opened) < Longest && await NextAsync(events))
            {
                var page = Read(events.Current, options, reading.Now);
                yield return page with { Posts = await MastodonThreads.WithRootsAsync(reading, options, page.Posts, stop) };
            }
        }
    }

    /// <summary>What events say.</summary>
    internal static Page Read(IReadOnlyList<NetworkEvent> events, MastodonOptions options, DateTimeOffset now)
    {
        var host = new Uri(options.Server).Authority;
        var posts = events.Select(e => e.Type switch { "update" or "status.update" => JsonReads.Parsed(e.Data), "notification" => Mention(JsonReads.Parsed(e.Data)), _ => null }).OfType<JsonElement>();
        return new([.. posts.Select(s => MastodonConnector.Post(s, options, now)).OfType<NetworkPost>().Select(p => p with { Engagement = null })], null)
        {
            Removed = [.. events.Where(e => e.Type == "delete").Select(e => new RemovedPost($"{host}/{e.Data.Trim()}", null))],
        };
    }

    // Who likes or shares a status of the account is notified of too, with that status.
    private static JsonElement? Mention(JsonElement? notification) => notification?.Text("type") == "mention" ? notification?.At("status") : null;

    private static IEnumerable<Uri> Urls(MastodonOptions options)
    {
        foreach (var tag in options.Hashtags.Select(t => t.Trim().TrimStart('#')).Where(t => t.Length > 0))
        {
            yield return NetworkClient.At(options.Server, $"/api/v1/streaming/hashtag?tag={Uri.EscapeDataString(tag)}");
        }

        if (options.Mentions)
        {
            yield return NetworkClient.At(options.Server, "/api/v1/streaming/user/notification");
        }
    }

    // A server that refuses to stream may still be read.
    private static async Task<bool> NextAsync(IAsyncEnumerator<IReadOnlyList<NetworkEvent>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (NetworkFailure failure) when (failure.Permanent)
        {
            return false;
        }
    }
}
