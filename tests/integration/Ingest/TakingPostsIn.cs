using System.Net;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Tests.Integration.Ingest;

public sealed class TakingPostsIn(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_pushed_post_becomes_a_mention_of_the_brands_that_it_speaks_of()
    {
        var acme = await fixture.BrandAsync("Acme", "\"acme bank\" NEAR/8 slow", workspace);
        var globex = await fixture.BrandAsync("Globex", "globex OR acme", workspace);
        var russian = await fixture.BrandAsync("Other language", "acme", workspace, ["ru"]);

        var (status, answer) = await PushAsync(
            new { id = "1", title = "Look", text = "The ACME-Bank app is so <b>slow</b>", url = "https://example.org/1", author = new { name = "Some One", handle = "@someone", followers = 12 }, reach = 99, language = "en-GB", parentId = "0" },
            new { id = "2", text = "nothing of note" });

        status.ShouldBe(HttpStatusCode.Accepted);
        Counts(answer).ShouldBe((2, 0, 0, 1));
        var mention = (await fixture.MentionsAsync(acme, 1)).ShouldHaveSingleItem();
        mention.Workspace.ShouldBe(workspace);
        mention.Brand.Name.ShouldBe("Acme");
        mention.Backfill.ShouldBeFalse();
        var post = mention.Post;
        (post.SourceKind, post.SourceName, post.NativeId, post.Text, post.Language, post.Reach, post.ParentNativeId, post.Revision).ShouldBe(("push", "crm", "crm/1", "The ACME-Bank app is so <b>slow</b>", "en", 99, "crm/0", 1));
        (post.Author!.Handle, post.Author.Followers).ShouldBe(("someone", 12));
        (await fixture.MentionsAsync(globex, 1)).Count.ShouldBe(1);
        fixture.Found.ShouldNotContain(m => m.Brand.Id == russian);
        var (_, sources) = await fixture.SendAsync(HttpMethod.Get, "/api/sources", workspace: workspace);
        sources.EnumerateArray().Select(s => (s.GetProperty("kind").GetString(), s.GetProperty("name").GetString())).ShouldBe([("push", "crm")]);
    }

    [Fact]
    public async Task A_repeat_says_nothing_again_and_an_edit_is_the_next_revision()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);

        Counts((await PushAsync(new { id = "1", text = "acme" })).Answer).ShouldBe((1, 0, 0, 1));
        Counts((await PushAsync(new { id = "1", text = "acme" })).Answer).ShouldBe((0, 1, 0, 0));
        Counts((await PushAsync(new { id = "1", text = "acme!" }, new { id = "1", text = "acme, edited" })).Answer).ShouldBe((1, 1, 1, 1));

        var mentions = await fixture.MentionsAsync(brand, 2);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        mentions = await fixture.MentionsAsync(brand, 2);
        mentions.Select(m => (m.Post.Revision, m.Post.Text)).Order().ShouldBe([(1, "acme"), (2, "acme, edited")]);
        mentions.Select(m => m.MentionId).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_mention_hears_of_an_edit_that_names_its_brand_no_more()
    {
        var acme = await fixture.BrandAsync("Acme", "acme", workspace);
        var globex = await fixture.BrandAsync("Globex", "globex", workspace);
        await PushAsync(new { id = "1", text = "Acme cheated me" }, new { id = "2", text = "nothing of note" });

        Counts((await PushAsync(new { id = "1", text = "It was Globex" }, new { id = "2", text = "nothing at all" })).Answer).ShouldBe((2, 0, 2, 1));
        Counts((await PushAsync(new { id = "1", text = "I take it back" })).Answer).ShouldBe((1, 0, 1, 0));

        (await fixture.MentionsAsync(acme, 3)).Select(m => (m.Post.Revision, m.Post.Text)).Order().ShouldBe([(1, "Acme cheated me"), (2, "It was Globex"), (3, "I take it back")]);
        (await fixture.MentionsAsync(globex, 2)).Select(m => (m.Post.Revision, m.Brand.Name)).Order().ShouldBe([(2, "Globex"), (3, "Globex")]);
    }

    [Fact]
    public async Task A_changed_brand_counts_for_the_next_post()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        await PushAsync(new { id = "1", text = "acme" });
        await fixture.SendAsync(HttpMethod.Put, $"/api/brands/{brand}", new { name = "Acme", query = "globex" }, workspace);

        Counts((await PushAsync(new { id = "2", text = "acme" }, new { id = "3", text = "globex" })).Answer).ShouldBe((2, 0, 0, 1));
        await fixture.SendAsync(HttpMethod.Delete, $"/api/brands/{brand}", workspace: workspace);
        Counts((await PushAsync(new { id = "4", text = "globex" })).Answer).ShouldBe((1, 0, 0, 0));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_refused_with_its_path()
    {
        (await CodeAsync(new { posts = new object[] { new { id = "1", text = "a" }, new { id = "2" } } })).ShouldBe(("text_missing", "posts[1].text"));
        (await CodeAsync(new { posts = new object[] { new { text = "a" } } })).ShouldBe(("id_missing", "posts[0].id"));
        (await CodeAsync(new { posts = new object[] { new { id = new string('x', 401), text = "a" } } })).ShouldBe(("id_invalid", "posts[0].id"));
        (await CodeAsync(new { posts = new object[] { new { id = "1", text = new string('x', 100_001) } } })).ShouldBe(("text_too_long", "posts[0].text"));
        (await CodeAsync(new { posts = new object[] { new { id = "1", text = "a", url = "javascript:alert(1)" } } })).ShouldBe(("url_invalid", "posts[0].url"));
        (await CodeAsync(new { posts = new object[] { new { id = "1", text = "a", publishedAt = "yesterday" } } })).ShouldBe(("date_invalid", "posts[0].publishedAt"));
        (await CodeAsync(new { posts = new object[] { new { id = "1", text = "a", author = new { followers = -1 } } } })).ShouldBe(("out_of_range", "posts[0].author.followers"));
        (await CodeAsync(new { source = "a/b", posts = new object[] { new { id = "1", text = "a" } } })).ShouldBe(("source_invalid", "source"));
        (await CodeAsync(new { posts = Array.Empty<object>() })).ShouldBe(("posts_out_of_range", "posts"));
        (await CodeAsync(new { posts = new object[] { new { id = "1", txet = "a" } } })).Code.ShouldBe("request_malformed");
        (await fixture.SendAsync(HttpMethod.Post, "/api/ingest", new { posts = new[] { new { id = "1", text = "a" } } }, workspace, Role.Moderator)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Dates_of_the_future_are_now_and_old_news_wakes_nobody()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        await PushAsync(new { id = "future", text = "acme", publishedAt = "2190-01-01T00:00:00Z" }, new { id = "old", text = "acme", publishedAt = "2020-01-01T00:00:00" });

        var mentions = (await fixture.MentionsAsync(brand, 2)).ToDictionary(m => m.Post.NativeId, StringComparer.Ordinal);

        mentions["crm/future"].Post.PublishedAt.ShouldBe(mentions["crm/future"].SeenAt);
        mentions["crm/future"].Backfill.ShouldBeFalse();
        (mentions["crm/old"].Post.PublishedAt, mentions["crm/old"].Backfill).ShouldBe((new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), true));
    }

    [Fact]
    public async Task A_feed_becomes_mentions()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        fixture.Publish("/news.rss", $"<rss version=\"2.0\"><channel><title>News</title><item><guid>g1</guid><title>Acme fails</title><description>&lt;p&gt;Again.&lt;/p&gt;</description><pubDate>{TimeProvider.System.GetUtcNow():R}</pubDate></item></channel></rss>");

        (await fixture.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "feed", url = new Uri(fixture.Web, "/news.rss") }, workspace)).Status.ShouldBe(HttpStatusCode.Created);

        var mention = (await fixture.MentionsAsync(brand, 1)).ShouldHaveSingleItem();
        (mention.Post.SourceKind, mention.Post.Title, mention.Post.Text).ShouldBe(("feed", "Acme fails", "Again."));
    }

    [Fact]
    public async Task A_private_address_that_the_operator_does_not_allow_is_refused()
    {
        var (status, body) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "feed", url = $"http://127.0.0.2:{fixture.Web.Port}/news.rss" }, workspace);

        status.ShouldBe(HttpStatusCode.BadRequest);
        (body.GetProperty("code").GetString(), body.GetProperty("field").GetString()).ShouldBe(("address_not_allowed", "url"));
    }

    [Fact]
    public async Task What_a_source_reads_already_is_refused_with_its_name_and_field()
    {
        var feed = new Uri(fixture.Web, "/same.rss").AbsoluteUri;
        var id = (await AddAsync(new { kind = "feed", url = feed, name = "The first" }, HttpStatusCode.Created)).GetProperty("id").GetGuid();
        foreach (var again in new[] { feed, $"{feed}/", feed + "#top" })
        {
            // As the page sends it, with all options written out.
            var refused = await AddAsync(new { kind = "feed", options = new { url = again, respectRobots = true } }, HttpStatusCode.Conflict);
            (refused.GetProperty("code").GetString(), refused.GetProperty("field").GetString(), refused.GetProperty("id").GetGuid()).ShouldBe(("source_exists", "url", id));
            refused.GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("The first");
        }

        var other = (await AddAsync(new { kind = "feed", url = new Uri(fixture.Web, "/other.rss") }, HttpStatusCode.Created)).GetProperty("id").GetGuid();
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{other}", new { url = feed }, workspace)).Status.ShouldBe(HttpStatusCode.Conflict);
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { options = new { url = feed, respectRobots = false } }, workspace)).Status.ShouldBe(HttpStatusCode.OK);

        await AddAsync(Bot(1), HttpStatusCode.Created);
        (await AddAsync(Bot(1), HttpStatusCode.Conflict)).GetProperty("field").GetString().ShouldBe("options");
        await AddAsync(Bot(2), HttpStatusCode.Created);

        object Bot(int number) => new { kind = "telegram", options = new { mode = "called", apiUrl = fixture.Web }, credentials = new { botToken = $"{number}:aaaaaaaaaaaa", webhookSecret = "s3cret" } };
        async Task<JsonElement> AddAsync(object body, HttpStatusCode expected)
        {
            var (status, answer) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", body, workspace);
            status.ShouldBe(expected, answer.ToString());
            return answer;
        }
    }

    private Task<(HttpStatusCode Status, JsonElement Answer)> PushAsync(params object[] posts) => fixture.SendAsync(HttpMethod.Post, "/api/ingest", new { source = "crm", posts }, workspace, Role.Integrator);

    private async Task<(string? Code, string? Field)> CodeAsync(object body)
    {
        var (status, problem) = await fixture.SendAsync(HttpMethod.Post, "/api/ingest", body, workspace, Role.Integrator);
        status.ShouldBe(HttpStatusCode.BadRequest);
        return (problem.GetProperty("code").GetString(), problem.TryGetProperty("field", out var field) ? field.GetString() : null);
    }

    private static (int Accepted, int Repeated, int Edited, int Matched) Counts(JsonElement a) =>
        (a.GetProperty("accepted").GetInt32(), a.GetProperty("repeated").GetInt32(), a.GetProperty("edited").GetInt32(), a.GetProperty("matched").GetInt32());
}
