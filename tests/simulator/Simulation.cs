using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Serm.Simulator;

/// <summary>All networks in one process, each under <c>/{name}</c> on one port of loopback.</summary>
public sealed class Simulation : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, (INetwork Network, Stage Stage)> networks;

    private Simulation(WebApplication app, Dictionary<string, (INetwork, Stage)> networks) => (this.app, this.networks) = (app, networks);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>A network's stage.</summary>
    public Stage this[string name] => networks[name].Stage;

    /// <summary>The names of all networks.</summary>
    public IEnumerable<string> Names => networks.Keys;

    /// <summary>A network's own address.</summary>
    public string Url(string name) => $"{Address.ToString().TrimEnd('/')}/{name}";

    /// <summary>Starts it on a free port, or on a given one.</summary>
    public static async Task<Simulation> StartAsync(SimClock clock, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, port));
        builder.Logging.ClearProviders();
        var web = builder.Build();
        web.UseWebSockets();
        var all = typeof(Simulation).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(INetwork)))
            .Select(t => (INetwork)Activator.CreateInstance(t)!)
            .ToDictionary(n => n.Name, n => (n, new Stage(clock)), StringComparer.Ordinal);
        var simulation = new Simulation(web, all);
        web.Use(simulation.InterfereAsync);
        web.UseRouting();
        foreach (var (name, (network, stage)) in all)
        {
            network.Map(web.MapGroup($"/{name}"), stage);
        }

        await web.StartAsync();
        simulation.Address = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return simulation;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private async Task InterfereAsync(HttpContext context, RequestDelegate next)
    {
        var name = context.Request.Path.Value!.Split('/', 3)[1];
        if (!networks.TryGetValue(name, out var found))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var (network, stage) = found;
        if (context.WebSockets.IsWebSocketRequest)
        {
            await next(context);
            return;
        }

        var trouble = stage.Next();
        if (stage.Closed is { } closed && $"{context.Request.Path}{context.Request.QueryString}".Contains(closed, StringComparison.Ordinal))
        {
            await network.Closed(context).ExecuteAsync(context);
            return;
        }

        if (stage.Faulty is { } faulty && $"{context.Request.Path}{context.Request.QueryString}".Contains(faulty, StringComparison.Ordinal))
        {
            trouble = (Trouble.ServerError, TimeSpan.Zero);
        }

        if (stage.Silent is { } silent && context.Request.Path.Value!.Contains(silent, StringComparison.Ordinal))
        {
            var aborted = context.RequestAborted;
            context.Response.Body = new MemoryStream();
            await next(context);
            await Task.Delay(Timeout.InfiniteTimeSpan, aborted).ContinueWith(_ => context.Abort(), TaskScheduler.Default);
            return;
        }

        switch (trouble)
        {
            case (Trouble.TooMany, var wait):
                await network.TooMany(context, stage, wait).ExecuteAsync(context);
                return;
            case (Trouble.ServerError, _):
                await Results.Text("<html><body>Bad Gateway</body></html>", "text/html", statusCode: StatusCodes.Status502BadGateway).ExecuteAsync(context);
                return;
            case (Trouble.Expired, _):
                await network.Expired(context).ExecuteAsync(context);
                return;
            case (Trouble.Garbage, _):
                await Results.Text("<!DOCTYPE html><p>We will be right back.", "application/json").ExecuteAsync(context);
                return;
            case (Trouble.Truncated, _):
                await AnswerAsync(context, next, stage, network, cut: true);
                return;
            default:
                await AnswerAsync(context, next, stage, network, cut: false);
                return;
        }
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, Stage stage, INetwork network, bool cut)
    {
        if (!cut && !stage.Drift && !network.Compresses)
        {
            await next(context);
            return;
        }

        var outer = context.Response.Body;
        using var inner = new MemoryStream();
        context.Response.Body = inner;
        await next(context);
        context.Response.Body = outer;
        var body = stage.Drift ? Drifted(inner.ToArray(), network.Optional) : inner.ToArray();
        if (network.Compresses)
        {
            body = Gzip(body);
            context.Response.Headers.ContentEncoding = "gzip";
        }

        context.Response.ContentLength = body.Length;
        if (!cut)
        {
            await outer.WriteAsync(body);
            return;
        }

        await outer.WriteAsync(body.AsMemory(0, body.Length / 2));
        await outer.FlushAsync();
        context.Abort();
    }

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return packed.ToArray();
    }

    /// <summary>JSON as a newer version of the network would send it.</summary>
    private static byte[] Drifted(byte[] body, IReadOnlyCollection<string> optional)
    {
        try
        {
            var node = JsonNode.Parse(body);
            Change(node, optional);
            return JsonSerializer.SerializeToUtf8Bytes(node);
        }
        catch (JsonException)
        {
            return body;
        }
    }

    private static void Change(JsonNode? node, IReadOnlyCollection<string> optional)
    {
        if (node is JsonArray array)
        {
            foreach (var element in array)
            {
                Change(element, optional);
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var name in optional)
            {
                members.Remove(name);
            }

            foreach (var (_, value) in members.ToList())
            {
                Change(value, optional);
            }

            members["new_in_the_next_version"] = new JsonObject { ["nested"] = new JsonArray(1, "two", null) };
        }
    }
}
