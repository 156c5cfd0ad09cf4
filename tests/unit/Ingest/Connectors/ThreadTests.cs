using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Mastodon;
using Serm.Ingest.Connectors.Telegram;
using Serm.Ingest.Posts;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Roots of threads where a network does not name them.</summary>
public sealed class ThreadTests : IAsyncLifetime
{
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>(StringComparer.Ordinal);
    private readonly SimClock clock = new(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
    private Simulation simulation = null!;

    private Stage Mastodon => simulation["mastodon"];

    public async ValueTask InitializeAsync() => simulation = await Simulation.StartAsync(clock);

    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    [Fact]
    public async Task A_thread_whose_beginning_no_reading_has_shown_is_asked_for_once_for_all_its_answers()
    {
        var first = Mastodon.World.Publish("a question");
        var answer = Mastodon.World.Publish("an answer", parent: first);
        clock.Advance(TimeSpan.FromDays(3));
        for (var i = 0; i < 5; i++)
        {
            Mastodon.World.Publish($"acme {i}", parent: answer);
        }

        var host = Reader();
        await host.ReadAllAsync();
        host.Published.Count.ShouldBe(5);
        host.Published.ShouldAllBe(p => p.RootNativeId == Id(first));
        host.Requests.ShouldBe(2, "the page and one context");
    }

    [Fact]
    public async Task A_thread_that_is_longer_than_a_server_tells_is_gone_up_in_steps()
    {
        var posts = new List<SimPost> { Mastodon.World.Publish("a question") };
        for (var i = 0; i < 90; i++)
        {
            posts.Add(Mastodon.World.Publish($"answer {i}", parent: posts[^1]));
        }

        clock.Advance(TimeSpan.FromDays(3));
        Mastodon.World.Publish("acme", parent: posts[^1]);
        var host = Reader();
        await host.ReadAllAsync();
        host.Published.ShouldHaveSingleItem().RootNativeId.ShouldBe(Id(posts[0]));
        host.Requests.ShouldBe(4, "the page and three contexts of 40 answers each");
    }

    [Fact]
    public async Task A_beginning_that_nobody_can_find_keeps_nothing_from_being_read_and_is_asked_for_a_few_times_a_page()
    {
        for (var i = 0; i < 30; i++)
        {
            var gone = Mastodon.World.Publish("gone");
            Mastodon.World.Delete(gone);
            clock.Advance(TimeSpan.FromSeconds(1));
            Mastodon.World.Publish($"acme {i}", parent: gone);
        }

        var host = Reader();
        await host.ReadAllAsync();
        host.Published.Count.ShouldBe(30);
        host.Published.ShouldAllBe(p => p.RootNativeId == null && p.ParentNativeId != null);
        host.Requests.ShouldBe(1 + MastodonThreads.MostCalls);
        host.Failures.ShouldBeEmpty();
    }

    [Fact]
    public void Answers_within_a_page_and_to_what_is_known_get_their_root_and_a_circle_gets_none()
    {
        var posts = ThreadRoots.Fill([Post("c", "b"), Post("b", "a"), Post("a"), Post("z", "known"), Post("x", "y"), Post("y", "x"), Post("u", "unknown"), Post("s", "b", "said")], new Dictionary<string, string>(StringComparer.Ordinal) { ["known"] = "first" });
        posts.Select(p => (p.NativeId, p.RootNativeId)).ShouldBe([("c", "a"), ("b", "a"), ("a", null), ("z", "first"), ("x", null), ("y", null), ("u", null), ("s", "said")]);
        posts.Select(ThreadRoots.Remembered).ShouldBe(["a", "a", "a", "first", null, null, null, "said"]);
    }

    [Fact]
    public void On_Telegram_an_answer_under_a_channels_post_has_that_post_as_its_root_at_any_depth()
    {
        const string copy = """{"message_id":100,"chat":{"id":-200},"is_automatic_forward":true,"forward_origin":{"type":"channel","chat":{"id":-100},"message_id":7}}""";
        var first = Read($$$"""{"message":{"message_id":101,"message_thread_id":100,"date":1773144000,"chat":{"id":-200,"type":"supergroup"},"text":"acme?","reply_to_message":{{{copy}}}}}""");
        var second = Read("""{"message":{"message_id":102,"message_thread_id":100,"date":1773144060,"chat":{"id":-200,"type":"supergroup"},"text":"acme!","reply_to_message":{"message_id":101,"chat":{"id":-200}}}}""");
        (first.Parent, first.Root, second.Parent, second.Root).ShouldBe(("-100/7", "-100/7", "-200/101", null));
        var filled = ThreadRoots.Fill([Post(second.NativeId, second.Parent)], new Dictionary<string, string>(StringComparer.Ordinal) { [first.NativeId] = ThreadRoots.Remembered(Post(first.NativeId, first.Parent, first.Root))! });
        filled.ShouldHaveSingleItem().RootNativeId.ShouldBe("-100/7");

        NetworkPost Read(string update) => TelegramPosts.Of(System.Text.Json.JsonElement.Parse(update), clock.GetUtcNow()).Single();
    }

    [Fact]
    public void What_the_network_itself_says_stands() => ThreadRoots.Fill([Post("a", "b", "c")], Nothing).ShouldHaveSingleItem().RootNativeId.ShouldBe("c");

    private static Post Post(string id, string? parent = null, string? root = null) =>
        new("mastodon", Guid.Empty, "s", id, null, null, "text", null, DateTimeOffset.UnixEpoch, "en", 1, null, parent, 1, "hash", RootNativeId: root);

    private string Id(SimPost post) => $"{simulation.Address.Authority}/{Serm.Simulator.Networks.Mastodon.Id(post)}";

    private Host Reader() => new(Books.All["mastodon"], new MastodonOptions { Server = simulation.Url("mastodon"), AccessToken = Mastodon.Token, Hashtags = ["acme"] }, clock);
}
