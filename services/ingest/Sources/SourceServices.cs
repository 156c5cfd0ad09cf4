using Marten;
using Microsoft.Extensions.Options;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Posts;
using Serm.Ingest.WebSub;

namespace Serm.Ingest.Sources;

/// <summary>Composition of reading sources.</summary>
internal static class SourceServices
{
    /// <summary>Registers the poller and what it needs. The store must be registered with <see cref="Configure"/>, and a <see cref="MatchBrands"/>.</summary>
    public static void AddSources(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<PollOptions>().BindConfiguration("Ingest:Polling").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHttpClient(FeedFetcher.ClientName, c => c.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(s => s.GetRequiredService<OutboundGuard>().CreateHandler(TimeSpan.FromSeconds(10)))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        builder.Services.AddSingleton(s =>
        {
            var (clock, options) = (s.GetRequiredService<TimeProvider>(), s.GetRequiredService<IOptions<PollOptions>>().Value);
            return new FeedFetcher(s.GetRequiredService<IHttpClientFactory>(), clock) { Manners = new(clock, TimeSpan.FromMilliseconds(options.HostPauseMilliseconds), options.RespectRobots) };
        });
        builder.Services.AddSingleton(SecretBox.From(builder.Configuration, "source credentials"));
        builder.Services.AddSingleton<Credentials>();
        builder.Services.AddSingleton<ConnectorBook>();
        builder.Services.AddSingleton(s => new Pacer(s.GetRequiredService<TimeProvider>().GetSteadyNow()));
        builder.Services.AddSingleton<TokenCache>();
        builder.Services.AddSingleton<IQuotaStore, QuotaTable>();
        builder.Services.AddSingleton(s => new NetworkGear(
            new HttpMessageInvoker(s.GetRequiredService<OutboundGuard>().CreateHandler(TimeSpan.FromSeconds(10))),
            s.GetRequiredService<Pacer>(),
            s.GetRequiredService<IQuotaStore>(),
            s.GetRequiredService<TokenCache>(),
            s.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<PostIntake>();
        builder.Services.AddSingleton<TakePage>();
        builder.Services.AddSingleton<ReadSource>();
        builder.Services.AddOptions<WebSubOptions>().BindConfiguration("Ingest:WebSub").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<HubCalls>();
        builder.Services.AddHostedService<Subscribe>();
        builder.Services.AddHostedService<SourcePoller>();
        builder.Services.AddHostedService<TakeBack>();
        builder.Services.AddHostedService<WatchCredentials>();
        builder.Services.AddHostedService<Housekeeping>();
    }

    /// <summary>Events and relay of sources.</summary>
    public static void Configure(IServiceProvider services, StoreOptions options)
    {
        SourceEventNames.Register(options);
        options.Events.Subscribe(ActivatorUtilities.CreateInstance<SourceRelay>(services));
    }
}
