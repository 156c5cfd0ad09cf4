using System.Net;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Mentions;

public sealed class FindingTopics(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef ours = new(Guid.CreateVersion7(), "Acme");
    private readonly DateTimeOffset hour = new(TimeProvider.System.GetUtcNow().UtcDateTime.Date.AddHours(TimeProvider.System.GetUtcNow().UtcDateTime.Hour), TimeSpan.Zero);

    [Fact]
    public async Task What_is_said_now_and_not_before_is_found_and_its_count_is_that_of_the_inbox()
    {
        await fixture.PublishAsync([
            .. Enumerable.Range(0, 14).Select(i => Said($"now-{i}", "The driver was friendly", hour.AddMinutes(-90 - i))),
            .. Enumerable.Range(0, 9).Select(i => Said($"stuck-{i}", "It is stuck at the sorting centre", hour.AddMinutes(-80 - i), negative: i < 6 ? 0.9f : 0.1f)),
            .. Enumerable.Range(0, 40).Select(i => Said($"before-{i}", "The driver was friendly", hour.AddDays(-2).AddMinutes(-i))),

            // Neither what is gone from its network, nor what somebody repeats.
            .. Enumerable.Range(0, 12).Select(i => Said($"bot-{i}", "Cheap watches here", hour.AddMinutes(-70 - i), author: "bot")),
        ]);
        await StoredAsync(75);
        await fixture.ScalarAsync($"with gone as (select id from mentions.inbox where workspace = 'main' and brand_id = '{ours.Id}' order by published_at desc limit 1) update mentions.content c set text = '', title = null, search = null, author = null, removed = true from gone where c.mention_id = gone.id returning 1");

        var range = $"from={Iso(hour.AddHours(-3))}&to={Iso(hour)}";
        var view = await fixture.GetAsync<JsonElement>($"/api/brands/{ours.Id}/topics?{range}");
        var topics = view.GetProperty("topics").EnumerateArray().ToList();
        topics.ConvertAll(t => t.GetProperty("text").GetString()).ShouldNotContain(t => t!.Contains("watches", StringComparison.Ordinal));
        var rising = topics.FindAll(t => t.GetProperty("rising").GetBoolean());
        rising.ConvertAll(t => t.GetProperty("text").GetString()).ShouldContain(t => t!.Contains("sorting centre", StringComparison.Ordinal), view.GetRawText());
        (rising[0].GetProperty("mentions").GetInt32(), rising[0].GetProperty("mentionsBefore").GetInt32(), rising[0].GetProperty("authors").GetInt32()).ShouldBe((9, 0, 9));
        rising[0].GetProperty("negativeShare").GetDouble().ShouldBe(0.6667);
        foreach (var topic in topics)
        {
            var inbox = await fixture.GetAsync<JsonElement>($"/api/mentions?brand={ours.Id}&{range}&stories=all&limit=200&q={Uri.EscapeDataString(topic.GetProperty("q").GetString()!)}");
            inbox.GetProperty("items").GetArrayLength().ShouldBe(topic.GetProperty("mentions").GetInt32(), topic.GetRawText());
        }

        var now = view.GetProperty("now");
        (now.GetProperty("mentions").GetInt64(), now.GetProperty("lookedAt").GetInt32(), now.GetProperty("complete").GetBoolean()).ShouldBe((35, 34, true));
        (now.GetProperty("to").GetDateTimeOffset(), view.GetProperty("before").GetProperty("from").GetDateTimeOffset()).ShouldBe((hour, hour.AddHours(-3).AddDays(-7)));
        view.GetProperty("compared").GetBoolean().ShouldBeTrue();

        var negative = await fixture.GetAsync<JsonElement>($"/api/brands/{ours.Id}/topics?{range}&sentiment=positive");
        (negative.GetProperty("sentiment").GetString(), negative.GetProperty("now").GetProperty("mentions").GetInt64()).ShouldBe(("positive", 3));
        (await fixture.GetAsync<JsonElement>($"/api/brands/{ours.Id}/topics?{range}&limit=1")).GetProperty("topics").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_mentions_some_are_looked_at_and_it_is_told_how_many()
    {
        await MadeAsync(5_000, "'lost parcel'");
        var path = $"/api/brands/{ours.Id}/topics?from={Iso(hour.AddHours(-2))}&to={Iso(hour)}";
        var view = await fixture.GetAsync<JsonElement>(path);
        var now = view.GetProperty("now");
        (now.GetProperty("mentions").GetInt64(), now.GetProperty("complete").GetBoolean()).ShouldBe((5_000, false));
        now.GetProperty("lookedAt").GetInt32().ShouldBeInRange(1_900, 2_000);
        view.GetProperty("topics").EnumerateArray().ShouldHaveSingleItem().GetProperty("mentions").GetInt32().ShouldBe(now.GetProperty("lookedAt").GetInt32());
        view.GetProperty("compared").GetBoolean().ShouldBeFalse("nothing was said before");
        (await fixture.GetAsync<JsonElement>(path)).GetRawText().ShouldBe(view.GetRawText(), "the same are looked at again");
    }

    [Fact]
    public async Task Of_long_texts_fewer_are_looked_at()
    {
        await MadeAsync(400, "repeat('lost parcel ', 2000)");
        var now = (await fixture.GetAsync<JsonElement>($"/api/brands/{ours.Id}/topics?from={Iso(hour.AddHours(-2))}&to={Iso(hour)}")).GetProperty("now");
        (now.GetProperty("mentions").GetInt64(), now.GetProperty("lookedAt").GetInt32(), now.GetProperty("complete").GetBoolean()).ShouldBe((400, 151, false), "three million characters, of each text the first 20,000");
    }

    [Fact]
    public async Task Hours_that_stand_out_are_told_with_the_dynamics()
    {
        await fixture.ScalarAsync($"insert into mentions.dynamics select 'main', '{ours.Id}', timestamptz '{hour:O}' - n * interval '1 hour', 0, case n when 30 then 60 else 2 end, 0 from generate_series(2, 400) n returning 1");
        var view = await fixture.GetAsync<JsonElement>($"/api/brands/{ours.Id}/dynamics?bucket=hour&from={Iso(hour.AddDays(-7))}&to={Iso(hour)}");
        var spike = view.GetProperty("spikes").EnumerateArray().ShouldHaveSingleItem();
        (spike.GetProperty("at").GetDateTimeOffset(), spike.GetProperty("mentions").GetInt64(), spike.GetProperty("expected").GetDouble(), spike.GetProperty("negative").GetBoolean()).ShouldBe((hour.AddHours(-30), 60, 2, true));
        view.GetProperty("points").EnumerateArray().ShouldAllBe(p => p.GetProperty("at").GetDateTimeOffset() >= hour.AddDays(-7));
    }

    [Fact]
    public async Task A_brand_of_another_workspace_and_one_that_nobody_knows_have_no_topics()
    {
        await fixture.PublishAsync(Enumerable.Range(0, 12).Select(i => Said($"theirs-{i}", "A secret recall", hour.AddMinutes(-90))));
        await StoredAsync(12);
        foreach (var (brand, workspace) in new[] { (ours.Id, "other"), (Guid.CreateVersion7(), "main") })
        {
            var view = await fixture.GetAsync<JsonElement>($"/api/brands/{brand}/topics?from={Iso(hour.AddHours(-3))}&to={Iso(hour)}", workspace);
            (view.GetProperty("topics").GetArrayLength(), view.GetProperty("now").GetProperty("mentions").GetInt64(), view.GetProperty("now").GetProperty("lookedAt").GetInt32()).ShouldBe((0, 0, 0));
        }
    }

    [Theory]
    [InlineData("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("sentiment=angry", "sentiment")]
    [InlineData("limit=51", "limit")]
    public async Task What_cannot_be_asked_is_refused_with_the_field(string query, string field)
    {
        using var request = Stack.Request(HttpMethod.Get, $"/api/brands/{ours.Id}/topics?{query}");
        using var answer = await fixture.Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("field").GetString().ShouldBe(field);
    }

    // In the two hours before this one.
    private Task<long> MadeAsync(int count, string text) => fixture.ScalarAsync($"""
        with made as (
            insert into mentions.inbox (workspace, id, brand_id, brand_name, source_kind, source_id, source_name, language, label, status, urgency, published_at, seen_at, matched_at, stored_at, revision, version, backfill)
            select 'main', gen_random_uuid(), '{ours.Id}', 'Acme', 'push', gen_random_uuid(), 'tests', 'en', 0, 0, 1, timestamptz '{hour:O}' - (n % 120) * interval '1 minute' - interval '1 second', now(), now(), now(), 1, 1, false
            from generate_series(1, {count}) n returning id, published_at)
        , texts as (insert into mentions.content (workspace, mention_id, revision, text) select 'main', id, 1, {text} from made)
        , counts as (insert into mentions.dynamics select 'main', '{ours.Id}', date_trunc('hour', published_at, 'UTC'), 0, count(*), 0 from made group by 3)
        select count(*) from made
        """);

    private MentionScored Said(string id, string text, DateTimeOffset at, float negative = 0.9f, string? author = null)
    {
        // With much that no other has, or all would be tellings of one story.
        var found = MentionsFixture.AFound(ours, id, text: $"{text}. {string.Join(' ', Serm.Defaults.NameBasedGuid.Create(ours.Id, id).ToString("N").Chunk(4).Select(c => $"{new string(c)}1"))}", at: at);
        return MentionsFixture.AScored(found with { Post = found.Post with { Author = new(author ?? id, author ?? $"Somebody {id}") } }, negative);
    }

    private Task<long> StoredAsync(int count) =>
        Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox i join mentions.content c on c.mention_id = i.id where i.brand_id = '{ours.Id}' and i.label <> 3"), n => n == count, Soon, TestContext.Current.CancellationToken);

    private static string Iso(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
}
