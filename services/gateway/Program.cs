using Serm.Defaults;
using Serm.Gateway;
using Serm.Gateway.Api;
using Serm.Gateway.Audit;
using Serm.Gateway.Auth;
using Serm.Gateway.Commands;
using Serm.Gateway.Components;
using Serm.Gateway.Live;
using Serm.Gateway.Parked;
using Serm.Gateway.Proxy;
using Serm.Gateway.Store;

if (await CommandLine.RunAsync(args, Console.Out, Console.Error) is { } exitCode)
{
    return exitCode;
}

// The settings lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseStaticWebAssets();
builder.AddSermDefaults("gateway");
builder.AddForwardedFrom();
builder.AddDatabase();
builder.AddAccess();
builder.AddRateLimits();
builder.AddLive();
builder.AddParked();
builder.AddAudit();
builder.AddProxy();
builder.AddPages();
builder.AddApiDescription();

var app = builder.Build();
app.UseHeadRequests();
app.UseRouting();
app.UseMetricsPort();
app.UseForwardedHeaders();
app.UseSecurityHeaders();
app.UseSermDefaults(behindGateway: false);
app.UseApiPaths();
app.UseLanguages();
app.UseAuthentication();
app.UseRateLimiter();
app.UseCrossSiteGuard();
app.UseAuthorization();
app.UseAntiforgery();
app.MapSessions();
app.MapUsers();
app.MapKeys();
app.MapLive();
app.MapParked();
app.MapAudit();
app.MapApiDescription();
app.MapProxy();
app.MapPages();
await app.RunAsync();
return 0;
