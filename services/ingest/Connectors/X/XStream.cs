using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Serm.Ingest.Connectors.X;

/// <summary>X's filtered stream: what the searches find within seconds, over the one connection that X allows an application. What was missed before is read first, and every quarter of an hour again, with the mentions of accounts, which have no rule.</summary>
internal static class XStream
{
    private const int Largest = 200;
    private const string Path = "/2/tweets/search/stream";
    private const string ConnectionTaken = "stream_taken";

    // A post may be handed out somewhat later than one with a greater id: reading goes on so far before the newest.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>Listens until the stream ends, or for a quarter of an hour.</summary>
    /// <param name="read">Reads a page, as when nothing is streamed.</param>
    public static async IAsyncEnumerable<Page> ListenAsync(Reading reading, XOptions options, Func<Reading, Task<Page>> read, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var more = true; more;)
        {
            var page = await read(reading);
            more = page.More;
            reading = reading with { State = page.State ?? reading.State };
            yield return page;
        }

        if (XConnector.Queries(options) is not { Count: > 0 } queries)
        {
            yield break;
        }

        await XRules.KeepAsync(reading, options, queries, stop);
        var tag = XRules.TagOf(reading.Source);
        var purse = new Purse(reading, options);
        await purse.FillAsync(stop);
        var opened = Stopwatch.GetTimestamp();
        try
        {
            await foreach (var batch in OpenAsync(reading, options, stop))
            {
                var messages = batch.Select(l => JsonReads.Parsed(l.Data)).OfType<JsonElement>().Where(IsPost).ToList();
                await purse.PayAsync(messages, stop);
                var ours = messages.Where(m => IsOurs(m, tag)).ToList();
                var posts = ours.SelectMany(m => XConnector.Posts(m, reading.Now)).ToList();
                reading = reading with { State = After(reading, options, ours) };
                yield return new(posts, ours.Count == 0 ? null : reading.State);
                if (Stopwatch.GetElapsedTime(opened) > Longest)
                {
                    break;
                }
            }
        }
        finally
        {
            await purse.CloseAsync(CancellationToken.None);
        }
    }

    // Who does not get the connection takes its rules back: their posts would be charged, and go to whoever has it.
    private static async IAsyncEnumerable<IReadOnlyList<NetworkEvent>> OpenAsync(Reading reading, XOptions options, [EnumeratorCancellation] CancellationToken stop)
    {
        var lines = reading.Http.LinesAsync(NetworkClient.At(options.ApiUrl, $"{Path}?{XConnector.Fields}"), XConnector.Charge("stream", 0), Largest, Taken, stop, ("Authorization", $"Bearer {options.BearerToken}")).GetAsyncEnumerator(stop);
        await using (lines)
        {
            while (await NextAsync())
            {
                yield return lines.Current;
            }
        }

        async Task<bool> NextAsync()
        {
            try
            {
                return await lines.MoveNextAsync();
            }
            catch (NetworkFailure e) when (e.Code == ConnectionTaken)
            {
                await XRules.KeepAsync(reading, options, [], stop);
                throw;
            }
        }
    }

    private static NetworkFailure? Taken(NetworkAnswer answer) => JsonReads.Parsed(answer.Text()) is { } body && (body.Text("connection_issue") == "TooManyConnections" || body.Text("type")?.EndsWith("/streaming-connection", StringComparison.Ordinal) == true)
        ? new(ConnectionTaken, "Another source or program holds the one stream that X allows this application. Put the searches of both into one source, let this one search instead of listening, or give it an application of its own.", retryAfter: Longest)
        : null;

    // A message without a post is X ending the stream.
    private static bool IsPost(JsonElement message) =>
        message.At("data") is not null || (message.Items("errors").Any() ? throw new NetworkFailure("stream_refused", "X ended the stream. It is opened again.") : false);

    // Rules of others on the same application bring their posts over the same connection, and they cost as much.
    private static bool IsOurs(JsonElement message, string tag) => message.Items("matching_rules").ToList() is var rules && (rules.Count == 0 || rules.Exists(r => r.Text("tag") == tag));

    // Ids hold the moment in milliseconds above 22 bits. Reading goes on a little before the newest that came.
    private static string? After(Reading reading, XOptions options, List<JsonElement> messages)
    {
        var newest = messages.Select(m => m.Long("data", "id") ?? 0).DefaultIfEmpty().Max() - ((long)Overlap.TotalMilliseconds << 22);
        if (newest <= 0)
        {
            return reading.State;
        }

        var rounds = reading.StateAs<Rounds<XLane>>();
        var lanes = XConnector.Queries(options).ToDictionary(
            q => q,
            q => rounds.Lanes.GetValueOrDefault(q) is { } lane ? lane with { SinceId = XConnector.Newer(lane.SinceId, newest.ToString(CultureInfo.InvariantCulture)) } : new XLane { SinceId = newest.ToString(CultureInfo.InvariantCulture) },
            StringComparer.Ordinal);
        return Reading.Write(rounds with { Lanes = new(rounds.Lanes.Where(l => !lanes.ContainsKey(l.Key)).Concat(lanes), StringComparer.Ordinal) });
    }

    // Money for a page of posts is set aside at a time: a stream stops as soon as the next page would go beyond the budget.
    private sealed class Purse(Reading reading, XOptions options)
    {
        private readonly decimal page = options.PageSize * (options.DollarsPerPost + options.DollarsPerAuthor);
        private decimal left;

        public async Task FillAsync(CancellationToken stop)
        {
            await reading.Http.TakeAsync(XConnector.Charge("stream", page, requests: 0), stop);
            left += page;
        }

        public async Task PayAsync(List<JsonElement> messages, CancellationToken stop)
        {
            left -= (messages.Count * options.DollarsPerPost) + (messages.Sum(m => m.Items("includes", "users").Count()) * options.DollarsPerAuthor);
            while (left < 0)
            {
                await FillAsync(stop);
            }
        }

        public Task CloseAsync(CancellationToken stop) => reading.Http.SettleAsync(XConnector.Dollars, "stream", -left, stop);
    }
}
