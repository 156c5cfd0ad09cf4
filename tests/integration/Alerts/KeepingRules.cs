using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Alerts;

public sealed class KeepingRules(AlertsFixture fixture) : IClassFixture<AlertsFixture>
{
    [Fact]
    public async Task A_workspace_begins_with_one_rule_and_does_without_it_once_removed()
    {
        var lists = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => fixture.GetAsync("/api/rules", "fresh")));
        var rule = lists[0].EnumerateArray().ShouldHaveSingleItem();
        lists.ShouldAllBe(l => l.GetArrayLength() == 1);
        rule.GetProperty("name").GetString().ShouldBe("Strongly negative");
        rule.GetProperty("threshold").GetDouble().ShouldBe(0.8);
        rule.GetProperty("unknownReach").GetString().ShouldBe("alert");

        using var removed = await fixture.SendAsync(HttpMethod.Delete, $"/api/rules/{rule.GetProperty("id").GetString()}", version: "\"1\"", workspace: "fresh");
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await fixture.GetAsync("/api/rules", "fresh")).GetArrayLength().ShouldBe(0);
        var brand = new BrandRef(Guid.CreateVersion7(), "Acme");
        await fixture.PublishAsync([AlertsFixture.AScored(brand, "silent", workspace: "fresh")]);
        await fixture.DrainedAsync();
        fixture.HeardOf(brand.Id).ShouldBeEmpty();
        (await fixture.GetAsync("/api/rules", "fresh")).GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Of_two_who_saw_the_same_version_one_changes_the_rule()
    {
        using var added = await fixture.SendAsync(HttpMethod.Post, "/api/rules", new { name = "Wide reach", threshold = 0.6, minReach = 1000, unknownReach = "ignore", enabled = false });
        var path = added.Headers.Location!.ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => fixture.SendAsync(HttpMethod.Put, path, new { name = $"By {i}", threshold = 0.7 }, "\"1\"")));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed).ShouldBe(5);
        (await CodeAsync(answers.First(a => a.StatusCode != HttpStatusCode.OK))).ShouldBe("version_conflict");
        using var stale = await fixture.SendAsync(HttpMethod.Delete, path, version: "\"1\"");
        stale.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        using var blind = await fixture.SendAsync(HttpMethod.Delete, path);
        ((int)blind.StatusCode).ShouldBe(428);
        using var shown = await fixture.SendAsync(HttpMethod.Get, path, role: Role.Integrator);
        shown.Headers.ETag!.ToString().ShouldBe("\"2\"");
    }

    [Theory]
    [InlineData("""{"name":"a","threshold":0.5,"treshold":0.6}""", "request_malformed")]
    [InlineData("""{"name":"a","threshold":0}""", "out_of_range")]
    [InlineData("""{"name":"a"}""", "out_of_range")]
    [InlineData("""{"name":"a","threshold":0.5,"urgent":true}""", "out_of_range")]
    [InlineData("""{"name":"a","kind":"volumeSpike","urgent":true}""", "out_of_range")]
    [InlineData("""{"name":"a","threshold":0.5,"unknownReach":"maybe"}""", "request_malformed")]
    public async Task What_cannot_be_a_rule_is_refused(string body, string code)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/rules", JsonSerializer.Deserialize<JsonElement>(body));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await CodeAsync(answer)).ShouldBe(code);
    }

    [Theory]
    [InlineData("alerts")]
    [InlineData("incidents")]
    public async Task A_time_that_ends_before_it_begins_is_refused(string list)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Get, $"/api/{list}?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("field").GetString().ShouldBe("from");
    }

    [Fact]
    public async Task A_moderator_reads_rules_and_does_not_write_them()
    {
        using var read = await fixture.SendAsync(HttpMethod.Get, "/api/rules", role: Role.Moderator);
        using var write = await fixture.SendAsync(HttpMethod.Post, "/api/rules", new { name = "a", threshold = 0.5 }, role: Role.Moderator);

        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        write.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await CodeAsync(write)).ShouldBe("role_too_low");
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString();
}
