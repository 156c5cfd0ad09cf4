using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serm.Ingest.Connectors.Feed;

/// <summary><c>read-feed FILE|URL...</c>: prints what the reader makes of a feed as JSON (of several, one line each). Exit code 0; 1 with a message on the error output when one cannot be read; 2 for a wrong call.</summary>
internal static class ReadFeedCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly JsonSerializerOptions Lines = new(Json) { WriteIndented = false };

    /// <summary>Runs the command.</summary>
    /// <param name="args">All arguments, the command's name first.</param>
    /// <param name="output">Where the JSON goes.</param>
    /// <param name="errors">Where messages go.</param>
    /// <param name="stop">Gives up.</param>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken stop)
    {
        if (args.Length < 2 || args.Contains(""))
        {
            await errors.WriteLineAsync("usage: read-feed FILE|URL...");
            return 2;
        }

        var failed = false;
        foreach (var place in args[1..])
        {
            var reading = Uri.TryCreate(place, UriKind.Absolute, out var url) && FeedLinks.IsWeb(url) ? await FromUrlAsync(url, stop) : await FromFileAsync(place, stop);
            if (reading is FeedReading.Read { Document: var document })
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(ReadFeed.Of(args.Length > 2 ? place : null, document), args.Length > 2 ? Lines : Json).AsMemory(), stop);
                continue;
            }

            failed = true;
            var refused = (FeedReading.Refused)reading;
            await errors.WriteLineAsync($"{place}: {refused.Message} [{refused.Code}]");
            foreach (var link in refused.FeedLinks)
            {
                await errors.WriteLineAsync($"  feed: {link}");
            }
        }

        return failed ? 1 : 0;
    }

    // The operator names the address on the command line, so it may be a private one.
    private static async Task<FeedReading> FromUrlAsync(Uri url, CancellationToken stop)
    {
        await using var services = new ServiceCollection()
            .AddHttpClient(FeedFetcher.ClientName)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            .Services.BuildServiceProvider();
        var fetched = await new FeedFetcher(services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System).FetchAsync(url, null, stop);
        return fetched switch
        {
            FetchResult.Fetched got => FeedReader.Read(got.Body.Span, new(TimeProvider.System.GetUtcNow(), got.Url, url, got.ContentType)),
            FetchResult.Failed failed => new FeedReading.Refused(failed.Code, failed.Message, []),
            _ => new FeedReading.Refused("empty", "The server says that nothing is new, without being asked.", []),
        };
    }

    private static async Task<FeedReading> FromFileAsync(string path, CancellationToken stop)
    {
        var options = new FeedReadOptions(TimeProvider.System.GetUtcNow());
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: var length } && length > options.MaxBytes)
            {
                return new FeedReading.Refused("too_large", $"The file has {length:N0} bytes; at most {options.MaxBytes:N0} are read.", []);
            }

            return FeedReader.Read(await File.ReadAllBytesAsync(path, stop), options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new FeedReading.Refused("unreadable", $"The file cannot be read: {e.Message}", []);
        }
    }
}
