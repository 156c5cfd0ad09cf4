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
        var purse = new Purse(reading, options);
        await purse.FillAsync(stop);
        var opened = Stopwatch.GetTimestamp();
        try
        {
            await foreach (var batch in reading.Http.LinesAsync(NetworkClient.At(options.ApiUrl, $"{Path}?{XConnector.Fields}"), XConnector.Charge("stream", 0), Largest, stop, ("Authorization", $"Bearer {options.BearerToken}")))
            {
                var messages = batch.Select(l => JsonReads.Parsed(l.Data)).OfType<JsonElement>().Where(IsOurs).ToList();
                await purse.PayAsync(messages, stop);
                var posts = messages.SelectMany(m => XConnector.Posts(m, reading.Now)).ToList();
                reading = reading with { State = After(reading, options, messages) };
                yield return new(posts, messages.Count == 0 ? null : reading.State);
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

    // Rules of other programs on the same application bring their posts over the same connection. A message without a post is X ending it.
    private static bool IsOurs(JsonElement message)
    {
        if (message.At("data") is null)
        {
            return message.Items("errors").Any() ? throw new NetworkFailure("stream_refused", "X ended the stream. It is opened again.") : false;
        }

        var rules = message.Items("matching_rules").ToList();
        return rules.Count == 0 || rules.Exists(r => r.Text("tag") == XRules.Tag);
    }

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
