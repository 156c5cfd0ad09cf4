using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What telling people is composed of.</summary>
internal static class DeliverySetup
{
    public static void AddChannels(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ChannelOptions>().BindConfiguration("Channels").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(Senders.Client, c => c.Timeout = Senders.Patience)
            .ConfigurePrimaryHttpMessageHandler(s => s.GetRequiredService<OutboundGuard>().CreateHandler(TimeSpan.FromSeconds(5)))
            // The factory's own log writes addresses, and an incoming webhook's address is its secret.
            .RemoveAllLoggers();
        builder.Services.AddSingleton<ChannelTable>();
        builder.Services.AddSingleton<NoticeTable>();
        builder.Services.AddSingleton<Senders>();
        builder.Services.AddSingleton<Digests>();
        builder.Services.AddSingleton<ChannelHealth>();
        builder.Services.AddSingleton<MissedSteps>();
        builder.Services.AddHostedService<Deliverer>();
    }
}
