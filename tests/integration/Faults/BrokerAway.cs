using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Tests.Integration.Faults;

/// <summary>A service whose broker is away: what only stores goes on, so it must be let in.</summary>
public sealed class BrokerAway
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_without_its_broker_stays_ready_and_says_what_it_lacks()
    {
        await using var stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq, cancellationToken: Cancel);
        await stack.StartAsync(Cancel, "Mentions");
        await Eventually.Async(_ => ReadyAsync(stack), r => r == (HttpStatusCode.OK, "Healthy"), Patience, Cancel);

        await ServerControl.KillAsync("rabbitmq", Cancel);
        try
        {
            await Eventually.Async(_ => ReadyAsync(stack), r => r.Status != "Healthy", Patience, Cancel);
            for (var look = 0; look < 10; look++)
            {
                (await ReadyAsync(stack)).ShouldBe((HttpStatusCode.OK, "Degraded"));
                await Task.Delay(TimeSpan.FromMilliseconds(500), Cancel);
            }

            using var request = Stack.Request(HttpMethod.Post, "/api/views", role: Role.Moderator);
            request.Content = JsonContent.Create(new { name = "Mine", query = new { sort = new[] { "urgent" } } });
            using var stored = await stack.Mentions.Http.SendAsync(request, Cancel);
            stored.StatusCode.ShouldBe(HttpStatusCode.Created, await stored.Content.ReadAsStringAsync(Cancel));
        }
        finally
        {
            await ServerControl.StartAsync(Cancel);
        }

        await Eventually.Async(_ => ReadyAsync(stack), r => r.Status == "Healthy", Patience, Cancel);
    }

    private static async Task<(HttpStatusCode Code, string Status)> ReadyAsync(Stack stack)
    {
        using var answer = await stack.Mentions.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), Cancel);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("status").GetString()!);
    }
}
