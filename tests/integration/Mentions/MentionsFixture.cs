using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Mentions;

/// <summary>The mentions service alone on real servers, with a bus to play ingest, sentiment and alerts.</summary>
public sealed class MentionsFixture : IAsyncLifetime
{
    public static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    private IBusControl bus = null!;

    public Stack Stack { get; private set; } = null!;

    public NpgsqlDataSource Database { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq);
        await Stack.StartAsync(TestContext.Current.CancellationToken, "Mentions");
        Database = NpgsqlDataSource.Create(Stack.Postgres);
        bus = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
        });
        await bus.StartAsync(TimeSpan.FromSeconds(60));
    }

    public Task PublishAsync<T>(IEnumerable<T> messages)
        where T : class => bus.PublishAllAsync(messages.Select(m => (Guid.NewGuid(), m)), TestContext.Current.CancellationToken);

    public async Task<T> GetAsync<T>(string path, string workspace = "main")
    {
        using var request = Stack.Request(HttpMethod.Get, path, workspace);
        using var answer = await Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<T>(Json, TestContext.Current.CancellationToken))!;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, object? body = null, string? version = null, string user = "tester", Role role = Role.Moderator)
    {
        using var request = Stack.Request(HttpMethod.Post, path, user: user, role: role);
        if (version is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", version);
        }

        request.Content = body is null ? null : JsonContent.Create(body, options: Json);
        return await Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task<long> ScalarAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task<string> TextAsync(string sql, Guid brand)
    {
        await using var command = Database.CreateCommand(string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, brand));
        return (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }

    public async ValueTask DisposeAsync()
    {
        await bus.StopAsync(TimeSpan.FromSeconds(10));
        await Database.DisposeAsync();
        await Stack.DisposeAsync();
    }

    public static MentionFound AFound(BrandRef brand, string nativeId, int revision = 1, string text = "The parcel never came.", DateTimeOffset? at = null)
    {
        var published = at ?? TimeProvider.System.GetUtcNow().AddMinutes(-1);
        return new(
            "main",
            NameBasedGuid.Create(brand.Id, nativeId),
            brand,
            new("push", Guid.Empty, "tests", nativeId, $"https://example.org/{nativeId}", null, text, new("a1", "somebody"), published, "en", 1, 100, null, revision, $"{revision:x8}{text.GetHashCode(StringComparison.Ordinal):x8}"),
            published.AddSeconds(1),
            published.AddSeconds(2));
    }

    public static MentionScored AScored(MentionFound found, float negative = 0.9f, string model = "test-1") => new(
        found,
        new(negative > 0.5f ? Sentiment.Negative : Sentiment.Positive, negative, 0.05f, 0.95f - negative, model, [new(PostPart.Text, 0, 3, 0.4f)], found.MatchedAt.AddSeconds(1)));
}
