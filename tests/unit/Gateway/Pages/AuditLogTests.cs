using System.Net;
using Bunit;
using Serm.Defaults;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class AuditLogTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Brand = new("0198c0de-0000-7000-8000-000000000001");

    [Fact]
    public async Task Changes_of_all_services_stand_in_order_with_what_was_and_what_is()
    {
        await using var stage = Stage();
        stage.Answer("GET ingest:/inside/changes", new[] { Made(1, "brand.changed", Brand.ToString(), "Acme", new ChangedField("query", "acme", "acme OR akme")) });
        stage.Answer("GET alerts:/inside/changes", new[] { Made(3, "channel.changed", "c1", "Desk", new ChangedField("password", null, null, Secret: true)) });
        stage.Changes.Made.Add(Made(2, "user.role_changed", "u1", "ben", new ChangedField("role", "moderator", "admin")));
        var page = stage.Render<AuditLog>();
        page.WaitForAssertion(() => page.FindAll("[data-testid=audit-entry]").Select(e => e.GetAttribute("data-kind")).ShouldBe(["channel.changed", "user.role_changed", "brand.changed"]));
        var brand = page.FindAll("[data-testid=audit-entry]")[2];
        brand.QuerySelector("del")!.TextContent.ShouldEndWith("acme");
        brand.QuerySelector("ins")!.TextContent.ShouldEndWith("acme OR akme");
        brand.QuerySelector("a")!.GetAttribute("href").ShouldBe($"/brands/{Brand}");
        brand.QuerySelector("[data-testid=audit-who]")!.TextContent.ShouldBe("ana");
        var channel = page.FindAll("[data-testid=audit-entry]")[0];
        channel.QuerySelector("[data-testid=audit-change]")!.TextContent.ShouldContain("a secret is never shown");
        channel.QuerySelectorAll("del, ins").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_named_and_asked_again()
    {
        await using var stage = Stage();
        stage.Answer("GET alerts:/inside/changes", HttpStatusCode.ServiceUnavailable);
        stage.Answer("GET ingest:/inside/changes", new[] { Made(1, "brand.added", Brand.ToString(), "Acme") });
        var page = stage.Render<AuditLog>();
        page.WaitForElement("[data-testid=problem]").TextContent.ShouldContain("alerts");
        page.FindAll("[data-testid=audit-entry]").Count.ShouldBe(1);
        page.FindAll("[data-testid=audit-none]").ShouldBeEmpty();
        stage.Answer("GET alerts:/inside/changes", Array.Empty<ChangeRow>());
        await page.Find("[data-testid=problem] button").ClickAsync();
        page.WaitForAssertion(() => page.FindAll("[data-testid=problem]").ShouldBeEmpty());
    }

    [Fact]
    public async Task An_empty_list_of_which_a_part_is_missing_does_not_say_that_nothing_was_changed()
    {
        await using var stage = Stage();
        stage.Changes.Fails = new TimeoutException();
        var page = stage.Render<AuditLog>();
        page.WaitForElement("[data-testid=problem]").TextContent.ShouldContain("gateway");
        page.FindAll("[data-testid=audit-none]").ShouldBeEmpty();
        stage.Changes.Fails = null;
        await page.Find("[data-testid=problem] button").ClickAsync();
        page.WaitForElement("[data-testid=audit-none]").TextContent.ShouldContain("Nothing was changed yet");
    }

    [Fact]
    public async Task What_is_looked_for_stands_in_the_address_and_in_the_file()
    {
        await using var stage = Stage();
        stage.Go($"/audit?kind=brand&by=key%3Adeploy&from=2026-10-01&to=2026-10-31&about={Brand}");
        var page = stage.Render<AuditLog>();
        page.WaitForElement("[data-testid=audit-none]").TextContent.ShouldContain("No such change");
        var asked = stage.Asked.First(a => a.StartsWith("GET /inside/changes", StringComparison.Ordinal));
        foreach (var part in new[] { "kind=brand", "by=key%3Adeploy", "from=2026-10-01T00%3A00%3A00", "to=2026-11-01T00%3A00%3A00", $"about={Brand}", "limit=51" })
        {
            asked.ShouldContain(part);
        }

        page.Find("[data-testid=audit-csv]").GetAttribute("href")!.ShouldSatisfyAllConditions(h => h.ShouldStartWith("/api/audit?format=csv"), h => h.ShouldContain("kind=brand"), h => h.ShouldContain($"about={Brand}"));
        await page.Find("[data-testid=audit-kind]").ChangeAsync("rule");
        stage.Address.ShouldContain("kind=rule");
        stage.Address.ShouldContain("by=key%3Adeploy");
        await page.Find("[data-testid=audit-by]").ChangeAsync("");
        stage.Address.ShouldNotContain("by=");
    }

    [Theory]
    [InlineData("kind=nonsense&from=yesterday&to=31.12.")]
    [InlineData("kind=%00")]
    public async Task What_cannot_be_read_of_an_address_is_as_if_it_were_not_there(string query)
    {
        await using var stage = Stage();
        stage.Go("/audit?" + query);
        stage.Render<AuditLog>().WaitForElement("[data-testid=audit-none]").TextContent.ShouldContain("Nothing was changed yet");
    }

    [Fact]
    public async Task Older_changes_follow_on_request_each_once()
    {
        await using var stage = Stage();
        var all = Enumerable.Range(0, 60).Select(i => Made(100 - i, "brand.added", $"b{i}", $"Brand {i}")).ToList();
        stage.Answer("GET ingest:/inside/changes", query => Task.FromResult<object?>(query.Contains("beforeId", StringComparison.Ordinal) ? all.Skip(50).ToList() : all.Take(51).ToList()));
        var page = stage.Render<AuditLog>();
        await page.WaitForElement("[data-testid=audit-more]").ClickAsync();
        page.WaitForAssertion(() => page.FindAll("[data-testid=audit-entry] h2 + a").Select(a => a.TextContent).ShouldBe(all.Select(c => c.About!)));
        page.FindAll("[data-testid=audit-more]").ShouldBeEmpty();
    }

    [Fact]
    public async Task Brands_in_values_are_told_by_their_names()
    {
        await using var stage = Stage();
        stage.Answer("GET /api/brands", new[] { new BrandItem(Brand, "Acme", "acme", [], null, 1, Noon) });
        stage.Answer("GET alerts:/inside/changes", new[] { Made(1, "rule.changed", "r1", "Bad", new ChangedField("brandId", null, Brand.ToString()), new ChangedField("enabled", "true", "false")) });
        var page = stage.Render<AuditLog>();
        page.WaitForAssertion(() => page.Find("ins").TextContent.ShouldEndWith("Acme"));
        page.FindAll("[data-testid=audit-change]")[1].TextContent.ShouldContain("yes");
    }

    [Fact]
    public async Task Managers_are_told_what_they_are_not_shown()
    {
        await using var stage = Stage();
        stage.Become(Role.Manager);
        var page = stage.Render<AuditLog>();
        page.WaitForElement("[data-testid=audit-none]");
        page.Find("[data-testid=audit-managers]");
        page.FindAll("[data-testid=audit-kind] option").Select(o => o.GetAttribute("value")).ShouldNotContain("user");
        stage.Become(Role.Admin);
        stage.Render<AuditLog>().WaitForElement("[data-testid=audit-kind] option[value=user]");
    }

    [Fact]
    public async Task What_strangers_wrote_is_text_and_nothing_else()
    {
        await using var stage = Stage();
        stage.Answer("GET ingest:/inside/changes", new[] { Made(1, "source.changed", "s1", "<script>alert(1)</script>", new ChangedField("name", "<b>x</b>", "javascript:alert(1)")) });
        var page = stage.Render<AuditLog>();
        page.WaitForElement("[data-testid=audit-entry]").TextContent.ShouldContain("<script>alert(1)</script>");
        page.FindAll("script, .audit-changes b").ShouldBeEmpty();
    }

    [Fact]
    public async Task Messages_that_a_page_sends_again_are_written_down_once()
    {
        await using var stage = new PageStage();
        stage.Parked.Queues["mentions.mention-found"] = (250, null);
        var page = stage.Render<ParkedQueues>();
        await page.WaitForElement("[data-testid=parked-send-all]").ClickAsync();
        page.WaitForAssertion(() => stage.Changes.Resent.ShouldBe([("mentions.mention-found", 250L, "ana")]));
    }

    private static PageStage Stage()
    {
        var stage = new PageStage();
        foreach (var service in new[] { "ingest", "sentiment", "mentions", "alerts" })
        {
            stage.Answer($"GET {service}:/inside/changes", Array.Empty<ChangeRow>());
        }

        return stage;
    }

    private static ChangeRow Made(int minute, string kind, string id, string name, params ChangedField[] fields) =>
        new(new Guid(minute, 0, 0, new byte[8]), Noon.AddMinutes(minute), "ana", kind, id, name, fields);
}
