using System.Net;
using Serm.Defaults;

namespace Serm.Tests.Integration.Ingest;

public sealed class Brands(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_bad_query_is_refused_with_the_column()
    {
        var (status, body) = await fixture.SendAsync(HttpMethod.Post, "/api/brands", new { name = "Acme", query = "acme \"red" }, workspace);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("code").GetString().ShouldBe("query_invalid");
        var error = body.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem();
        (error.GetProperty("code").GetString(), error.GetProperty("column").GetInt32(), error.GetProperty("length").GetInt32()).ShouldBe(("quote_open", 6, 4));
    }

    [Fact]
    public async Task Names_are_unique_and_competitors_exist()
    {
        var acme = await fixture.BrandAsync("Acme", "acme", workspace);

        (await fixture.SendAsync(HttpMethod.Post, "/api/brands", new { name = "ACME", query = "acme" }, workspace)).Status.ShouldBe(HttpStatusCode.Conflict);
        (await fixture.SendAsync(HttpMethod.Post, "/api/brands", new { name = "Globex", query = "globex", competitorOf = Guid.CreateVersion7() }, workspace)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await fixture.SendAsync(HttpMethod.Post, "/api/brands", new { name = "Globex", query = "globex", competitorOf = acme }, workspace)).Status.ShouldBe(HttpStatusCode.Created);
        (await fixture.SendAsync(HttpMethod.Delete, $"/api/brands/{acme}", workspace: workspace)).Body.GetProperty("code").GetString().ShouldBe("brand_has_competitors");
        (await fixture.SendAsync(HttpMethod.Post, "/api/brands", new { name = "Acme", query = "acme", extra = 1 }, workspace)).Body.GetProperty("code").GetString().ShouldBe("request_malformed");
        (await fixture.SendAsync(HttpMethod.Get, $"/api/brands/{acme}", workspace: "another")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.SendAsync(HttpMethod.Post, "/api/brands", new { name = "B", query = "bbb" }, workspace, Role.Moderator)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Of_many_who_add_one_name_at_once_one_wins()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => fixture.SendAsync(HttpMethod.Post, "/api/brands", new { name = "Acme", query = "acme" }, workspace)));

        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.Conflict).ShouldBe(9);
    }

    [Fact]
    public async Task A_version_that_is_not_the_newest_changes_nothing()
    {
        var acme = await fixture.BrandAsync("Acme", "acme", workspace);
        var wish = new { name = "Acme", query = "acme OR \"acme bank\"", languages = new[] { "RU", "en" } };

        var (status, changed) = await fixture.SendAsync(HttpMethod.Put, $"/api/brands/{acme}", wish, workspace, version: "\"1\"");
        status.ShouldBe(HttpStatusCode.OK);
        changed.GetProperty("version").GetInt32().ShouldBe(2);
        changed.GetProperty("languages").EnumerateArray().Select(l => l.GetString()).ShouldBe(["en", "ru"]);
        (await fixture.SendAsync(HttpMethod.Put, $"/api/brands/{acme}", wish with { name = "Other" }, workspace, version: "\"1\"")).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await fixture.SendAsync(HttpMethod.Get, $"/api/brands/{acme}", workspace: workspace)).Body.GetProperty("name").GetString().ShouldBe("Acme");
    }

    [Fact]
    public async Task A_brand_is_no_source_and_a_source_is_no_brand()
    {
        var acme = await fixture.BrandAsync("Acme", "acme", workspace);
        await fixture.SendAsync(HttpMethod.Post, "/api/ingest", new { source = "crm", posts = new[] { new { id = "1", text = "acme" } } }, workspace);
        var source = (await fixture.SendAsync(HttpMethod.Get, "/api/sources", workspace: workspace)).Body[0].GetProperty("id").GetGuid();

        (await fixture.SendAsync(HttpMethod.Delete, $"/api/sources/{acme}", workspace: workspace)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{acme}/gaps", workspace: workspace)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.SendAsync(HttpMethod.Put, $"/api/brands/{source}", new { name = "Globex", query = "globex" }, workspace)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.SendAsync(HttpMethod.Delete, $"/api/brands/{source}", workspace: workspace)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.SendAsync(HttpMethod.Put, $"/api/brands/{acme}", new { name = "Acme Ltd", query = "acme" }, workspace, version: "\"1\"")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("acme source:push", 2)]
    [InlineData("acme -source:push", 0)]
    [InlineData("acme source:feed", 0)]
    [InlineData("acme author:anna_k", 1)]
    [InlineData("acme followers>10k", 1)]
    [InlineData("acme reach>=500", 1)]
    [InlineData("acme engagement>=0", 0)]
    public async Task A_preview_knows_of_posts_what_matching_knows(string query, int expected)
    {
        await fixture.SendAsync(
            HttpMethod.Post,
            "/api/ingest",
            new { source = "crm", posts = new object[] { new { id = "1", text = "acme", author = new { name = "Anna", handle = "anna_k", followers = 20_000 }, reach = 500 }, new { id = "2", text = "acme", author = new { name = "Bo", followers = 3 } } } },
            workspace);

        (await fixture.SendAsync(HttpMethod.Post, "/api/brands/preview", new { query }, workspace)).Body.GetProperty("matched").GetInt32().ShouldBe(expected);
    }

    [Fact]
    public async Task Of_an_edited_post_a_preview_shows_no_earlier_text()
    {
        await fixture.SendAsync(HttpMethod.Post, "/api/ingest", new { posts = new[] { new { id = "1", text = "acme before" } } }, workspace);
        await fixture.SendAsync(HttpMethod.Post, "/api/ingest", new { posts = Enumerable.Range(0, 100).Select(i => new { id = $"{i}", text = $"acme after {i}" }) }, workspace);

        (await fixture.SendAsync(HttpMethod.Post, "/api/brands/preview", new { query = "before" }, workspace)).Body.GetProperty("matched").GetInt32().ShouldBe(0);
        (await fixture.SendAsync(HttpMethod.Post, "/api/brands/preview", new { query = "after" }, workspace)).Body.GetProperty("matched").GetInt32().ShouldBe(50);
    }

    [Fact]
    public async Task A_preview_shows_what_a_query_takes_and_why()
    {
        await fixture.SendAsync(HttpMethod.Post, "/api/ingest", new { posts = new[] { new { id = "1", text = "Acme is slow", language = "en" }, new { id = "2", text = "Globex is slow", language = "en" } } }, workspace);

        var (_, taken) = await fixture.SendAsync(HttpMethod.Post, "/api/brands/preview", new { query = "slow -globex" }, workspace);
        (taken.GetProperty("matched").GetInt32(), taken.GetProperty("tried").GetInt32()).ShouldBe((1, 2));
        var sample = taken.GetProperty("samples").EnumerateArray().ShouldHaveSingleItem();
        var span = sample.GetProperty("spans").EnumerateArray().ShouldHaveSingleItem();
        (span.GetProperty("part").GetString(), sample.GetProperty("text").GetString()!.Substring(span.GetProperty("start").GetInt32(), span.GetProperty("length").GetInt32())).ShouldBe(("text", "slow"));

        var (status, refused) = await fixture.SendAsync(HttpMethod.Post, "/api/brands/preview", new { query = "slow AND" }, workspace);
        status.ShouldBe(HttpStatusCode.OK);
        refused.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("column").GetInt32().ShouldBe(6);
    }
}
