using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Gateway.Live;

/// <summary>The live push (<c>Live</c>).</summary>
internal sealed class LiveOptions
{
    /// <summary>Hours that a stream may be away and still resume.</summary>
    [Range(1, 24 * 30)]
    public int KeepHours { get; set; } = 24;

    /// <summary>The most events that are kept, whatever their age.</summary>
    [Range(1_000, 1_000_000_000)]
    public long KeepEvents { get; set; } = 2_000_000;

    /// <summary>Streams that a user or key may hold open at once in a replica.</summary>
    [Range(1, 100_000)]
    public int StreamsPerCaller { get; set; } = 50;
}

/// <summary>What the live push is composed of.</summary>
internal static class LiveSetup
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    public static void AddLive(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LiveOptions>().BindConfiguration("Live").ValidateDataAnnotations().ValidateOnStart();
        builder.AddSermBus((context, bus) =>
        {
            bus.BatchQueue<MentionChangedConsumer, MentionChanged>(context, Queues.GatewayMentionChanged, size: 1000, Pace);
            bus.BatchQueue<AlertRaisedConsumer, AlertRaised>(context, Queues.GatewayAlertRaised, size: 500, Pace);
            bus.BatchQueue<PresenceChangedConsumer, PresenceChanged>(context, Queues.GatewayPresenceChanged, size: 500, Pace);
            bus.BatchQueue<EndpointDisabledConsumer, EndpointDisabled>(context, Queues.GatewayEndpointDisabled, size: 100, Pace);
            bus.BatchQueue<IncidentChangedConsumer, IncidentChanged>(context, Queues.GatewayIncidentChanged, size: 500, Pace);
        });
        builder.Services.AddSingleton<LiveLog>();
        builder.Services.AddSingleton<Deliveries>();
        builder.Services.AddSingleton(s => new LiveFeed(s.GetRequiredService<LiveLog>(), s.GetRequiredService<Deliveries>(), s.GetRequiredService<ILogger<LiveFeed>>()));
        builder.Services.AddSingleton<LiveStreams>();
        builder.Services.AddHostedService(s => s.GetRequiredService<Deliveries>());
        builder.Services.AddHostedService<LiveListener>();
        builder.Services.AddHostedService<LiveTrim>();
    }
}

/// <summary>Forgets old events, once a minute.</summary>
internal sealed class LiveTrim(LiveLog live, IOptions<LiveOptions> options, TimeProvider clock, ILogger<LiveTrim> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Transient.RetryAsync(ct => live.TrimAsync(TimeSpan.FromHours(options.Value.KeepHours), options.Value.KeepEvents, ct), log, stoppingToken);
        }
    }
}
