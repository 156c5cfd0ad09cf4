using System.Net.Http.Json;
using System.Text.Json;
using Serm.Ingest.Connectors;
using Serm.Simulator;
using Serm.Tests.Unit.Ingest;
using Serm.Tests.Unit.Ingest.Connectors;

namespace Serm.Tests.Real;

/// <summary>A server that <c>./serm test --real</c> started, and its visitors.</summary>
internal static class RealServer
{
    /// <summary>Where it is. A server that could not be installed or started fails its tests.</summary>
    public static string Address(string name) => Setting($"SERM_REAL_{name}");

    /// <summary>What the start of the server left for the tests.</summary>
    public static string Setting(string name) => Environment.GetEnvironmentVariable(name)
        ?? throw new InvalidOperationException($"{name} is not set: the server is not there. ./serm test --real starts it, and says above why it could not.");

    /// <summary>Reads one source by the product's own rules, by the real clock.</summary>
    public static RealSource Source(string kind, object options) => new(kind, options);

    /// <summary>The JSON of an answer that must be a success.</summary>
    public static async Task<JsonElement> ReadAsync(this Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{answer.RequestMessage?.RequestUri} {(int)answer.StatusCode}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>Posts JSON and reads JSON.</summary>
    public static Task<JsonElement> CallAsync(this HttpClient http, string path, object body) => http.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken).ReadAsync();
}

/// <summary>A source of a real server.</summary>
internal sealed class RealSource
{
    private readonly SimClock clock = new(TimeProvider.System.GetUtcNow());

    public RealSource(string kind, object options) => Host = new(Books.All[kind], options, clock);

    /// <summary>What was read so far.</summary>
    public Host Host { get; }

    /// <summary>Reads what is new now. Nothing may fail on the way.</summary>
    public async Task<Host> ReadAsync()
    {
        Tick();
        await Host.ReadAllAsync();
        Host.Failures.ShouldBeEmpty();
        return Host;
    }

    /// <summary>Reads, and asks what has become of everything that is known.</summary>
    public async Task<Host> RecheckAsync()
    {
        await ReadAsync();
        await Host.RecheckAsync();
        return Host;
    }

    /// <summary>Reads again until something is so: what indexes the posts follows a moment behind.</summary>
    public Task UntilAsync(Func<Host, bool> so, bool recheck = false) => UntilAsync(async () => so(recheck ? await RecheckAsync() : await ReadAsync()));

    /// <summary>Asks again until something is so, for a minute.</summary>
    public static async Task UntilAsync(Func<Task<bool>> so)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await so())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), patience.Token);
        }
    }

    private void Tick()
    {
        var behind = TimeProvider.System.GetUtcNow() - clock.GetUtcNow();
        clock.Advance(behind > TimeSpan.Zero ? behind : TimeSpan.Zero);
    }
}
