using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Brands;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Coverage;
using Serm.Ingest.Erasures;
using Serm.Ingest.Imports;
using Serm.Ingest.Posts;
using Serm.Ingest.Replies;
using Serm.Ingest.Sources;

if (args is ["read-feed", ..])
{
    Console.OutputEncoding = System.Text.Encoding.UTF8;
    return await ReadFeedCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
}

var builder = WebApplication.CreateBuilder(args).AddSermDefaults("ingest");
builder.AddSermStore("ingest", (services, options) =>
{
    SourceServices.Configure(services, options);
    BrandEventNames.Register(options);
});
builder.AddSchema("ingest.sources", typeof(Program).Assembly);
builder.AddSermBus((context, bus) =>
{
    bus.BatchQueue<ErasureAskedConsumer, ErasureAsked>(context, Queues.IngestErasureAsked, size: 20, pace: TimeSpan.FromMilliseconds(100));
    bus.BatchQueue<ReplyAskedConsumer, ReplyAsked>(context, Queues.IngestReplyAsked, size: 20, pace: TimeSpan.FromMilliseconds(100));
});
builder.AddSources();
builder.AddReplies();
builder.AddDaemonLeader();

builder.Services.AddSingleton<BrandMatcher>();
builder.Services.AddSingleton<MatchBrands>(s => s.GetRequiredService<BrandMatcher>().MatchAsync);

var app = builder.Build();
app.UseSermDefaults();
app.MapSources();
app.MapHooks();
app.MapCoverage();
app.MapBrands();
app.MapIngest();
app.MapImports();
app.MapChanges("ingest");
await app.RunAsync();
return 0;
