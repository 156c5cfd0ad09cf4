using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Serm.Ingest.Connectors.X;

/// <summary>X's batch compliance jobs: ids go up, and what has become of them comes down. They cost no posts, but tell neither edits nor reactions.</summary>
internal static class XCompliance
{
    private const string Path = "/2/compliance/jobs";
    private const int Looks = 12;

    /// <summary>Those of the posts that are gone. Waits for the job, for about a minute.</summary>
    public static async Task<IReadOnlyList<RemovedPost>> GoneAsync(Reading reading, XOptions options, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var job = await XConnector.FreeAsync(reading, options, HttpMethod.Post, Path, "compliance", new { type = "tweets" }, cancellationToken);
        if (job.Text("data", "id") is not { } id || Address(job.Text("data", "upload_url")) is not { } upload || Address(job.Text("data", "download_url")) is not { } download)
        {
            throw NetworkFailure.Unreadable(new Uri(options.ApiUrl).Host);
        }

        using (var sending = new HttpRequestMessage(HttpMethod.Put, upload) { Content = new StringContent(string.Join('\n', ids), Encoding.UTF8) })
        {
            // The address is signed for this very type.
            sending.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            (await reading.Http.SendAsync(sending, XConnector.Charge("compliance", 0), cancellationToken)).RequireSuccess(null);
        }

        for (var look = 0; look < Looks; look++)
        {
            var status = (await XConnector.FreeAsync(reading, options, HttpMethod.Get, $"{Path}/{Uri.EscapeDataString(id)}", "compliance", null, cancellationToken)).Text("data", "status");
            switch (status)
            {
                case "complete":
                    return Gone((await reading.Http.GetAsync(download, XConnector.Charge("compliance", 0), cancellationToken)).Text());
                case "failed" or "expired":
                    throw new NetworkFailure("compliance_failed", "X could not say which posts are gone. It is asked again.");
                default:
                    await reading.Http.PauseAsync(TimeSpan.FromSeconds(5), cancellationToken);
                    break;
            }
        }

        throw new NetworkFailure("compliance_slow", "X takes long to say which posts are gone. It is asked again.", retryAfter: TimeSpan.FromMinutes(5));
    }

    // One a line; those that are as they were are not in it. A protected account, or a place that was taken off, is no deletion.
    private static List<RemovedPost> Gone(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(JsonReads.Parsed).OfType<JsonElement>()
            .Select(e => (Id: e.Text("id"), At: e.Time("redacted_at"), Reason: e.Text("reason") switch { "deleted" or "deactivated" => RemovedPost.Deleted, "suspended" => RemovedPost.Moderated, _ => null }))
            .Where(e => e is { Id: not null, Reason: not null })
            .Select(e => new RemovedPost(e.Id!, e.At, e.Reason!))];

    private static Uri? Address(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address : null;
}
