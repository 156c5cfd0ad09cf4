using Serm.Demo;
using Serm.Demo.Feeds;
using Serm.Demo.Networks;
using Serm.Demo.Provisioning;

DemoOptions options;
try
{
    options = DemoOptions.Parse(args, Environment.GetEnvironmentVariable);
}
catch (FormatException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}

var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls(options.Site.AbsoluteUri);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
builder.Services.AddSingleton(options);
builder.Services.AddSingleton(TimeProvider.System);
var sites = new SampleSites(options.StateFile, TimeProvider.System.GetUtcNow());
await using var networks = await SampleNetworks.StartAsync(options.NetworksPort, sites, TimeProvider.System);
builder.Services.AddSingleton(sites);
builder.Services.AddSingleton(networks);
builder.Services.AddHttpClient(GatewayClient.Name, c => c.Timeout = TimeSpan.FromSeconds(15))
    .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseProxy = !options.Gateway.IsLoopback });
builder.Services.AddSingleton<DemoRun>();
builder.Services.AddHostedService(s => s.GetRequiredService<DemoRun>());
var app = builder.Build();
app.MapSites(options);
var run = app.Services.GetRequiredService<DemoRun>();
await app.RunAsync();
return run.ExitCode;
