using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Alerts;

/// <summary>The alerts service alone on real servers, with a bus to play sentiment and to hear what is raised.</summary>
public class AlertsFixture : IAsyncLifetime
{
    public static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    private readonly ConcurrentDictionary<Guid, bool> told = new();
    private IBusControl bus = null!;

    /// <summary>Settings of the services beside the usual ones.</summary>
    protected virtual IReadOnlyDictionary<string, string>? Settings => null;

    /// <summary>The services that are started.</summary>
    protected virtual string[] Services => ["Alerts"];

    public Stack Stack { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>Everything that came over the bus, with the moment.</summary>
    public ConcurrentQueue<(DateTimeOffset At, AlertRaised Alert)> Heard { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq, Settings);
        await Stack.StartAsync(TestContext.Current.CancellationToken, Services);
        Database = NpgsqlDataSource.Create(Stack.Postgres);
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
            b.ReceiveEndpoint($"tests-alert-raised-{Guid.CreateVersion7():N}", e =>
            {
                e.AutoDelete = true;
                e.Durable = false;
                e.Handler<Bulk<AlertRaised>>(c =>
                {
                    c.Message.Items.ToList().ForEach(a => Heard.Enqueue((TimeProvider.System.GetUtcNow(), a)));
                    return Task.CompletedTask;
                });
            });
        });
        await bus.StartAsync(TimeSpan.FromSeconds(60));
    }

    public Task PublishAsync<T>(IEnumerable<T> messages)
        where T : class
    {
        var all = messages.ToList();
        all.OfType<MentionScored>().ToList().ForEach(m => told[m.Mention.MentionId] = true);
        return bus.PublishAllAsync(all.Select(m => (Guid.NewGuid(), m)), TestContext.Current.CancellationToken);
    }

    public List<(DateTimeOffset At, AlertRaised Alert)> HeardOf(Guid brand) => [.. Heard.Where(h => h.Alert.Brand.Id == brand)];

    /// <summary>Waits until the service has handled all that was published before and every alert of it was heard. A mention with a verdict of its own closes the line; alerts of one page are told together, so that the last one can be heard first, and of two pages the second can be handled first.</summary>
    public async Task DrainedAsync()
    {
        var mark = new BrandRef(Guid.CreateVersion7(), "mark");
        await PublishAsync([AScored(mark, "mark", negative: 1)]);
        await Eventually.AsyncTrue(
            async _ => HeardOf(mark.Id).Count > 0 && await ScalarAsync($"select count(*) from alerts.judged where mention_id in ('{string.Join("', '", told.Keys)}')") >= told.Count && Heard.DistinctBy(h => h.Alert.AlertId).LongCount() >= await ScalarAsync("select count(*) from alerts.alerts"),
            TimeSpan.FromSeconds(60),
            () => Stack.Alerts.LogTail(),
            TestContext.Current.CancellationToken);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body = null, string? version = null, string workspace = "main", Role role = Role.Manager)
    {
        using var request = Stack.Request(method, path, workspace, role: role);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        request.Content = body is null ? null : JsonContent.Create(body, options: Json);
        return await Stack.Alerts.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<JsonElement> GetAsync(string path, string workspace = "main")
    {
        using var answer = await SendAsync(HttpMethod.Get, path, workspace: workspace, role: Role.Moderator);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Json, TestContext.Current.CancellationToken);
    }

    public async Task<long> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Database.DisposeAsync();
        await Stack.DisposeAsync();
    }

    public static MentionScored AScored(BrandRef brand, string nativeId, float negative = 0.9f, int revision = 1, string model = "test-1", bool backfill = false, string workspace = "main", string text = "The parcel never came.")
    {
        var now = TimeProvider.System.GetUtcNow();
        var mention = new MentionFound(
            workspace,
            NameBasedGuid.Create(brand.Id, nativeId),
            brand,
            new("push", Guid.Empty, "tests", nativeId, $"https://example.org/{nativeId}", null, text, new("a1", "somebody"), now.AddMinutes(-1), "en", 1, 100, null, revision, $"hash-{revision}"),
            now.AddSeconds(-2),
            now.AddSeconds(-1),
            backfill,
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        return new(mention, new(negative > 0.5f ? Sentiment.Negative : Sentiment.Positive, negative, 0, 1 - negative, model, [], now));
    }
}
