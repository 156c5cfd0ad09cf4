using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;

namespace Serm.Tests.Integration.Faults;

/// <summary>While mentions flow, one part after the other is killed with kill -9, or told to stop, and started again. Nothing that was acknowledged may be missing, or be there twice.</summary>
public sealed class KilledProcesses(KilledProcesses.Whole whole) : IClassFixture<KilledProcesses.Whole>
{
    private const int PostsASecond = 100;
    private const float Threshold = 0.7f;
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(5);
    // A service is given 20 s to finish what it has begun; a pod is killed 35 s after it was told.
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(90);

    [Theory]
    [InlineData("Ingest")]
    [InlineData("Sentiment")]
    [InlineData("Mentions")]
    [InlineData("Alerts")]
    [InlineData("Gateway")]
    public Task A_killed_service_loses_and_doubles_nothing(string service) => FlowAsync(
        service,
        async ct =>
        {
            await whole.Stack[service].KillAsync();
            await Task.Delay(Down, ct);
            await whole.Stack[service].StartAsync(ct);
        });

    [Fact]
    public Task Services_told_to_stop_one_after_the_other_do_so_in_time_and_lose_and_double_nothing() => FlowAsync(
        "stopping",
        async ct =>
        {
            foreach (var service in whole.Stack.All)
            {
                var process = service.Process;
                await service.TerminateAsync(ct);
                await service.StoppedAsync(Stopping, ct);
                process.ExitCode.ShouldBe(0, service.LogTail());
                await service.StartAsync(ct);
            }
        });

    [Theory]
    [InlineData("rabbitmq")]
    [InlineData("postgres")]
    public Task A_killed_server_loses_and_doubles_nothing(string server) => FlowAsync(
        server,
        async ct =>
        {
            await ServerControl.KillAsync(server, ct);
            await Task.Delay(Down, ct);
            await ServerControl.StartAsync(ct);
        });

    private async Task FlowAsync(string victim, Func<CancellationToken, Task> disturb)
    {
        var ct = TestContext.Current.CancellationToken;
        var brand = await whole.AddBrandAsync($"Acme {victim}", $"acme AND site:blog.example AND \"{victim}-load\"", ct);
        await using var load = new SteadyLoad(whole.Stack.Gateway.Address, whole.Key, $"{victim}-load");
        load.Start(PostsASecond);
        await Task.Delay(Before, ct);
        await disturb(ct);
        await Task.Delay(After, ct);
        await load.FinishAsync(Settling);

        var tally = await Eventually.Async(
            token => whole.TallyAsync(brand, Threshold, token), t => t?.IsSettled(load.Acknowledged) == true, Settling, ct);

        TestContext.Current.SendDiagnosticMessage($"{victim} killed: {load.Acknowledged} acknowledged, {load.Repeats} calls repeated, {tally!.Alerts} alerts, each once");
        foreach (var service in whole.Stack.All)
        {
            service.Process.HasExited.ShouldBeFalse($"{service.Name} ended:\n{service.LogTail()}");
        }
    }

    /// <summary>All services on the run's servers, a rule, and a key.</summary>
    public sealed class Whole : IAsyncLifetime
    {
        private NpgsqlDataSource database = null!;
        private HttpClient api = null!;

        public Stack Stack { get; private set; } = null!;

        public string Key { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            var ct = TestContext.Current.CancellationToken;
            Stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq, new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["RateLimits__Ingest__PerSecond"] = "1000",
                ["RateLimits__Ingest__Burst"] = "1000",
            });
            await Stack.StartAsync(ct);
            database = NpgsqlDataSource.Create(Stack.Postgres);
            Key = (await Stack.Gateway.RunAsync("key", "--role", "admin")).Trim();
            api = new HttpClient { BaseAddress = Stack.Gateway.Address, Timeout = TimeSpan.FromSeconds(30) };
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            foreach (var rule in (await api.GetFromJsonAsync<JsonElement>(new Uri("/api/rules", UriKind.Relative), ct)).EnumerateArray())
            {
                // Only the rule of this test shall raise anything: one alert a mention.
                using var remove = new HttpRequestMessage(HttpMethod.Delete, new Uri($"/api/rules/{rule.GetProperty("id").GetGuid()}", UriKind.Relative));
                remove.Headers.TryAddWithoutValidation("If-Match", $"\"{rule.GetProperty("version").GetInt32()}\"");
                (await api.SendAsync(remove, ct)).EnsureSuccessStatusCode();
            }

            using var added = await api.PostAsJsonAsync(new Uri("/api/rules", UriKind.Relative), new { name = "Negative", threshold = Threshold }, ct);
            added.EnsureSuccessStatusCode();
        }

        public async Task<Guid> AddBrandAsync(string name, string query, CancellationToken cancellationToken)
        {
            using var answer = await api.PostAsJsonAsync(new Uri("/api/brands", UriKind.Relative), new { name, query }, cancellationToken);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(cancellationToken));
            return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("id").GetGuid();
        }

        /// <summary>The counts; null while the database does not answer.</summary>
        internal async Task<Tally?> TallyAsync(Guid brand, float threshold, CancellationToken cancellationToken)
        {
            try
            {
                return await Tally.ReadAsync(database, brand, threshold, cancellationToken);
            }
            catch (NpgsqlException)
            {
                return null;
            }
        }

        public async ValueTask DisposeAsync()
        {
            api?.Dispose();
            if (database is not null)
            {
                await database.DisposeAsync();
            }

            if (Stack is not null)
            {
                await Stack.DisposeAsync();
            }
        }
    }
}
