using System.Collections.Concurrent;
using System.Net.Http.Json;
using MassTransit;
using Npgsql;
using RabbitMQ.Client;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Sentiments;

/// <summary>The sentiment service alone on a real broker, with a bus to play ingest and to listen to what it says.</summary>
public sealed class SentimentFixture : IAsyncLifetime
{
    private readonly ConcurrentQueue<MentionScored> heard = [];
    private IBusControl bus = null!;

    public Stack Stack { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq);
        await Stack.StartAsync(TestContext.Current.CancellationToken, "Sentiment");
        Database = NpgsqlDataSource.Create(Stack.Postgres);
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
            b.ReceiveEndpoint(e => e.Handler<Bulk<MentionScored>>(c =>
            {
                c.Message.Items.ToList().ForEach(heard.Enqueue);
                return Task.CompletedTask;
            }));
        });
        await bus.StartAsync(TimeSpan.FromSeconds(30));
    }

    public Task PublishAsync<T>(IEnumerable<T> messages)
        where T : class => bus.PublishAllAsync(messages.Select(m => (Guid.CreateVersion7(), m)), TestContext.Current.CancellationToken);

    public async Task<long> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string workspace)
    {
        using var request = Stack.Request(HttpMethod.Get, path, workspace);
        return await Stack.Sentiment.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>What was said of the given mentions so far.</summary>
    public IReadOnlyList<MentionScored> Heard(params Guid[] mentions) => [.. heard.Where(h => mentions.Contains(h.Mention.MentionId))];

    public async Task<IReadOnlyList<MentionScored>> HearAsync(int count, params Guid[] mentions) => await Eventually.Async(
        _ => Task.FromResult(Heard(mentions)), h => h.Count >= count, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public async Task<HttpResponseMessage> PostAsync(object body, Role role = Role.Integrator)
    {
        using var request = Stack.Request(HttpMethod.Post, "/api/sentiment/score", role: role);
        request.Content = JsonContent.Create(body);
        return await Stack.Sentiment.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<BasicGetResult?> ParkedAsync(CancellationToken cancellationToken) => ParkedAsync(Queues.SentimentMentionFound, cancellationToken);

    public static async Task<BasicGetResult?> ParkedAsync(string queue, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { Uri = new Uri(Servers.RabbitMq) };
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        return await channel.BasicGetAsync(queue + Topology.ParkedSuffix, autoAck: true, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Database.DisposeAsync();
        await Stack.DisposeAsync();
    }

    public static MentionFound AFound(string text, string language = "en", int revision = 1, string? title = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = Guid.CreateVersion7();
        return new(
            "main",
            id,
            new(Guid.CreateVersion7(), "Acme"),
            new("push", Guid.Empty, "tests", id.ToString("N"), $"https://example.org/{id:N}", title, text, null, now, language, 1, null, null, revision, "00"),
            now,
            now,
            TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }
}
