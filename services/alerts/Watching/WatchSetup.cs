namespace Serm.Alerts;

/// <summary>What the watches are composed of.</summary>
internal static class WatchSetup
{
    public static void AddWatches(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<History>();
        builder.Services.AddSingleton<Names>();
        builder.Services.AddSingleton<Topics>();
        builder.Services.AddSingleton<Counts>();
        builder.Services.AddSingleton<SignalLog>();
        builder.Services.AddSingleton<SpikeWatch>();
        builder.Services.AddSingleton<TopicWatch>();
        builder.Services.AddSingleton<SilenceWatch>();
        builder.Services.AddSingleton<SlaWatch>();
        builder.Services.AddSingleton<QuietWatch>();
        builder.Services.AddSingleton<SilenceEnds>();
        builder.Services.AddHostedService<Watch>();
    }
}
