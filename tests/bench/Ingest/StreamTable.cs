using System.Diagnostics;
using System.Text.Json;
using Serm.Ingest.Queries.Matching;

namespace Serm.Bench;

/// <summary>A stream of posts as Jetstream sends them (one JSON object each), 5,000 a second, decoded and matched against 1,000 queries by one thread.</summary>
internal static class StreamTable
{
    private const int PostsPerSecond = 5_000;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var index = QueryIndex.Build([.. Enumerable.Range(0, 1_000).Select(i => new IndexedQuery(QueryLoad.Root(QueryLoad.Query(i)), []))]);
        var frames = Array.ConvertAll(QueryLoad.Posts(5_000, 1_000), Frame);
        var (late, hits, sent) = (TimeSpan.Zero, 0L, 0);
        List<int> matched = [];
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var due = TimeSpan.FromSeconds(sent / (double)PostsPerSecond);
            if (watch.Elapsed < due)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
                continue;
            }

            using var frame = JsonDocument.Parse(frames[sent % frames.Length]);
            var commit = frame.RootElement.GetProperty("commit");
            var record = commit.GetProperty("record");
            matched.Clear();
            index.Match(new(null, record.GetProperty("text").GetString()!, record.GetProperty("langs")[0].GetString()!, null, frame.RootElement.GetProperty("did").GetString()), matched);
            hits += matched.Count;
            sent++;
            late = TimeSpan.FromTicks(Math.Max(late.Ticks, (watch.Elapsed - due).Ticks));
        }

        var share = 100 * (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds / watch.Elapsed.TotalSeconds;
        var behind = (Length.TotalSeconds * PostsPerSecond) - sent;
        context.Report(Figure.AtMost(
            $"stream: CPU share of one core at {PostsPerSecond:#,0} posts a second and 1,000 queries",
            share,
            100,
            "%",
            $"{(behind < PostsPerSecond / 10.0 ? "kept up" : $"fell {behind:#,0} posts behind")}, {hits:#,0} matches, latest by {late.TotalMilliseconds:0} ms"));
    }

    private static byte[] Frame(PostText post) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        did = "did:plc:abcdefghijklmnopqrstuvwx",
        time_us = 1_767_225_600_000_000L,
        kind = "commit",
        commit = new { rev = "3l", operation = "create", collection = "app.bsky.feed.post", rkey = "3l", cid = "bafy", record = new { text = post.Text, langs = new[] { post.Language }, createdAt = "2026-01-01T00:00:00Z" } },
    });
}
