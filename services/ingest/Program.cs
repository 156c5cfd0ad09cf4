using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Posts;
using Serm.Ingest.Sources;

if (args is ["read-feed", ..])
{
    Console.OutputEncoding = System.Text.Encoding.UTF8;
    return await ReadFeedCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
}

var builder = WebApplication.CreateBuilder(args).AddSermDefaults("ingest");
builder.AddSermStore("ingest", SourceServices.Configure);
builder.AddSchema(typeof(Program).Assembly);
builder.AddSermBus();
builder.AddSources();
builder.AddDaemonLeader();

// Until brands are here nothing matches.
builder.Services.AddSingleton<MatchBrands>((_, posts, _) => Task.FromResult<IReadOnlyList<IReadOnlyList<BrandRef>>>([.. posts.Select(_ => Array.Empty<BrandRef>())]));

var app = builder.Build();
app.UseSermDefaults();
app.MapSources();
await app.RunAsync();
return 0;
