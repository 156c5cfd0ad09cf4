using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>A server of a test's own, for what no simulated network does: it answers every call with JSON.</summary>
internal sealed class OneServer : IAsyncDisposable
{
    private readonly WebApplication server;

    private OneServer(WebApplication server) => this.server = server;

    public string Address => server.Urls.First();

    public static async Task<OneServer> StartAsync(Func<HttpContext, object> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var built = builder.Build();
        built.Run(context => Results.Json(answer(context)).ExecuteAsync(context));
        await built.StartAsync(TestContext.Current.CancellationToken);
        return new(built);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
