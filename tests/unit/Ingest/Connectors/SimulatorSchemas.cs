using System.Net.Http.Headers;
using System.Text.Json;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>The simulator's answers against the networks' official schemas. The schemas are no part of Serm: they are looked for in <c>../shared/schemas</c> beside the checkout, and without them only the kit itself speaks for the simulator.</summary>
public sealed class SimulatorSchemas : IAsyncLifetime
{
    private static readonly string? Folder = Find();
    private readonly SimClock clock = new(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
    private readonly SchemaCheck check = new();
    private readonly HttpClient http = new();
    private Simulation simulation = null!;

    public static bool Absent => Folder is null;

    public async ValueTask InitializeAsync()
    {
        simulation = await Simulation.StartAsync(clock);
        foreach (var name in simulation.Names)
        {
            var posts = Script.Threads(simulation[name], 12);
            simulation[name].World.Edit(posts[1], "acme, edited");
        }
    }

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return simulation.DisposeAsync();
    }

    [Theory(Skip = "no schemas beside the checkout", SkipWhen = nameof(Absent))]
    [InlineData("newsfeed.search", "q=acme&extended=1&count=5", "newsfeed/responses.json", "newsfeed_search_extended_response")]
    [InlineData("wall.get", "owner_id=-1&extended=1&count=5", "wall/responses.json", "wall_get_extended_response")]
    [InlineData("wall.getById", "posts=-1_1&extended=1", "wall/responses.json", "wall_getById_extended_response")]
    [InlineData("wall.getComments", "owner_id=-1&post_id=1&extended=1&thread_items_count=10&count=100", "wall/responses.json", "wall_getComments_extended_response")]
    [InlineData("board.getTopics", "group_id=1", "board/responses.json", "board_getTopics_response")]
    [InlineData("board.getComments", "group_id=1&topic_id=1&extended=1", "board/responses.json", "board_getComments_extended_response")]
    [InlineData("wall.createComment", "owner_id=-1&post_id=1&reply_to_comment=2&message=hello&guid=1", "wall/responses.json", "wall_createComment_response", true)]
    [InlineData("board.createComment", "group_id=1&topic_id=1&message=hello&guid=1", "board/responses.json", "board_createComment_response", true)]
    [InlineData("wall.getComment", "owner_id=-1&comment_id=2&extended=1", "wall/responses.json", "wall_getComment_extended_response")]
    public async Task VKontakte(string method, string form, string file, string definition, bool writes = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{simulation.Url("vk")}/method/{method}") { Content = new StringContent($"{form}&v=5.199", new MediaTypeHeaderValue("application/x-www-form-urlencoded")) };
        var answer = await SendAsync(request, simulation["vk"].Token);
        check.Of(Path.Combine(Folder!, "vk", file), $"/definitions/{definition}", answer).ShouldBeEmpty();
        simulation["vk"].Sent.Count.ShouldBe(writes ? 1 : 0);
    }

    [Theory(Skip = "no schemas beside the checkout", SkipWhen = nameof(Absent))]
    [InlineData("/api/v1/timelines/tag/acme?limit=5", "Status", true)]
    [InlineData("/api/v2/search?q=acme&type=statuses", "Search", false)]
    [InlineData("/api/v1/notifications?types[]=mention&limit=5", "Notification", true)]
    public async Task Mastodon(string path, string schema, bool list)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, simulation.Url("mastodon") + path);
        var answer = await SendAsync(request, simulation["mastodon"].Token);
        foreach (var value in list ? answer.EnumerateArray().ToArray() : [answer])
        {
            check.Of(Path.Combine(Folder!, "mastodon", "schema.json"), $"/components/schemas/{schema}", value).ShouldBeEmpty();
        }
    }

    [Fact(Skip = "no schemas beside the checkout", SkipWhen = nameof(Absent))]
    public async Task Mastodon_takes_a_status()
    {
        var post = simulation["mastodon"].World.Posts[0];
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{simulation.Url("mastodon")}/api/v1/statuses") { Content = Json(new { status = "hello", in_reply_to_id = $"{Serm.Simulator.Networks.Mastodon.Id(post)}", visibility = "public" }) };
        check.Of(Path.Combine(Folder!, "mastodon", "schema.json"), "/components/schemas/Status", await SendAsync(request, simulation["mastodon"].Token)).ShouldBeEmpty();
    }

    [Fact(Skip = "no schemas beside the checkout", SkipWhen = nameof(Absent))]
    public async Task Discourse_takes_a_post()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{simulation.Url("discourse")}/posts.json") { Content = Json(new { raw = "hello, this is long enough", topic_id = 1, reply_to_post_number = 2 }) };
        request.Headers.Add("Api-Key", simulation["discourse"].Token);
        request.Headers.Add("Api-Username", Serm.Simulator.Networks.Discourse.User);
        check.Of(Path.Combine(Folder!, "discourse", "openapi.json"), "/paths/~1posts.json/post/responses/200/content/application~1json/schema", await SendAsync(request, null)).ShouldBeEmpty();
    }

    [Theory(Skip = "no schemas beside the checkout", SkipWhen = nameof(Absent))]
    [InlineData("getChat", "ChatFullInfo")]
    [InlineData("sendMessage", "Message")]
    public async Task Telegram_takes_a_message(string method, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{simulation.Url("telegram")}/bot1:{simulation["telegram"].Token}/{method}") { Content = Json(new { chat_id = -1001234567890, text = "hello", reply_parameters = new { message_id = 1 } }) };
        var answer = await SendAsync(request, null);
        var types = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder!, "telegram", "api.json"), TestContext.Current.CancellationToken)).GetProperty("types");
        OfBotApi(types, type, answer.GetProperty("result"), "$").ShouldBeEmpty();
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), new MediaTypeHeaderValue("application/json"));

    [Fact(Skip = "no schemas beside the checkout", SkipWhen = nameof(Absent))]
    public async Task Telegram()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{simulation.Url("telegram")}/bot1:{simulation["telegram"].Token}/getUpdates") { Content = new StringContent("offset=0&limit=100", new MediaTypeHeaderValue("application/x-www-form-urlencoded")) };
        var answer = await SendAsync(request, null);
        var types = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(Folder!, "telegram", "api.json"), TestContext.Current.CancellationToken)).GetProperty("types");
        answer.GetProperty("result").EnumerateArray().SelectMany(u => OfBotApi(types, "Update", u, "$")).ShouldBeEmpty();
    }

    // The Bot API's own form: types with fields, each of one or several types.
    private static IEnumerable<string> OfBotApi(JsonElement types, string type, JsonElement value, string path)
    {
        var fields = types.GetProperty(type).GetProperty("fields").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!, StringComparer.Ordinal);
        foreach (var missing in fields.Where(f => f.Value.GetProperty("required").GetBoolean() && !value.TryGetProperty(f.Key, out _)))
        {
            yield return $"{path}.{missing.Key} is missing";
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!fields.TryGetValue(member.Name, out var field))
            {
                yield return $"{path}.{member.Name} is not in the schema";
                continue;
            }

            var name = field.GetProperty("types")[0].GetString()!;
            var right = name switch { "Integer" => member.Value.ValueKind == JsonValueKind.Number, "String" => member.Value.ValueKind == JsonValueKind.String, "Boolean" => member.Value.ValueKind is JsonValueKind.True or JsonValueKind.False, _ => true };
            if (!right)
            {
                yield return $"{path}.{member.Name} is {member.Value.ValueKind}";
            }
            else if (types.TryGetProperty(name, out var inner) && inner.TryGetProperty("fields", out _) && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var wrong in OfBotApi(types, name, member.Value, $"{path}.{member.Name}"))
                {
                    yield return wrong;
                }
            }
        }
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, string? token)
    {
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static string? Find()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Serm.sln")))
        {
            root = root.Parent;
        }

        // Beside the checkout, or beside the folder that it stands in.
        return new[] { root?.Parent, root?.Parent?.Parent }.OfType<DirectoryInfo>().Select(f => Path.Combine(f.FullName, "shared", "schemas")).FirstOrDefault(Directory.Exists);
    }
}
