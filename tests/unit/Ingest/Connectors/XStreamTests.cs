using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.X;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>X's filtered stream beyond the laws: its rules, its names, its money and its end.</summary>
public sealed class XStreamTests : IAsyncLifetime
{
    private const string Tag = "serm:00000000000000000000000000000000";
    private static readonly Guid Another = new("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly SimClock clock = new(Start);
    private Simulation simulation = null!;

    public async ValueTask InitializeAsync() => simulation = await Simulation.StartAsync(clock);

    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    [Fact]
    public async Task Rules_follow_the_searches_and_leave_those_of_others_alone()
    {
        using var app = App();
        await app.PostAsync("2/tweets/search/stream/rules", Json("""{"add":[{"value":"theirs","tag":"other"}]}"""), TestContext.Current.CancellationToken);
        await Source("acme", "zenith").ReadAllAsync();
        (await RulesAsync(app)).ShouldBe(["other theirs", $"{Tag} acme", $"{Tag} zenith"]);
        await Source("zenith", "acme -is:retweet").ReadAllAsync();
        (await RulesAsync(app)).ShouldBe(["other theirs", $"{Tag} acme -is:retweet", $"{Tag} zenith"]);
    }

    [Theory]
    [InlineData("tweet", "tweets")]
    [InlineData("post", "posts")]
    public void A_post_reads_the_same_under_the_old_names_and_under_the_new_ones(string one, string many)
    {
        var answer = System.Text.Json.JsonElement.Parse($$$"""
            {"data":[{"id":"103","author_id":"7","conversation_id":"90","created_at":"2026-03-10T11:00:00.000Z","text":"cut…","note_{{{one}}}":{"text":"acme, whole"},"lang":"en","edit_history_{{{one}}}_ids":["101","103"],
            "referenced_{{{many}}}":[{"type":"quoted","id":"80"},{"type":"replied_to","id":"95"}],"public_metrics":{"re{{{one}}}_count":2,"quote_count":1,"like_count":5,"reply_count":4,"impression_count":50}}],"includes":{"users":[{"id":"7","name":"Åsa","username":"asa"}]}}
            """);
        var post = XConnector.Posts(answer, Start).ShouldHaveSingleItem();
        (post.NativeId, post.Text, post.Parent, post.Root, post.Author!.Handle, post.Engagement).ShouldBe(("101", "acme, whole", "95", "90", "asa", new Serm.Contracts.Engagement(Start, 5, 3, 4, 50)));
    }

    [Fact]
    public async Task Two_sources_on_one_application_leave_the_rules_of_each_other_alone()
    {
        using var app = App();
        await Source(Another, 1_000, "parvelta").ReadAllAsync();
        await Source("acme").ReadAllAsync();
        await Source("zenith").ReadAllAsync();
        (await RulesAsync(app)).ShouldBe([$"{Tag} zenith", $"serm:{Another:N} parvelta"]);
    }

    [Fact]
    public async Task What_a_source_has_left_is_taken_back_twice_without_harm_and_nothing_of_others()
    {
        using var app = App();
        await Source(Another, 1_000, "parvelta").ReadAllAsync();
        var source = Source("acme", "zenith");
        await source.ReadAllAsync();
        await source.TakeBackAsync();
        await source.TakeBackAsync();
        (await RulesAsync(app)).ShouldBe([$"serm:{Another:N} parvelta"]);
    }

    [Fact]
    public async Task A_search_that_is_the_rule_of_another_source_is_said()
    {
        await Source(Another, 1_000, "acme").ReadAllAsync();
        var failure = await Should.ThrowAsync<NetworkFailure>(Source("zenith", "acme").TurnAsync(most: 50));
        (failure.Code, failure.Permanent).ShouldBe(("rule_taken", true));
        failure.Message.ShouldContain("Search 2");
    }

    [Fact]
    public async Task A_stream_that_somebody_else_holds_is_said_with_the_remedy_and_its_rules_are_taken_back()
    {
        using var app = App();
        await Source(Another, 1_000, "parvelta").ReadAllAsync();
        simulation["x"].Held = true;
        var expected = simulation["x"].World.Publish("acme is late");
        var host = Source("acme");
        var failure = await Should.ThrowAsync<NetworkFailure>(host.TurnAsync(most: 50));
        (failure.Code, failure.Permanent, failure.RetryAfter).ShouldBe(("stream_taken", false, TimeSpan.FromMinutes(15)));
        failure.Message.ShouldContain("application of its own");

        // What searching finds is read all the same.
        host.Now.Keys.ShouldBe([Serm.Simulator.Networks.X.Id(expected)]);
        (await RulesAsync(app)).ShouldBe([$"serm:{Another:N} parvelta"]);
    }

    [Fact]
    public async Task A_search_that_is_no_rule_is_said()
    {
        var failure = await Should.ThrowAsync<NetworkFailure>(Source("acme", "(broken").TurnAsync(most: 50));
        (failure.Code, failure.Permanent).ShouldBe(("rule_refused", true));
        failure.Message.ShouldContain("search 2");
    }

    [Fact]
    public async Task A_streamed_post_is_read_by_its_new_names_and_one_of_anothers_rule_is_not()
    {
        var stage = simulation["x"];
        stage.Lines.Enqueue($$$"""{"data":{"id":"2000000000000000001","text":"acme is late","author_id":"7","created_at":"2026-03-10T12:00:00.000Z","conversation_id":"1999999999999999999","edit_history_post_ids":["2000000000000000001"],"referenced_posts":[{"type":"replied_to","id":"1999999999999999999"}],"public_metrics":{"like_count":2,"repost_count":3,"quote_count":1,"reply_count":4,"impression_count":50}},"includes":{"users":[{"id":"7","name":"Ann","username":"ann","public_metrics":{"followers_count":9}}]},"matching_rules":[{"id":"1","tag":"{{{Tag}}}"}]}""");
        stage.Lines.Enqueue("");
        stage.Lines.Enqueue("not json");
        stage.Lines.Enqueue("""{"data":{"id":"2000000000000000002","text":"theirs"},"matching_rules":[{"id":"2","tag":"other"}]}""");
        var host = Source("acme");
        await host.ReadAllAsync();
        var post = host.Published.ShouldHaveSingleItem();
        (post.NativeId, post.Text, post.ParentNativeId, post.Author!.Handle, post.Reach).ShouldBe(("2000000000000000001", "acme is late", "1999999999999999999", "ann", 9));
        (post.Engagement!.Likes, post.Engagement.Shares, post.Engagement.Replies, post.Engagement.Views).ShouldBe((2, 4, 4, 50));

        // Reading goes on a minute before it.
        host.State!.ShouldContain((2000000000000000001 - (60_000L << 22)).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task X_ending_the_stream_is_a_failure_to_wait_after_and_no_end_of_reading()
    {
        simulation["x"].Lines.Enqueue("""{"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","type":"https://api.x.com/2/problems/operational-disconnect"}]}""");
        var host = Source("acme");
        var expected = simulation["x"].World.Publish("acme is late");
        await host.ReadAllAsync();
        (host.Failures.ShouldHaveSingleItem().Code, host.Failures[0].Permanent).ShouldBe(("stream_refused", false));
        host.Now.Keys.ShouldBe([Serm.Simulator.Networks.X.Id(expected)]);
    }

    [Fact]
    public async Task A_stream_stops_before_it_costs_more_than_the_budget_whoever_s_rule_brings_the_posts()
    {
        var stage = simulation["x"];
        for (var i = 0; i < 100; i++)
        {
            stage.Lines.Enqueue($$"""{"data":{"id":"{{2000000000000000001 + i}}","text":"acme {{i}}"},"matching_rules":[{"id":"1","tag":"other"}]}""");
        }

        // A page of ten costs 0.15 dollars at most, a post without its author 0.005: reading sets aside one page, the stream the other.
        // The lines come in as many pieces as the connection makes of them, each without a post for this source.
        var held = await Should.ThrowAsync<NetworkFailure>(Source(Guid.Empty, 0.35m, "acme").TurnAsync(most: 500, toTheEnd: true).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        (held.Code, held.HeldBack).ShouldBe((NetworkFailure.BudgetSpent, true));
    }

    private static StringContent Json(string json) => new(json, System.Text.Encoding.UTF8, "application/json");

    private static async Task<List<string>> RulesAsync(HttpClient app) =>
        [.. System.Text.Json.JsonElement.Parse(await app.GetStringAsync("2/tweets/search/stream/rules", TestContext.Current.CancellationToken)).Items("data").Select(r => $"{r.Text("tag")} {r.Text("value")}").Order(StringComparer.Ordinal)];

    private HttpClient App()
    {
        var app = new HttpClient { BaseAddress = new Uri(simulation.Url("x") + "/") };
        app.DefaultRequestHeaders.Authorization = new("Bearer", simulation["x"].Token);
        return app;
    }

    private Host Source(params string[] queries) => Source(Guid.Empty, 1_000, queries);

    private Host Source(Guid id, decimal dollars, params string[] queries) => new(
        Books.All["x"], new XOptions { ApiUrl = simulation.Url("x"), BearerToken = simulation["x"].Token, Queries = queries, HistoryDays = 1, PageSize = 10, Mode = "stream", DollarsPerMonth = dollars }, clock, id);
}
