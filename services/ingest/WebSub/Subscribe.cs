using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.WebSub;

/// <summary>Asks hubs to push, and again before their leases end. What fails is tried again later: until a hub pushes, and beside it, everything is polled.</summary>
internal sealed partial class Subscribe(NpgsqlDataSource dataSource, HubCalls calls, IHttpClientFactory clients, IOptions<WebSubOptions> options, TimeProvider clock, ILogger<Subscribe> log) : BackgroundService
{
    private const int AtOnce = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What a hub is asked.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Form(Uri topic, Uri callback, string secret, int leaseSeconds) =>
    [
        new("hub.mode", "subscribe"), new("hub.topic", topic.AbsoluteUri), new("hub.callback", callback.AbsoluteUri), new("hub.secret", secret),
        new("hub.lease_seconds", leaseSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)), new("hub.verify", "async"),
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.PublicAddress is not { Length: > 0 } address)
        {
            return;
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.LookMilliseconds), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(address, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookAsync(string address, CancellationToken stop)
    {
        try
        {
            foreach (var due in await HubTopics.ClaimAsync(dataSource, AtOnce, clock.GetUtcNow(), stop))
            {
                await AskAsync(due, NetworkClient.At(address, $"/hooks/{due.SourceId}"), stop);
            }
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogPutOff(log, e.Message);
        }
    }

    private async Task AskAsync(HubTopics.Due due, Uri callback, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            // Its answer comes later, as a call. What it says now is not read.
            using var request = new HttpRequestMessage(HttpMethod.Post, due.Hub) { Content = new FormUrlEncodedContent(Form(due.Topic, callback, calls.Secret(due.SourceId), options.Value.LeaseSeconds)) };
            using var answer = await clients.CreateClient(FeedFetcher.ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            LogAsked(log, due.SourceId, due.Hub.Host, (int)answer.StatusCode);
        }
        catch (Exception e) when (!stop.IsCancellationRequested && e is HttpRequestException or IOException or OperationCanceledException or AddressRefusedException)
        {
            LogUnreachable(log, due.SourceId, due.Hub.Host, e.Message);
        }
    }

    [LoggerMessage(EventId = 241, Level = LogLevel.Debug, Message = "Asked the hub {Host} to push for source {SourceId}: {Status}")]
    private static partial void LogAsked(ILogger log, Guid sourceId, string host, int status);

    [LoggerMessage(EventId = 242, Level = LogLevel.Information, Message = "The hub {Host} of source {SourceId} cannot be asked: {Reason}")]
    private static partial void LogUnreachable(ILogger log, Guid sourceId, string host, string reason);

    [LoggerMessage(EventId = 243, Level = LogLevel.Warning, Message = "Subscriptions are put off: {Reason}")]
    private static partial void LogPutOff(ILogger log, string reason);
}
