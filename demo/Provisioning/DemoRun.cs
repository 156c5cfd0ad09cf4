using Serm.Demo.Networks;
using Serm.Demo.Posts;

namespace Serm.Demo.Provisioning;

/// <summary>The demo from its first line to its end: provision, then publish post after post.</summary>
internal sealed class DemoRun(IHttpClientFactory clients, DemoOptions options, SampleSites sites, SampleNetworks networks, IHostApplicationLifetime life, TimeProvider clock) : BackgroundService
{
    /// <summary>0, or 1 when the workspace could not be set up.</summary>
    public int ExitCode { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Started(stoppingToken);
            await Console.Out.WriteLineAsync($"sample sites at {options.Site}, networks at {networks.Url("")}");
            using var http = clients.CreateClient(GatewayClient.Name);
            await new Provision(new(http, options), options, clock, Console.Out).RunAsync(stoppingToken);
            await Task.WhenAll(PublishAsync(stoppingToken), PublishOnNetworksAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Console.Out.WriteLineAsync("stopped");
        }
        catch (GatewayException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            ExitCode = 1;
            life.StopApplication();
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(Trickle.SecondsBefore(sites.Next) / options.Speed), clock, cancellationToken);
            var entry = sites.Publish(clock.GetUtcNow());
            await Console.Out.WriteLineAsync($"published {entry.Id} on {entry.Feed}");
        }
    }

    private async Task PublishOnNetworksAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = clock.GetUtcNow().AddSeconds(NetworkTrickle.SecondsBefore(sites.NextOnNetworks) / options.Speed);
            while (clock.GetUtcNow() < next)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancellationToken);
                networks.RunUntil(clock.GetUtcNow());
            }

            var appeared = sites.PublishOnNetwork(clock.GetUtcNow());
            await Console.Out.WriteLineAsync($"published post {appeared.Number} on {networks.Publish(appeared)}");
        }
    }

    private async Task Started(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.ApplicationStarted);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
