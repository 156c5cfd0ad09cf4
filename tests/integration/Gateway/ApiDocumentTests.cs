using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serm.Tests.Integration.Gateway;

/// <summary>All services, so that the whole API describes itself.</summary>
public sealed class ApiDocumentTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // SERM_UPDATE_DOCS=1 writes the file instead: look at the difference before you commit it.
    [Fact]
    public async Task The_committed_description_is_what_the_running_gateway_serves()
    {
        var token = TestContext.Current.CancellationToken;
        await using var stack = await Stack.CreateAsync(Servers.Postgres, Servers.RabbitMq, cancellationToken: token);
        await stack.StartAsync(token);

        // On a busy machine a service can need longer for its first answer than the gateway waits.
        var served = await Eventually.Async(
            async ct => JsonNode.Parse(await stack.Gateway.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), ct))!.AsObject(),
            d => d["x-serm-missing"] is null,
            TimeSpan.FromMinutes(1),
            token);
        var text = Sorted(served)!.ToJsonString(Readable) + "\n";
        var file = Path.Combine(Repository.Root, "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("SERM_UPDATE_DOCS") is "1")
        {
            await File.WriteAllTextAsync(file, text, token);
        }

        text.ShouldBe(await File.ReadAllTextAsync(file, token), "docs/openapi.json is out of date: run SERM_UPDATE_DOCS=1 ./serm test integration --filter-class '*ApiDocumentTests'");

        // While a service is down its part is served as it was; a gateway that never heard it says so.
        await stack.Mentions.KillAsync();
        await stack.Gateway.KillAsync();
        await stack.StartAsync(token, "Gateway");
        var partial = await Eventually.Async(
            async ct => JsonNode.Parse(await stack.Gateway.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), ct))!.AsObject(),
            d => d["x-serm-missing"]?.AsArray().Count is null or 1,
            TimeSpan.FromMinutes(1),
            token);
        partial["x-serm-missing"]!.AsArray().Select(n => n!.GetValue<string>()).ShouldBe(["mentions"]);
        partial["paths"]!["/api/mentions"].ShouldBeNull();
        partial["paths"]!["/api/sources"].ShouldNotBeNull();
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => new KeyValuePair<string, JsonNode?>(m.Key, Sorted(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
