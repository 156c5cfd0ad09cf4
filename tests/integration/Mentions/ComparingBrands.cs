using System.Net;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Mentions;

public sealed class ComparingBrands(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef ours = new(Guid.CreateVersion7(), "Acme");
    private readonly BrandRef theirs = new(Guid.CreateVersion7(), "Globex");
    private readonly DateTimeOffset now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Brands_stand_side_by_side_with_the_day_before_and_the_times_in_which_nobody_looked()
    {
        await fixture.PublishAsync([
            .. Enumerable.Range(0, 6).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(ours, $"now-{i}", at: now.AddHours(-2)), negative: i < 3 ? 0.9f : 0.1f)),
            .. Enumerable.Range(0, 2).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(theirs, $"now-{i}", at: now.AddHours(-3)), negative: 0.1f)),
            .. Enumerable.Range(0, 4).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(ours, $"before-{i}", at: now.AddHours(-26)))),

            // Neither in that time nor in the day before.
            MentionsFixture.AScored(MentionsFixture.AFound(ours, "between", at: now.AddHours(-12))),
        ]);
        await StoredAsync(13);
        await fixture.ScalarAsync($"insert into mentions.gaps values ('main', gen_random_uuid(), gen_random_uuid(), 'feed', '{now.AddHours(-2):O}', null, 'timeout'), ('other', gen_random_uuid(), gen_random_uuid(), 'theirs', '{now.AddDays(-9):O}', null, 'timeout') returning 1");

        var (from, to) = (Iso(now.AddHours(-5)), Iso(now));
        var view = await fixture.GetAsync<JsonElement>($"/api/dynamics/compare?brand={theirs.Id}&brand={ours.Id}&from={from}&to={to}&bucket=hour");
        var brands = view.GetProperty("brands").EnumerateArray().ToList();
        brands.ConvertAll(b => b.GetProperty("brandId").GetGuid()).ShouldBe([ours.Id, theirs.Id]);
        Figures(brands[0].GetProperty("now")).ShouldBe((6, 0.75, 3, 0.5));
        Figures(brands[1].GetProperty("now")).ShouldBe((2, 0.25, 0, 0));
        Figures(brands[0].GetProperty("before")).ShouldBe((4, 1, 4, 1));
        Figures(brands[1].GetProperty("before")).ShouldBe((0, 0, 0, null));
        Change(brands[0]).ShouldBe((0.5, -0.25, -0.5));
        Change(brands[1]).ShouldBe((null, 0.25, null));
        brands[0].GetProperty("openNegative").GetInt64().ShouldBe(8, "whenever they were published");
        brands[0].GetProperty("now").GetProperty("reach").GetInt64().ShouldBe(600);
        var points = brands[0].GetProperty("points").EnumerateArray().ShouldHaveSingleItem();
        (points.GetProperty("negative").GetInt64(), points.GetProperty("positive").GetInt64()).ShouldBe((3, 3));
        view.GetProperty("starts").EnumerateArray().Select(s => s.GetDateTimeOffset()).ShouldContain(points.GetProperty("at").GetDateTimeOffset());
        view.GetProperty("gaps").EnumerateArray().Select(g => g.GetProperty("sourceName").GetString()).ShouldBe(["feed"]);
        view.GetProperty("before").GetProperty("blind").GetBoolean().ShouldBeFalse();
        view.GetProperty("before").GetProperty("from").GetDateTimeOffset().ShouldBe(view.GetProperty("from").GetDateTimeOffset().AddDays(-1));

        // The same, and no third: those of which anything was said.
        (await fixture.GetAsync<JsonElement>($"/api/dynamics/compare?from={from}&to={to}&bucket=hour")).GetProperty("brands").GetRawText().ShouldBe(view.GetProperty("brands").GetRawText());
    }

    [Fact]
    public async Task Brands_of_another_workspace_are_neither_counted_nor_named()
    {
        var elsewhere = new BrandRef(Guid.CreateVersion7(), "Elsewhere");
        await fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(ours, "ours", at: now.AddDays(-3)))]);
        await fixture.PublishAsync(Enumerable.Range(0, 3).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(elsewhere, $"elsewhere-{i}", at: now.AddDays(-3)) with { Workspace = "other" })));
        await Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id in ('{ours.Id}', '{elsewhere.Id}')"), n => n == 4, Soon, TestContext.Current.CancellationToken);

        var asked = await fixture.GetAsync<JsonElement>($"/api/dynamics/compare?brand={ours.Id}&brand={elsewhere.Id}");
        asked.GetProperty("brands").EnumerateArray().Select(b => (b.GetProperty("brandId").GetGuid(), Figures(b.GetProperty("now")), b.GetProperty("openNegative").GetInt64(), b.GetProperty("points").GetArrayLength()))
            .ShouldBe([(ours.Id, (1, 1, 1, 1), 1, 1), (elsewhere.Id, (0, 0, 0, null), 0, 0)]);
        (await fixture.GetAsync<JsonElement>("/api/dynamics/compare")).GetRawText().ShouldNotContain(elsewhere.Id.ToString());
        (await fixture.GetAsync<JsonElement>("/api/dynamics/compare", "other")).GetProperty("brands").EnumerateArray().Select(b => (b.GetProperty("brandId").GetGuid(), b.GetProperty("now").GetProperty("mentions").GetInt64()))
            .ShouldBe([(elsewhere.Id, 3)]);
        (await fixture.GetAsync<JsonElement>("/api/dynamics/compare", "nobodys")).GetProperty("brands").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("brand=00000001-0000-0000-0000-000000000000", "brand")]
    [InlineData("brand=acme&brand=globex", "brand")]
    [InlineData("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("bucket=week", "bucket")]
    [InlineData("zone=Nowhere/Land", "zone")]
    public async Task What_cannot_be_compared_is_refused_with_the_field(string query, string field)
    {
        using var request = Stack.Request(HttpMethod.Get, $"/api/dynamics/compare?{query}");
        using var answer = await fixture.Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("field").GetString().ShouldBe(field);
    }

    private static (long Mentions, double? Share, long Negative, double? NegativeShare) Figures(JsonElement figures) =>
        (figures.GetProperty("mentions").GetInt64(), Number(figures, "shareOfVoice"), figures.GetProperty("negative").GetInt64(), Number(figures, "negativeShare"));

    private static (double?, double?, double?) Change(JsonElement brand) =>
        brand.GetProperty("change") is var change ? (Number(change, "mentions"), Number(change, "shareOfVoice"), Number(change, "negativeShare")) : default;

    private static double? Number(JsonElement of, string name) => of.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

    private static string Iso(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", System.Globalization.CultureInfo.InvariantCulture));

    private Task<long> StoredAsync(int count) =>
        Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id in ('{ours.Id}', '{theirs.Id}')"), n => n == count, Soon, TestContext.Current.CancellationToken);
}
