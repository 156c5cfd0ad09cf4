using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;

namespace Serm.Tests.Integration.Sentiments;

public sealed class JudgingMentions(SentimentFixture fixture) : IClassFixture<SentimentFixture>
{
    private const string Complaint = "Terrible service, the worst company I have ever dealt with. I hate it!";

    [Fact]
    public async Task A_found_mention_is_judged_with_evidence_and_its_trace()
    {
        var found = SentimentFixture.AFound(Complaint);

        await fixture.PublishAsync([found]);

        var scored = (await fixture.HearAsync(1, found.MentionId))[0];
        scored.Verdict.Label.ShouldBe(Sentiment.Negative);
        (scored.Verdict.Negative + scored.Verdict.Neutral + scored.Verdict.Positive).ShouldBe(1, 1e-3f);
        scored.Verdict.ModelVersion.Length.ShouldBe(12);
        scored.Verdict.Evidence.ShouldNotBeEmpty();
        scored.Verdict.ScoredAt.ShouldBeGreaterThanOrEqualTo(found.MatchedAt);
        scored.Mention.ShouldBe(found);
        scored.TraceParent.ShouldNotBeNull().Split('-')[1].ShouldBe("0af7651916cd43dd8448eb211c80319c");
    }

    [Fact]
    public async Task A_repeat_has_the_same_verdict_and_an_edit_another()
    {
        var found = SentimentFixture.AFound(Complaint);
        await fixture.PublishAsync([found]);
        await fixture.PublishAsync([found]);
        await fixture.PublishAsync([found with { Post = found.Post with { Revision = 2, Text = "Solved, thank you, great support!" } }]);

        var heard = await fixture.HearAsync(3, found.MentionId);

        heard.Where(h => h.Mention.Post.Revision == 1).Select(h => h.Verdict.Negative).Distinct().Count().ShouldBe(1);
        heard.Select(h => h.Verdict.Negative).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_language_that_ingest_could_not_tell_is_told_and_hostile_texts_are_judged()
    {
        MentionFound[] found =
        [
            SentimentFixture.AFound("Ужасный сервис, обман и хамство, очень разочарован", "und"),
            SentimentFixture.AFound("\U0001F621\U0001F621", "und"),
            SentimentFixture.AFound("", "und"),
            SentimentFixture.AFound(new string('x', 100_000), "xx", title: "\u200B"),
        ];

        await fixture.PublishAsync(found);

        var heard = await fixture.HearAsync(4, [.. found.Select(f => f.MentionId)]);
        heard.Single(h => h.Mention.MentionId == found[0].MentionId).Verdict.Label.ShouldBe(Sentiment.Negative);
    }

    [Fact]
    public async Task One_that_cannot_be_judged_is_parked_and_takes_no_neighbour_along()
    {
        var poison = SentimentFixture.AFound("x") with { Post = null! };
        var good = Enumerable.Range(0, 50).Select(i => SentimentFixture.AFound($"{Complaint} {i}")).ToList();

        await fixture.PublishAsync([.. good.Take(25), poison, .. good.Skip(25)]);

        await fixture.HearAsync(50, [.. good.Select(g => g.MentionId)]);
        var parked = await Eventually.Async(SentimentFixture.ParkedAsync, p => p is not null, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        JsonDocument.Parse(parked!.Body).RootElement[0].GetProperty("mentionId").GetGuid().ShouldBe(poison.MentionId);
        fixture.Heard(poison.MentionId).ShouldBeEmpty();
    }

    [Fact]
    public async Task Anybody_who_reads_may_have_a_text_judged()
    {
        using var answer = await fixture.PostAsync(new { title = "Scandal", text = Complaint });

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        body.GetProperty("label").GetString().ShouldBe("negative");
        body.GetProperty("language").GetString().ShouldBe("en");
        body.GetProperty("evidence").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_request_without_a_text_or_with_too_long_a_one_is_refused_by_field()
    {
        foreach (var (body, code) in new (object, string)[] { (new { title = "x" }, "text_required"), (new { text = new string('x', 100_001) }, "text_too_long"), (new { text = "x", language = "english" }, "language_invalid") })
        {
            using var answer = await fixture.PostAsync(body);

            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("code").GetString().ShouldBe(code);
        }
    }
}
