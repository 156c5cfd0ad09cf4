using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serm.Demo;
using Serm.Demo.Feeds;
using Serm.Demo.Networks;
using Serm.Demo.Provisioning;

namespace Serm.Tests.Unit.Demo;

public sealed class ProvisionTests
{
    private static readonly DemoOptions Options = new(new("http://127.0.0.1:8080"), 8089, 8088, "serm_key", 1, null);
    private static readonly int Expected = Provision.Expected;

    [Fact]
    public async Task Adds_brands_a_rule_and_sources_and_says_when_all_is_judged()
    {
        using var gateway = new Gateway { Judged = [0, 312, Expected] };
        var said = await RunAsync(gateway);

        gateway.Made("brands").Count.ShouldBe(2);
        gateway.Made("brands")[1]["competitorOf"]!.GetValue<Guid>().ShouldBe(gateway.Made("brands")[0]["id"]!.GetValue<Guid>());
        gateway.Made("rules").ShouldHaveSingleItem()["brandId"]!.GetValue<Guid>().ShouldBe(gateway.Made("brands")[0]["id"]!.GetValue<Guid>());
        gateway.Made("sources").Select(s => s["url"]!.GetValue<string>()).ShouldBe([.. SampleFeed.All.Select(f => $"http://127.0.0.1:8089/{f.Path}"), .. SampleNetwork.All.Select(n => $"http://127.0.0.1:8088/{n.Name}")]);
        gateway.Keys.ShouldAllBe(k => k == "Bearer serm_key");
        said.ShouldContain($"312 of {Expected} mentions judged");
        said[^1].ShouldStartWith("ready");
    }

    [Fact]
    public async Task Finds_what_an_earlier_run_left()
    {
        using var gateway = new Gateway { Judged = [Expected] };
        await RunAsync(gateway);
        await RunAsync(gateway);
        gateway.Made("brands").Count.ShouldBe(2);
        gateway.Made("rules").Count.ShouldBe(1);
        gateway.Made("sources").Count.ShouldBe(SampleFeed.All.Count + SampleNetwork.All.Count);
    }

    [Fact]
    public async Task Waits_for_services_that_are_just_starting()
    {
        using var gateway = new Gateway { Judged = [Expected], Failures = 2 };
        var said = await RunAsync(gateway);
        said.ShouldContain(l => l.StartsWith("waiting:", StringComparison.Ordinal));
        said[^1].ShouldStartWith("ready");
    }

    [Fact]
    public async Task Does_without_alerting()
    {
        using var gateway = new Gateway { Judged = [Expected], NoRules = true };
        (await RunAsync(gateway))[^1].ShouldStartWith("ready");
    }

    [Fact]
    public async Task A_wrong_key_is_said_at_once()
    {
        using var gateway = new Gateway { Key = "another" };
        (await Should.ThrowAsync<GatewayException>(() => RunAsync(gateway))).Message.ShouldContain("admin key");
    }

    private static async Task<List<string>> RunAsync(Gateway gateway)
    {
        using var http = new HttpClient(gateway, disposeHandler: false);
        await using var output = new StringWriter();
        await new Provision(new(http, Options), Options, TimeProvider.System, output).RunAsync(TestContext.Current.CancellationToken);
        return [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
    }

    // Speaks the public API as far as the demo uses it, unknown members included: they are refused.
    private sealed class Gateway : HttpMessageHandler
    {
        private static readonly Dictionary<string, string[]> Members = new(StringComparer.Ordinal)
        {
            ["brands"] = ["name", "query", "languages", "competitorOf"],
            ["sources"] = ["kind", "url", "name", "intervalSeconds", "options", "credentials"],
            ["rules"] = ["name", "brandId", "threshold", "minReach", "unknownReach", "enabled"],
        };

        private readonly Dictionary<string, JsonArray> kept = new(StringComparer.Ordinal) { ["brands"] = [], ["sources"] = [], ["rules"] = [] };
        private int counted;

        public string Key { get; init; } = "Bearer serm_key";

        public int[] Judged { get; init; } = [];

        public int Failures { get; set; }

        public bool NoRules { get; init; }

        public ConcurrentBag<string?> Keys { get; } = [];

        public List<JsonObject> Made(string what) => [.. kept[what].Select(m => m!.AsObject())];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Keys.Add(request.Headers.Authorization?.ToString());
            if (request.Headers.Authorization?.ToString() != Key)
            {
                return new(HttpStatusCode.Unauthorized);
            }

            if (Failures-- > 0)
            {
                return new(HttpStatusCode.ServiceUnavailable);
            }

            var what = request.RequestUri!.AbsolutePath["/api/".Length..];
            if (what == "mentions/counts")
            {
                request.RequestUri.Query.Split("brand=").Length.ShouldBe(3);
                var judged = Judged[Math.Min(counted++, Judged.Length - 1)];
                return Answer(new { byStatus = new { @new = Expected }, bySentiment = new { negative = judged, unscored = Expected - judged }, openNegative = judged });
            }

            if (NoRules && what == "rules")
            {
                return new(HttpStatusCode.NotFound);
            }

            if (request.Method == HttpMethod.Get)
            {
                return Answer(kept[what]);
            }

            var body = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsObject();
            body.Select(m => m.Key).ShouldBeSubsetOf(Members[what]);
            body["id"] = Guid.CreateVersion7();
            body["url"] ??= body["options"]?.AsObject().Select(o => o.Value).FirstOrDefault(v => v?.GetValueKind() == JsonValueKind.String && v.GetValue<string>().StartsWith("http", StringComparison.Ordinal))?.GetValue<string>();
            kept[what].Add(body);
            return Answer(body, HttpStatusCode.Created);
        }

        private static HttpResponseMessage Answer(object body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(JsonSerializer.Serialize(body)) };
    }
}
