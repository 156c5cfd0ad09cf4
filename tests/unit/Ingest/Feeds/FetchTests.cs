using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Unit.Ingest.Feeds;

public sealed class FetchTests : IAsyncLifetime
{
    private const string Feed = "<rss><channel><item><title>ok</title></item></channel></rss>";
    private readonly WebApplication server = Server();
    private ServiceProvider services = null!;
    private Uri root = null!;

    public async ValueTask InitializeAsync()
    {
        server.MapGet("/feed", () => Results.Text(Feed, "application/rss+xml; charset=utf-8"));
        server.MapGet("/conditional", (HttpContext http) =>
        {
            http.Response.Headers.ETag = "W/\"odd, tag\"";
            http.Response.Headers.LastModified = "Tue, 03 Mar 2026 08:15:00 +0000";
            http.Response.Headers.CacheControl = "max-age=120";
            var same = http.Request.Headers.IfNoneMatch == "W/\"odd, tag\"" && http.Request.Headers.IfModifiedSince == "Tue, 03 Mar 2026 08:15:00 +0000";
            return same ? Results.StatusCode(304) : Results.Text(Feed);
        });
        server.MapGet("/fresh", (HttpContext http) =>
        {
            // As WordPress does: both validators are made of the second of the newest post.
            http.Response.Headers.ETag = "\"2026-03-03 08:15:00\"";
            http.Response.Headers.LastModified = "Tue, 03 Mar 2026 08:15:00 GMT";
            http.Response.Headers.Date = $"Tue, 03 Mar 2026 08:15:{http.Request.Query["second"]} GMT";
            return Results.Text(Feed);
        });
        server.MapGet("/moved", () => Results.Redirect("/moved2", permanent: true));
        server.MapGet("/moved2", () => Results.Redirect("/feed", permanent: true, preserveMethod: true));
        server.MapGet("/found", () => Results.Redirect("/moved2"));
        server.MapGet("/loop", () => Results.Redirect("/loop"));
        server.MapGet("/file", () => Results.Redirect("file:///etc/hostname"));
        server.MapGet("/insider", (HttpContext http) => Results.Redirect($"http://user:secret@{http.Request.Host}/feed"));
        server.MapGet("/packed/{codings}", (HttpContext http, string codings) =>
        {
            http.Response.Headers.ContentEncoding = codings;
            return Results.Text(Feed);
        });
        server.MapGet("/slow", async (HttpContext http) =>
        {
            await http.Response.WriteAsync("<rss>");
            await http.Response.Body.FlushAsync();
            await Task.Delay(System.Threading.Timeout.Infinite, http.RequestAborted);
        });
        server.MapGet("/endless", async (HttpContext http) =>
        {
            var chunk = new byte[65_536];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(chunk, http.RequestAborted);
            }
        });
        server.MapGet("/bomb", (HttpContext http) => Packed(http, "gzip", s => new GZipStream(s, CompressionLevel.Fastest), new byte[40_000_000]));
        server.MapGet("/bomb.gz", (HttpContext http) => Packed(http, null, s => new GZipStream(s, CompressionLevel.Fastest), new byte[40_000_000]));
        server.MapGet("/gzip", (HttpContext http) => Packed(http, "gzip", s => new GZipStream(s, CompressionLevel.Fastest), Encoding.UTF8.GetBytes(Feed)));
        server.MapGet("/br", (HttpContext http) => Packed(http, "br", s => new BrotliStream(s, CompressionLevel.Fastest), Encoding.UTF8.GetBytes(Feed)));
        server.MapGet("/deflate", (HttpContext http) => Packed(http, "deflate", s => new ZLibStream(s, CompressionLevel.Fastest), Encoding.UTF8.GetBytes(Feed)));
        server.MapGet("/rawdeflate", (HttpContext http) => Packed(http, "deflate", s => new DeflateStream(s, CompressionLevel.Fastest), Encoding.UTF8.GetBytes(Feed)));
        server.MapGet("/file.gz", (HttpContext http) => Packed(http, null, s => new GZipStream(s, CompressionLevel.Fastest), Encoding.UTF8.GetBytes(Feed)));
        server.MapGet("/liar", (HttpContext http) => Packed(http, "gzip", s => new MemoryPass(s), Encoding.UTF8.GetBytes(Feed)));
        server.MapGet("/garbage", (HttpContext http) => Packed(http, "gzip", s => new MemoryPass(s), [0x1F, 0x8B, 8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
        server.MapGet("/status/{code:int}", (HttpContext http, int code) =>
        {
            http.Response.Headers.RetryAfter = http.Request.Query["wait"];
            return Results.StatusCode(code);
        });
        server.MapGet("/cut", async (HttpContext http) =>
        {
            http.Response.ContentLength = 1_000;
            await http.Response.WriteAsync("<rss>");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        await server.StartAsync();
        root = new Uri(server.Urls.First());
        var collection = new ServiceCollection();
        collection.AddHttpClient(FeedFetcher.ClientName).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services = collection.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await services.DisposeAsync();
    }

    [Theory]
    [InlineData("/feed")]
    [InlineData("/gzip")]
    [InlineData("/br")]
    [InlineData("/deflate")]
    [InlineData("/rawdeflate")]
    [InlineData("/file.gz")]
    [InlineData("/liar")]
    [InlineData("/packed/gzip,gzip,gzip")]
    public async Task Bodies_arrive_whatever_they_are_packed_in(string path)
    {
        var fetched = (await Fetch(path)).ShouldBeOfType<FetchResult.Fetched>();
        Encoding.UTF8.GetString(fetched.Body.Span).ShouldBe(Feed);
        fetched.MovedTo.ShouldBeNull();
    }

    [Fact]
    public async Task What_is_unchanged_is_not_sent_again()
    {
        var first = (await Fetch("/conditional")).ShouldBeOfType<FetchResult.Fetched>();
        first.MaxAge.ShouldBe(TimeSpan.FromMinutes(2));
        (await Fetch("/conditional", first.Validators)).ShouldBeOfType<FetchResult.NotModified>();
    }

    [Theory]
    [InlineData("00", false)]
    [InlineData("01", false)]
    [InlineData("30", true)]
    public async Task What_may_still_change_within_its_second_is_asked_for_again_as_a_whole(string second, bool kept)
    {
        var fetched = (await Fetch($"/fresh?second={second}")).ShouldBeOfType<FetchResult.Fetched>();
        (fetched.Validators.ETag is not null, fetched.Validators.LastModified is not null).ShouldBe((kept, kept));
    }

    [Fact]
    public async Task Only_a_chain_of_permanent_redirects_is_a_move()
    {
        var moved = (await Fetch("/moved")).ShouldBeOfType<FetchResult.Fetched>();
        moved.Url.AbsolutePath.ShouldBe("/feed");
        moved.MovedTo.ShouldBe(moved.Url);
        moved.ContentType.ShouldBe("application/rss+xml; charset=utf-8");
        (await Fetch("/found")).ShouldBeOfType<FetchResult.Fetched>().MovedTo.ShouldBeNull();
    }

    [Theory]
    [InlineData("/loop", "too_many_redirects", true)]
    [InlineData("/file", "bad_redirect", true)]
    [InlineData("/insider", "bad_redirect", true)]
    [InlineData("/endless", "too_large", false)]
    [InlineData("/bomb", "too_large", false)]
    [InlineData("/bomb.gz", "too_large", false)]
    [InlineData("/garbage", "bad_encoding", false)]
    [InlineData("/packed/gzip,gzip,gzip,gzip", "bad_encoding", false)]
    [InlineData("/cut", "cut_off", false)]
    [InlineData("/status/404", "http_404", true)]
    [InlineData("/status/401", "http_401", true)]
    [InlineData("/status/403", "http_403", true)]
    [InlineData("/status/410", "gone", true)]
    [InlineData("/status/503", "http_503", false)]
    [InlineData("/status/429", "rate_limited", false)]
    [InlineData("/status/204", "http_204", false)]
    public async Task Every_failure_has_its_code(string path, string code, bool permanent)
    {
        var failed = (await Fetch(path)).ShouldBeOfType<FetchResult.Failed>();
        failed.Code.ShouldBe(code);
        failed.Permanent.ShouldBe(permanent);
        failed.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_body_that_never_ends_in_time_is_given_up()
    {
        var fetcher = new FeedFetcher(services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System) { Timeout = TimeSpan.FromMilliseconds(200) };
        (await fetcher.FetchAsync(new(root, "/slow"), null, TestContext.Current.CancellationToken)).ShouldBeOfType<FetchResult.Failed>().Code.ShouldBe("timeout");
    }

    [Fact]
    public async Task Stopping_is_not_a_failure_of_the_source()
    {
        using var stop = new CancellationTokenSource();
        var fetch = new FeedFetcher(services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System).FetchAsync(new(root, "/slow"), null, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(fetch);
    }

    [Fact]
    public async Task The_wait_that_a_server_asks_for_is_kept_within_a_day()
    {
        (await Fetch("/status/429?wait=90")).ShouldBeOfType<FetchResult.Failed>().RetryAfter.ShouldBe(TimeSpan.FromSeconds(90));
        (await Fetch("/status/503?wait=99999999")).ShouldBeOfType<FetchResult.Failed>().RetryAfter.ShouldBe(TimeSpan.FromDays(1));
        (await Fetch("/status/503?wait=Tue,%2003%20Mar%202020%2008:15:00%20GMT")).ShouldBeOfType<FetchResult.Failed>().RetryAfter.ShouldBe(TimeSpan.Zero);
        (await Fetch("/status/503?wait=nonsense")).ShouldBeOfType<FetchResult.Failed>().RetryAfter.ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_listening_is_unreachable()
    {
        await server.StopAsync(TestContext.Current.CancellationToken);
        (await Fetch("/feed")).ShouldBeOfType<FetchResult.Failed>().Code.ShouldBe("unreachable");
    }

    private Task<FetchResult> Fetch(string path, FetchValidators? known = null) =>
        new FeedFetcher(services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System).FetchAsync(new(root, path), known, TestContext.Current.CancellationToken);

    private static WebApplication Server()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        return builder.Build();
    }

    private static async Task Packed(HttpContext http, string? coding, Func<Stream, Stream> pack, byte[] body)
    {
        using var packed = new MemoryStream();
        await using (var stream = pack(packed))
        {
            await stream.WriteAsync(body);
        }

        http.Response.Headers.ContentEncoding = coding;
        await http.Response.Body.WriteAsync(packed.ToArray());
    }

    private sealed class MemoryPass(Stream inner) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            inner.Write(ToArray());
            base.Dispose(disposing);
        }
    }
}
