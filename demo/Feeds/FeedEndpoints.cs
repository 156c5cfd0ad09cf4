using System.Globalization;
using System.Security.Cryptography;

namespace Serm.Demo.Feeds;

/// <summary>The sample sites over HTTP.</summary>
internal static class FeedEndpoints
{
    public static void MapSites(this IEndpointRouteBuilder app, DemoOptions options)
    {
        app.MapGet("/", () => Page(Html.Home()));
        app.MapGet("/feeds/{name}.{extension}", (string name, string extension, HttpContext http, SampleSites sites, TimeProvider clock) =>
            Find(name) is { } feed && feed.Path.EndsWith($".{extension}", StringComparison.Ordinal) ? Feed(feed, http, sites, clock.GetUtcNow(), options.Site) : Results.NotFound());
        app.MapGet("/sites/{name}", (string name, SampleSites sites, TimeProvider clock) =>
            Find(name) is { } feed ? Page(Html.Site(feed, sites.Entries(feed, clock.GetUtcNow()))) : Results.NotFound());
        app.MapGet("/posts/{id}", (string id, SampleSites sites, TimeProvider clock) =>
            sites.Find(id, clock.GetUtcNow()) is var (feed, entry) ? Page(Html.Post(feed, entry)) : Results.NotFound());
    }

    private static SampleFeed? Find(string name) => SampleFeed.All.FirstOrDefault(f => f.Name == name);

    private static IResult Page(string html) => Results.Content(html, "text/html; charset=utf-8");

    private static IResult Feed(SampleFeed feed, HttpContext http, SampleSites sites, DateTimeOffset now, Uri site)
    {
        if (feed.IsDown(now))
        {
            return Results.Text("The site is being repaired. Come back in two minutes.", "text/plain; charset=utf-8", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var entries = sites.Entries(feed, now);
        var body = FeedWriter.Write(feed, entries, site);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body))[..24]}\"";
        var modified = entries.Count == 0 ? DateTimeOffset.UnixEpoch : entries.Max(e => e.Changed);
        http.Response.Headers.ETag = tag;
        http.Response.Headers.LastModified = modified.UtcDateTime.ToString("r", CultureInfo.InvariantCulture);
        return IsKnown(http.Request.Headers, tag, modified) ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Bytes(body, FeedWriter.ContentType(feed));
    }

    // The tag counts when both are sent: a date has whole seconds only.
    private static bool IsKnown(IHeaderDictionary headers, string tag, DateTimeOffset modified) =>
        headers.IfNoneMatch.Count > 0
            ? headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Contains(tag, StringComparer.Ordinal)
            : DateTimeOffset.TryParse(headers.IfModifiedSince, CultureInfo.InvariantCulture, out var since) && modified < since.AddSeconds(1);
}
