using System.Text.Json;

namespace Serm.Ingest.Connectors.Mastodon;

/// <summary>Finds the statuses that began the threads of answers, as Mastodon names only what they answer: by the page, by what was shown before, and for the rest by the context of the status, a few calls a page.</summary>
internal static class MastodonThreads
{
    /// <summary>Calls for one page, so that threads never use up what reading needs.</summary>
    internal const int MostCalls = 10;

    // Without a token a server tells at most 40 statuses above: a longer thread is gone up in steps.
    private const int MostSteps = 3;

    /// <summary>The posts with their roots. Those that cannot be found stay without: reading does not wait for them.</summary>
    public static async Task<IReadOnlyList<NetworkPost>> WithRootsAsync(Reading reading, MastodonOptions options, IReadOnlyList<NetworkPost> posts, CancellationToken stop)
    {
        var answers = posts.Where(p => p.Parent is not null).ToList();
        if (answers.Count == 0)
        {
            return posts;
        }

        var roots = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (id, root) in await reading.RootsOf([.. answers.Select(p => p.Parent!).Distinct(StringComparer.Ordinal)], stop))
        {
            roots[id] = root;
        }

        foreach (var first in posts.Where(p => p.Parent is null))
        {
            roots[first.NativeId] = first.NativeId;
        }

        // What a page answers within itself comes before its answers.
        var left = MostCalls;
        foreach (var answer in answers.OrderBy(p => p.PublishedAt))
        {
            if (!roots.TryGetValue(answer.Parent!, out var root) && left > 0)
            {
                (root, left) = await AskAsync(reading, options, answer.NativeId, roots, left, stop);
                roots[answer.Parent!] = root;
            }

            roots[answer.NativeId] = root;
        }

        return [.. posts.Select(p => p.Parent is null ? p : p with { Root = roots.GetValueOrDefault(p.NativeId) })];
    }

    private static async Task<(string? Root, int Left)> AskAsync(Reading reading, MastodonOptions options, string id, Dictionary<string, string?> roots, int left, CancellationToken stop)
    {
        var host = id[..id.LastIndexOf('/')];
        var seen = new List<string>();
        var at = id;
        for (var step = 0; step < MostSteps && left > 0; step++)
        {
            JsonElement context;
            try
            {
                left--;
                context = (await reading.Http.GetAsync(NetworkClient.At(options.Server, $"/api/v1/statuses/{Uri.EscapeDataString(at[(at.LastIndexOf('/') + 1)..])}/context"), new("threads"), stop, MastodonConnector.Token(options))).Json();
            }
            catch (NetworkFailure failure)
            {
                // A limit holds for the calls that follow too; a status that is gone says nothing of others.
                return (null, failure.HeldBack || failure.Code == NetworkFailure.RateLimited ? 0 : left);
            }

            seen.AddRange(context.Items("ancestors").Concat(context.Items("descendants")).Select(s => s.Text("id")).OfType<string>().Select(i => $"{host}/{i}"));
            if (context.Items("ancestors").FirstOrDefault() is not { ValueKind: JsonValueKind.Object } top || top.Text("id") is not { } first)
            {
                return (null, left);
            }

            at = $"{host}/{first}";
            if (top.Text("in_reply_to_id") is null)
            {
                seen.ForEach(s => roots[s] = at);
                return (at, left);
            }
        }

        return (null, left);
    }
}
