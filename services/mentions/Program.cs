using Marten;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;
using Weasel.Core;

var builder = WebApplication.CreateBuilder(args).AddSermDefaults("mentions");
builder.AddSermStore("mentions", (services, options) =>
{
    options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase, json => StoredJson.Configure(json));
    EventNames.Register(options);
    options.Events.Subscribe(ActivatorUtilities.CreateInstance<MentionRelay>(services));
});
builder.Services.AddSingleton<Playbooks>();
builder.Services.AddSingleton<Judging>();
builder.Services.AddSingleton<JustStored>();
builder.Services.AddSingleton<EarlyAlerts>();
builder.Services.AddSingleton<Turns>();
builder.Services.AddSingleton<ExportTurns>();
builder.Services.AddSingleton<StoredStories>();
builder.Services.AddSingleton<StoryKeeper>();
builder.Services.AddSingleton<RelevanceBook>();
builder.AddSchema("mentions.content", typeof(Program).Assembly);
builder.AddSermBus((context, bus) =>
{
    bus.BatchQueue<MentionScoredConsumer, MentionScored>(context, Queues.MentionsMentionScored, size: 500, pace: TimeSpan.FromMilliseconds(40), concurrency: 2);
    bus.BatchQueue<LateCopyConsumer, LateCopy>(context, Queues.MentionsMentionFound, size: 2000, pace: TimeSpan.FromMilliseconds(200), age: TimeSpan.FromSeconds(1), inHand: 65_536);
    bus.BatchQueue<PostRemovedConsumer, PostRemoved>(context, Queues.MentionsPostRemoved, size: 200, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<EngagementChangedConsumer, EngagementChanged>(context, Queues.MentionsEngagementChanged, size: 200, pace: TimeSpan.FromMilliseconds(200));
    bus.BatchQueue<AlertRaisedConsumer, AlertRaised>(context, Queues.MentionsAlertRaised, size: 500, pace: TimeSpan.FromMilliseconds(40), concurrency: AlertRaisedConsumer.AtOnce);
    bus.BatchQueue<AlertDeliveredConsumer, AlertDelivered>(context, Queues.MentionsAlertDelivered, size: 500, pace: TimeSpan.FromMilliseconds(200));
    bus.BatchQueue<SourceGapChangedConsumer, SourceGapChanged>(context, Queues.MentionsSourceGapChanged, size: 100, pace: TimeSpan.FromMilliseconds(20));
    bus.BatchQueue<MentionRescoredConsumer, MentionRescored>(context, Queues.MentionsMentionRescored, size: 50, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<TextsErasedConsumer, TextsErased>(context, Queues.MentionsTextsErased, size: 50, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<ReplyToldConsumer, ReplyTold>(context, Queues.MentionsReplyTold, size: 50, pace: TimeSpan.FromMilliseconds(20));
    bus.BatchQueue<RescoreRefusedConsumer, RescoreRefused>(context, Queues.MentionsRescoreRefused, size: 50, pace: TimeSpan.FromMilliseconds(100));
});
builder.AddDaemonLeader();
builder.Services.AddHostedService<DueKeeper>();
builder.Services.AddHostedService<SlaSettings>();
builder.Services.AddHostedService<Rescorer>();
builder.Services.AddHostedService<Eraser>();
builder.Services.AddHostedService<Retention>();

var app = builder.Build();
if (args is ["rebuild"])
{
    await RebuildInbox.RunAsync(app.Services.GetRequiredService<IDocumentStore>(), app.Services.GetRequiredService<NpgsqlDataSource>(), app.Services.GetRequiredService<Playbooks>(), Console.Out, CancellationToken.None);
    return 0;
}

if (args is ["rescore", ..])
{
    return await RescoreCommand.RunAsync(args, app.Services.GetRequiredService<NpgsqlDataSource>(), TimeProvider.System, Console.Out, CancellationToken.None);
}

app.UseSermDefaults();
app.MapMentions();
await app.RunAsync();
return 0;
