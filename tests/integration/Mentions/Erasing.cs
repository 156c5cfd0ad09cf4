using System.Net;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Mentions;

/// <summary>What is erased is nowhere any more, in no table of no service; what was counted stays counted, and what others wrote stays.</summary>
public sealed class Erasing(ErasingFixture fixture) : IClassFixture<ErasingFixture>
{
    private const string Word = "zibbelquark";
    private const string Own = $"{Word}own";
    private const string Name = "Ottokar Wimmerling";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_of_an_author_is_gone_from_all_services_and_does_not_come_back()
    {
        var brand = await BrandAsync("Acme", "acme");
        await DoAsync(fixture.Stack.Alerts, HttpMethod.Post, "/api/rules", new { name = "Angry", brandId = brand, threshold = 0.3 });
        var theirs = Enumerable.Range(1, 3).Select(n => Post($"theirs-{n}", $"Acme is awful, a terrible liar and {Own} number {n}.", "u1", Name)).ToArray();
        var others = Post("others", "Acme is awful, I hate it.", "u2", "somebody else");
        await PushAsync([.. theirs, others]);
        var mentions = await MentionsAsync(4);
        var one = mentions.First(m => Text(m).Contains(Own, StringComparison.Ordinal));
        var author = one.GetProperty("authorId").GetGuid();
        var id = one.GetProperty("id").GetGuid();
        await SayAsync(id, "note", new { text = $"Called {Own}." });
        await SayAsync(id, "correct", new { label = "neutral", reason = $"It is about {Own}." });
        await DoAsync(fixture.Stack.Mentions, HttpMethod.Put, $"/api/authors/{author}/list", new { list = "vip", reason = $"Knows {Own}." });
        await Eventually.Async(async _ => string.Join(", ", await fixture.WhereAsync(Own)), w => new[] { "alerts.mentions", "alerts.public_events", "ingest.recent_posts", "mentions.content", "mentions.notes", "sentiment.corrections" }.All(w.Contains), Patience, Cancel);
        (await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/erasures/preview?author={author}")).GetProperty("mentions").GetInt64().ShouldBe(3);

        var ordered = await DoAsync(fixture.Stack.Mentions, HttpMethod.Post, "/api/erasures", new { author, reference = "2026-17" });

        var receipt = await DoneAsync(ordered.GetProperty("id").GetGuid());
        (receipt.GetProperty("mentions").GetInt64(), receipt.GetProperty("notes").GetInt64()).ShouldBe((3, 2));
        receipt.GetProperty("reference").GetString().ShouldBe("2026-17");
        receipt.GetProperty("keepOut").GetBoolean().ShouldBeTrue();
        receipt.GetProperty("copies").GetProperty("ingest").GetInt64().ShouldBe(3);
        receipt.GetProperty("copies").GetProperty("sentiment").GetInt64().ShouldBeGreaterThan(0);
        receipt.GetProperty("copies").GetProperty("alerts").GetInt64().ShouldBeGreaterThan(0);
        await NowhereAsync(Own, Name);
        (await MentionsAsync(4)).Count(m => Text(m) == others.Text).ShouldBe(1);
        var why = (await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/mentions/{id}")).GetProperty("why");
        (why.TryGetProperty("flip", out var flip) ? flip.ValueKind : JsonValueKind.Null).ShouldBe(JsonValueKind.Null, "offsets into a text that is gone");
        (await fixture.ScalarAsync($"select count(*) from alerts.judged where workspace = '{workspace}' and tokens is not null")).ShouldBe(1);
        (await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/mentions/{id}/history")).EnumerateArray()
            .Single(e => e.GetProperty("type").GetString() == "mention_removed").GetProperty("data").GetProperty("reason").GetString().ShouldBe("erased");
        using var again = await ErasingFixture.SendAsync(fixture.Stack.Mentions, HttpMethod.Post, "/api/erasures", workspace, new { author });
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await DoAsync(fixture.Stack.Alerts, HttpMethod.Get, "/api/events?types=mention.removed")).GetProperty("items").EnumerateArray()
            .ShouldAllBe(e => e.GetProperty("data").GetProperty("by").GetString() == "erasure");

        // What they write from now on is not taken in; what others write is.
        var pushed = await PushAsync(
            Post("theirs-1", $"Acme, an edit with {Own}.", "u1", Name), Post("theirs-9", $"Acme, something new with {Own}.", "u1", Name), Post("more", "Acme is a shop.", "u2", "somebody else"));
        (pushed.GetProperty("accepted").GetInt32(), pushed.GetProperty("keptOut").GetInt32(), pushed.GetProperty("repeated").GetInt32()).ShouldBe((1, 2, 0));
        await MentionsAsync(5);

        // What had been on its way is emptied when it comes.
        var late = new MentionScored(
            new(workspace, Guid.CreateVersion7(), new(brand, "Acme"), new("push", Guid.CreateVersion7(), "tests", "tests/late", null, null, $"Late {Own}.", new("u1", Name), Now.AddMinutes(-2), "en", 1, null, null, 1, "h"), Now, Now),
            new(Sentiment.Neutral, 0.1f, 0.8f, 0.1f, "test", [], Now));
        await fixture.PublishAsync(late);
        await MentionsAsync(6);
        await NowhereAsync(Own, Name);
        (await DoneAsync(ordered.GetProperty("id").GetGuid())).GetProperty("mentions").GetInt64().ShouldBe(4);
    }

    [Fact]
    public async Task A_post_is_erased_for_all_brands_and_what_else_its_author_wrote_stays()
    {
        await BrandAsync("Acme", "acme");
        await BrandAsync("Bolt", "bolt");
        await PushAsync(Post("both", $"Acme and Bolt, both {Word}post.", "u1", "another name"), Post("rest", "Acme is fine.", "u1", "another name"));
        var mention = (await MentionsAsync(3)).First(m => Text(m).Contains(Word, StringComparison.Ordinal)).GetProperty("id").GetGuid();

        var receipt = await DoneAsync((await DoAsync(fixture.Stack.Mentions, HttpMethod.Post, "/api/erasures", new { mention })).GetProperty("id").GetGuid());

        receipt.GetProperty("mentions").GetInt64().ShouldBe(2);
        await NowhereAsync($"{Word}post");
        (await MentionsAsync(3)).Count(m => m.GetProperty("removed").GetBoolean()).ShouldBe(2);
        (await PushAsync(Post("both", $"Acme and Bolt, an edit of {Word}post.", "u1", "another name"))).GetProperty("keptOut").GetInt32().ShouldBe(1);
        (await PushAsync(Post("new", "Acme is open.", "u1", "another name"))).GetProperty("accepted").GetInt32().ShouldBe(1);
        (await MentionsAsync(4)).Count(m => m.TryGetProperty("authorId", out var a) && a.ValueKind != JsonValueKind.Null).ShouldBe(2);
    }

    [Fact]
    public async Task Texts_are_kept_as_long_as_the_workspace_says()
    {
        var brand = new BrandRef(await BrandAsync("Acme", "acme"), "Acme");
        var (old, young) = (Found(brand, "old", Now.AddDays(-9)), Found(brand, "young", Now.AddDays(-6)));
        await fixture.PublishAsync(MentionsFixture.AScored(old), MentionsFixture.AScored(young));
        await MentionsAsync(2);
        var before = await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/brands/{brand.Id}/dynamics?from={Now.AddDays(-12):yyyy-MM-dd}&bucket=day");
        await DoAsync(fixture.Stack.Mentions, HttpMethod.Put, "/api/settings/retention", new { days = 8 }, "0");

        var all = await Eventually.Async(
            async _ => (await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, "/api/erasures")).EnumerateArray().ToList(), e => e is [var only] && only.GetProperty("status").GetString() == "done", Patience, Cancel);

        (all[0].GetProperty("kind").GetString(), all[0].GetProperty("mentions").GetInt64(), all[0].GetProperty("askedBy").GetString()).ShouldBe(("age", 1, "retention"));
        var mentions = await MentionsAsync(2);
        mentions.Single(m => m.GetProperty("removed").GetBoolean()).GetProperty("id").GetGuid().ShouldBe(old.MentionId);
        Text(mentions.Single(m => !m.GetProperty("removed").GetBoolean())).ShouldBe(young.Post.Text);
        var after = await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/brands/{brand.Id}/dynamics?from={Now.AddDays(-12):yyyy-MM-dd}&bucket=day");
        after.GetProperty("points").GetRawText().ShouldBe(before.GetProperty("points").GetRawText());
    }

    [Fact]
    public async Task A_killed_process_leaves_an_erasure_to_the_next_which_counts_nothing_twice()
    {
        await BrandAsync("Acme", "acme");
        var posts = Enumerable.Range(1, 900).Select(n => Post($"many-{n}", $"Acme and {Word}many, number {n}.", "u1", "another name")).ToArray();
        foreach (var some in posts.Chunk(450))
        {
            await PushAsync(some);
        }

        var author = (await MentionsAsync(900))[0].GetProperty("authorId").GetGuid();
        var id = (await DoAsync(fixture.Stack.Mentions, HttpMethod.Post, "/api/erasures", new { author })).GetProperty("id").GetGuid();
        await Eventually.Async(_ => DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/erasures/{id}"), e => e.GetProperty("mentions").GetInt64() > 0, Patience, Cancel);
        await fixture.Stack.Mentions.KillAsync();

        // As if it had died a moment earlier: the first part was carried out, and nobody had noted it.
        await fixture.DoAsync($"update mentions.erasure_pages set handled = false where erasure_id = '{id}' and page = 1");
        await fixture.DoAsync($"update mentions.erasures set mentions = mentions - 200 where id = '{id}'");
        await fixture.Stack.StartAsync(Cancel, "Mentions");

        (await DoneAsync(id)).GetProperty("mentions").GetInt64().ShouldBe(900);
        await NowhereAsync($"{Word}many");
    }

    [Fact]
    public async Task What_a_read_under_way_brought_back_of_what_was_erased_is_swept_up()
    {
        await BrandAsync("Acme", "acme");
        await PushAsync(Post("swept", "Acme, swept.", "u1", "swept author"), Post("kept", "Acme, kept.", "u2", "kept author"));
        var author = (await MentionsAsync(2)).First(m => Text(m).Contains("swept", StringComparison.Ordinal)).GetProperty("authorId").GetGuid();
        await DoneAsync((await DoAsync(fixture.Stack.Mentions, HttpMethod.Post, "/api/erasures", new { author })).GetProperty("id").GetGuid());
        foreach (var (key, whose) in new[] { ("push:tests/swept", Guid.Empty), ("push:tests/another", author) })
        {
            await fixture.DoAsync($"insert into ingest.recent_posts (workspace, native_key, source_name, text, language, published_at, seen_at, author_key) values ('{workspace}', '{key}', 'tests', 'late', 'en', now(), now(), '{whose}')");
        }

        await Serm.Ingest.Erasures.ErasureAskedConsumer.SweepAsync(fixture.Database, Cancel);

        (await fixture.ScalarAsync($"select count(*) from ingest.recent_posts where workspace = '{workspace}'")).ShouldBe(1);
        (await fixture.ScalarAsync($"select count(*) from ingest.recent_posts where workspace = '{workspace}' and native_key = 'push:tests/kept'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("{}", "mention", 400)]
    [InlineData("""{"mention":"01900000-0000-7000-8000-000000000001","author":"01900000-0000-7000-8000-000000000001"}""", "author", 400)]
    [InlineData("""{"mention":"01900000-0000-7000-8000-000000000001","reference":"two\nlines"}""", "reference", 400)]
    [InlineData("""{"mention":"01900000-0000-7000-8000-000000000001"}""", null, 404)]
    [InlineData("""{"author":"01900000-0000-7000-8000-000000000001"}""", null, 404)]
    public async Task What_cannot_be_erased_is_refused_by_its_field(string body, string? field, int status)
    {
        using var answer = await ErasingFixture.SendAsync(fixture.Stack.Mentions, HttpMethod.Post, "/api/erasures", workspace, JsonDocument.Parse(body).RootElement);

        ((int)answer.StatusCode).ShouldBe(status);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel)).RootElement;
        (problem.TryGetProperty("field", out var named) ? named.GetString() : null).ShouldBe(field);
    }

    [Theory]
    [InlineData(Role.Manager)]
    [InlineData(Role.Moderator)]
    [InlineData(Role.Integrator)]
    public async Task Only_admins_erase_and_say_how_long_texts_are_kept(Role role)
    {
        using var erase = await ErasingFixture.SendAsync(fixture.Stack.Mentions, HttpMethod.Post, "/api/erasures", workspace, new { mention = Guid.CreateVersion7() }, role: role);
        using var keep = await ErasingFixture.SendAsync(fixture.Stack.Mentions, HttpMethod.Put, "/api/settings/retention", workspace, new { days = 30 }, "0", role);
        using var list = await ErasingFixture.SendAsync(fixture.Stack.Mentions, HttpMethod.Get, "/api/erasures", workspace, role: role);
        using var read = await ErasingFixture.SendAsync(fixture.Stack.Mentions, HttpMethod.Get, "/api/settings/retention", workspace, role: role);

        new[] { erase.StatusCode, keep.StatusCode, list.StatusCode }.ShouldAllBe(s => s == HttpStatusCode.Forbidden);
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static string Text(JsonElement mention) => mention.GetProperty("text").GetString()!;

    // An alert may be noted at the mention between reading its version and using it.
    private async Task SayAsync(Guid mention, string verb, object body) => (await Eventually.Async(
        async _ =>
        {
            var version = (await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/mentions/{mention}")).GetProperty("version").GetInt32();
            using var answer = await ErasingFixture.SendAsync(fixture.Stack.Mentions, HttpMethod.Post, $"/api/mentions/{mention}/{verb}", workspace, body, $"{version}");
            return answer.StatusCode;
        },
        status => status != HttpStatusCode.PreconditionFailed,
        Patience,
        Cancel)).ShouldBe(HttpStatusCode.OK);

    private static PushedPost Post(string id, string text, string author, string name) => new(id, text, new(author, name, $"{name.Replace(' ', '-')}"));

    private MentionFound Found(BrandRef brand, string id, DateTimeOffset seen)
    {
        var found = MentionsFixture.AFound(brand, id, text: $"Acme, {id} {Word}age.", at: seen.AddSeconds(-1));
        return found with { Workspace = workspace };
    }

    private Task<JsonElement> DoAsync(ServiceProcess service, HttpMethod method, string path, object? body = null, string? version = null) => ErasingFixture.DoAsync(service, method, path, workspace, body, version);

    private async Task<Guid> BrandAsync(string name, string query) => (await DoAsync(fixture.Stack.Ingest, HttpMethod.Post, "/api/brands", new { name, query })).GetProperty("id").GetGuid();

    private Task<JsonElement> PushAsync(params IReadOnlyList<PushedPost> posts) => DoAsync(fixture.Stack.Ingest, HttpMethod.Post, "/api/ingest", new { source = "tests", posts });

    private Task<JsonElement> DoneAsync(Guid erasure) => Eventually.Async(_ => DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/erasures/{erasure}"), e => e.GetProperty("status").GetString() == "done", Patience, Cancel);

    private async Task NowhereAsync(params string[] words)
    {
        foreach (var word in words)
        {
            await Eventually.Async(async _ => string.Join(", ", await fixture.WhereAsync(word)), places => places.Length == 0, Patience, Cancel);
        }
    }

    private Task<List<JsonElement>> MentionsAsync(int count) => Eventually.Async(
        async _ =>
        {
            var items = new List<JsonElement>();
            string? cursor = null;
            do
            {
                var page = await DoAsync(fixture.Stack.Mentions, HttpMethod.Get, $"/api/mentions?limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
                items.AddRange(page.GetProperty("items").EnumerateArray());
                cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
            }
            while (cursor is not null);
            return items;
        },
        items => items.Count == count && items.TrueForAll(m => m.GetProperty("sentiment").ValueKind != JsonValueKind.Null),
        Patience,
        Cancel);

    private sealed record PushedAuthor(string Id, string Name, string Handle);

    private sealed record PushedPost(string Id, string Text, PushedAuthor Author);
}
