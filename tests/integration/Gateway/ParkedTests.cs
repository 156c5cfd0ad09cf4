using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Tests.Integration.Mentions;

namespace Serm.Tests.Integration.Gateway;

public sealed class ParkedTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_message_that_cannot_be_handled_is_listed_with_its_cause_counted_and_sent_again_without_harm_to_its_neighbours()
    {
        const string queue = Queues.MentionsMentionFound;
        var brand = new BrandRef(Guid.CreateVersion7(), "Acme");
        var good = MentionsFixture.AFound(brand, "good");
        await gateway.PublishAsync(MentionsFixture.AFound(brand, "poison") with { Post = null! });
        await gateway.PublishAsync(good);

        var parked = await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 1, Soon, GatewayFixture.Token);
        var first = parked.GetProperty("first");
        first.GetProperty("error").GetString().ShouldBe("System.Text.Json.JsonException");
        first.GetProperty("message").GetString()!.ShouldContain("post.revision");
        first.GetProperty("ageSeconds").GetInt64().ShouldBeInRange(0, 60);
        await Eventually.AsyncTrue(
            async _ =>
            {
                using var answer = await gateway.GetAsync($"/api/mentions/{good.MentionId}");
                return answer.IsSuccessStatusCode;
            },
            Soon,
            () => "The neighbour of a poison message was not stored.",
            GatewayFixture.Token);

        // Looking again costs no delivery.
        (await ParkedAsync(queue)).GetProperty("first").GetProperty("messageId").GetString().ShouldBe(first.GetProperty("messageId").GetString());
        (await gateway.Stack.Gateway.RunAsync("parked", "list")).ShouldStartWith($"{queue}\t1\t");
        await Eventually.AsyncTrue(
            async ct => (await gateway.Stack.Gateway.Http.GetStringAsync(gateway.Stack.Gateway.Metrics, ct)).Split('\n').Any(l => l.StartsWith("serm_parked_messages{", StringComparison.Ordinal) && l.Contains(queue, StringComparison.Ordinal) && l.Split(' ')[1] == "1"),
            Soon,
            () => "The gauge does not say 1.",
            GatewayFixture.Token);

        // The cause is still there: it is sent, fails again and is parked again.
        using var answer = await gateway.SendAsync(HttpMethod.Post, $"/api/parked/{queue}/resend", new { max = 5 });
        (await answer.Content.ReadFromJsonAsync<JsonElement>(GatewayFixture.Token)).GetProperty("moved").GetInt32().ShouldBe(1);
        await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 1, Soon, GatewayFixture.Token);
        (await gateway.Stack.Gateway.RunAsync("parked", "resend", queue)).TrimEnd().ShouldBe("1");
    }

    [Fact]
    public async Task Messages_parked_for_a_cause_that_is_gone_are_handled_when_sent_again()
    {
        // Put straight into the parked queue, as the broker does with a message whose consumer died too often.
        const string queue = Queues.GatewayMentionChanged;
        var workspace = $"w{Guid.CreateVersion7():N}"[..20];
        var at = TimeProvider.System.GetUtcNow();
        await using (var connection = await new ConnectionFactory { Uri = new Uri(Servers.RabbitMq) }.CreateConnectionAsync(GatewayFixture.Token))
        {
            await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), GatewayFixture.Token);
            for (var i = 0; i < 250; i++)
            {
                var change = new MentionChanged(Guid.CreateVersion7(), workspace, Guid.CreateVersion7(), Guid.CreateVersion7(), "mention_found", 1, "new", null, null, at, at, at);
                var body = JsonSerializer.SerializeToUtf8Bytes(new { messageType = new[] { MassTransit.MessageUrn.ForTypeString<Bulk<MentionChanged>>() }, message = new { items = new[] { change } } }, JsonSerializerOptions.Web);
                await channel.BasicPublishAsync("", queue + Topology.ParkedSuffix, mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json", MessageId = $"m{i}", Persistent = true }, body, GatewayFixture.Token);
            }
        }

        (await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 250, Soon, GatewayFixture.Token)).GetProperty("first").GetProperty("messageId").GetString().ShouldBe("m0");

        // By another process: the one that was first is gone, or last where the broker puts what was looked at to the end.
        (await gateway.Stack.Gateway.RunAsync("parked", "resend", queue, "--max", "10")).TrimEnd().ShouldBe("10");
        (await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 240, Soon, GatewayFixture.Token)).GetProperty("first").GetProperty("messageId").GetString().ShouldBeOneOf("m10", "m11");
        await ResendAsync(queue, null, 240);
        await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 0, Soon, GatewayFixture.Token);
        await using var count = gateway.Database.CreateCommand("select count(*) from gateway.live_log where workspace = $1");
        count.Parameters.AddWithValue(workspace);
        await Eventually.Async(async ct => (long)(await count.ExecuteScalarAsync(ct))!, n => n == 250, Soon, GatewayFixture.Token);
    }

    [Fact]
    public async Task What_is_no_message_at_all_is_parked_too()
    {
        const string queue = Queues.MentionsAlertDelivered;
        await using var connection = await new ConnectionFactory { Uri = new Uri(Servers.RabbitMq) }.CreateConnectionAsync(GatewayFixture.Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: GatewayFixture.Token);
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, Encoding.UTF8.GetBytes("{ not json"), GatewayFixture.Token);
        var parked = await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 1, Soon, GatewayFixture.Token);
        parked.GetProperty("first").GetProperty("error").GetString()!.ShouldContain("SerializationException");

        await Eventually.AsyncTrue(
            async ct => (await gateway.Stack.Mentions.Http.GetStringAsync(gateway.Stack.Mentions.Metrics, ct)).Split('\n').Any(l => l.StartsWith("serm_messages_parked_total{", StringComparison.Ordinal) && l.Contains(queue, StringComparison.Ordinal)),
            Soon,
            () => "What cannot be read is not counted.",
            GatewayFixture.Token);

        var bulk = new BasicProperties { ContentType = "application/vnd.serm.bulk+json", Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [MassTransit.MessageHeaders.MessageType] = MassTransit.MessageUrn.ForTypeString<Bulk<AlertDelivered>>() } };
        await channel.BasicPublishAsync("", queue, mandatory: true, bulk, Encoding.UTF8.GetBytes("[{ not json"), GatewayFixture.Token);
        await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 2, Soon, GatewayFixture.Token);

        // Nor is what nobody understands put where nobody looks, nor anything put aside twice.
        var other = Encoding.UTF8.GetBytes("""{"messageId":"01a21f72-ee75-7694-94cc-1beb539f8428","messageType":["urn:message:Serm.Contracts:NotYetKnown"],"message":{}}""");
        await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, other, GatewayFixture.Token);
        await Eventually.Async(_ => ParkedAsync(queue), p => p.GetProperty("count").GetInt64() == 3, Soon, GatewayFixture.Token);
        await Should.ThrowAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync(queue + "_skipped", GatewayFixture.Token));
    }

    [Fact]
    public async Task Looking_at_a_parked_message_never_uses_up_the_deliveries_that_a_broker_allows()
    {
        const string queue = Queues.MentionsPostRemoved;
        await using var connection = await new ConnectionFactory { Uri = new Uri(Servers.RabbitMq) }.CreateConnectionAsync(GatewayFixture.Token);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), GatewayFixture.Token);
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [MassTransit.MessageHeaders.FaultExceptionType] = "System.FormatException", [MassTransit.MessageHeaders.FaultMessage] = "no number" };
        await channel.BasicPublishAsync("", queue + Topology.ParkedSuffix, mandatory: true, new BasicProperties { MessageId = "looked at", Persistent = true, Headers = headers }, "{}"u8.ToArray(), GatewayFixture.Token);
        for (var i = 0; i < 12; i++)
        {
            // Each a process of its own, which remembers nothing.
            (await gateway.Stack.Gateway.RunAsync("parked", "list")).ShouldContain($"{queue}\t1\t\tSystem.FormatException\tno number");
        }

        var message = (await channel.BasicGetAsync(queue + Topology.ParkedSuffix, autoAck: true, GatewayFixture.Token)).ShouldNotBeNull();
        message.BasicProperties.MessageId.ShouldBe("looked at");
        Convert.ToInt64(message.BasicProperties.Headers!.TryGetValue("x-delivery-count", out var count) ? count : 0, System.Globalization.CultureInfo.InvariantCulture).ShouldBeLessThan(10);
        (await channel.MessageCountAsync(queue + Topology.ParkedSuffix, GatewayFixture.Token)).ShouldBe(0u);
    }

    [Fact]
    public async Task Refuses_what_is_no_queue_no_number_and_who_is_no_admin()
    {
        using var nowhere = await gateway.SendAsync(HttpMethod.Post, "/api/parked/nowhere/resend");
        (await GatewayFixture.ShouldRefuseAsync(nowhere, HttpStatusCode.NotFound, "not_found")).GetProperty("detail").GetString()!.ShouldStartWith("There is no such queue.");
        using var none = await gateway.SendAsync(HttpMethod.Post, $"/api/parked/{Queues.MentionsAlertRaised}/resend", new { max = 0 });
        (await GatewayFixture.ShouldRefuseAsync(none, HttpStatusCode.BadRequest, "max_invalid")).GetProperty("field").GetString().ShouldBe("max");
        using var manager = await gateway.GetAsync("/api/parked", await gateway.KeyAsync("manager"));
        await GatewayFixture.ShouldRefuseAsync(manager, HttpStatusCode.Forbidden, "role_too_low");
    }

    private async Task<JsonElement> ParkedAsync(string queue) =>
        (await gateway.ReadAsync("/api/parked")).EnumerateArray().Single(q => q.GetProperty("queue").GetString() == queue);

    private async Task ResendAsync(string queue, int? max, int moved)
    {
        using var answer = await gateway.SendAsync(HttpMethod.Post, $"/api/parked/{queue}/resend", max is null ? null : new { max });
        var text = await answer.Content.ReadAsStringAsync(GatewayFixture.Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        JsonDocument.Parse(text).RootElement.GetProperty("moved").GetInt32().ShouldBe(moved);
    }
}
