using Serm.Alerts;
using Serm.Contracts;
using Serm.Defaults;

var builder = WebApplication.CreateBuilder(args).AddSermDefaults("alerts");
builder.Services.AddOptions<AlertOptions>().BindConfiguration("Alerts").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddSingleton<RuleBook>();
builder.Services.AddSingleton<NoticeBook>();
builder.Services.AddSingleton<AlertLog>();
builder.AddBacktest();
builder.AddWebhooks();
builder.AddSermStore("alerts", (services, options) =>
{
    EventNames.Register(options);
    options.Events.Subscribe(ActivatorUtilities.CreateInstance<AlertRelay>(services));
    options.Events.Subscribe(ActivatorUtilities.CreateInstance<FanOut>(services));
});
builder.AddSchema("alerts.rules", typeof(Program).Assembly);
builder.AddWatches();
builder.AddChannels();
builder.AddSermBus((context, bus) =>
{
    bus.BatchQueue<MentionScoredConsumer, MentionScored>(context, Queues.AlertsMentionScored, size: 1000, pace: TimeSpan.FromMilliseconds(20));
    bus.BatchQueue<MentionTriagedConsumer, MentionTriaged>(context, Queues.AlertsMentionTriaged, size: 500, pace: TimeSpan.FromMilliseconds(20));
    bus.BatchQueue<SourceGapChangedConsumer, SourceGapChanged>(context, Queues.AlertsSourceGapChanged, size: 100, pace: TimeSpan.FromMilliseconds(20));
    bus.BatchQueue<SourceCredentialsEndingConsumer, SourceCredentialsEnding>(context, Queues.AlertsSourceCredentialsEnding, size: 100, pace: TimeSpan.FromMilliseconds(20));
    bus.BatchQueue<SourceGoneConsumer, SourceGone>(context, Queues.AlertsSourceGone, size: 100, pace: TimeSpan.FromMilliseconds(20));
    bus.BatchQueue<PostRemovedConsumer, PostRemoved>(context, Queues.AlertsPostRemoved, size: 200, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<ErasureAskedConsumer, ErasureAsked>(context, Queues.AlertsErasureAsked, size: 20, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<SlaStateChangedConsumer, SlaStateChanged>(context, Queues.AlertsSlaStateChanged, size: 500, pace: TimeSpan.FromMilliseconds(20));
});
builder.AddDeliveries();
builder.AddDaemonLeader();

var app = builder.Build();
app.UseSermDefaults();
app.MapRules();
app.MapAlerts();
app.MapAlertLatency();
app.MapReadIncidents();
app.MapIncidents();
app.MapSilences();
app.MapBacktest();
app.MapChannels();
app.MapQuietHours();
app.MapWebhooks();
app.MapDeliveries();
app.MapSendAgain();
app.MapStats();
app.MapEvents();
app.MapChanges("alerts");
await app.RunAsync();
