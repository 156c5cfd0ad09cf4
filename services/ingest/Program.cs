using Serm.Ingest.Connectors.Feed;

if (args is ["read-feed", ..])
{
    Console.OutputEncoding = System.Text.Encoding.UTF8;
    return await ReadFeedCommand.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
}

var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
await app.RunAsync();
return 0;
