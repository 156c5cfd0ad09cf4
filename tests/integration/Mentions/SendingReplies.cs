using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MassTransit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Integration.Mentions;

/// <summary>Answers through the network, with a test that plays ingest: it hears what is to be sent, and tells what became of it.</summary>
public sealed class SendingReplies(MentionsFixture fixture) : IClassFixture<MentionsFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private readonly BrandRef brand = new(Guid.CreateVersion7(), "Acme");
    private readonly Guid source = Guid.CreateVersion7();
    private readonly ConcurrentQueue<ReplyAsked> asked = [];
    private IBusControl ingest = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ingest = MassTransit.Bus.Factory.CreateUsingRabbitMq(b =>
        {
            b.Host(new Uri(Servers.RabbitMq));
            b.UseSermConventions();
            b.ReceiveEndpoint(e => e.Handler<Bulk<ReplyAsked>>(c =>
            {
                c.Message.Items.Where(i => i.SourceId == source).ToList().ForEach(asked.Enqueue);
                return Task.CompletedTask;
            }));
        });
        await ingest.StartAsync(TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync() => await ingest.StopAsync(TimeSpan.FromSeconds(10));

    [Fact]
    public async Task An_answer_is_asked_for_once_sent_and_counts_as_answered()
    {
        var mention = await StoredAsync("sent");
        var at = $"/api/mentions/{mention.Id()}";
        mention = await DoAsync($"{at}/draft", new { text = "We are sorry." }, mention);
        var sending = await DoAsync($"{at}/send", new { text = " We are sorry.\r\nTruly. ", then = "waiting" }, mention);
        (Reply(sending, "state"), Reply(sending, "by"), sending.GetProperty("status").GetString()).ShouldBe(("underWay", "tester", "new"));
        sending.GetProperty("repliedAt").ValueKind.ShouldBe(JsonValueKind.Null);

        var order = await AskedAsync();
        (order.Workspace, order.MentionId, order.SourceId, order.SourceKind, order.NativeId, order.Text, order.By).ShouldBe(("main", mention.Id(), source, "vk", "sent", "We are sorry.\nTruly.", "tester"));
        order.TraceParent.ShouldNotBeNullOrEmpty();
        Reply(await fixture.GetAsync<JsonElement>(at), "text").ShouldBe("We are sorry.\nTruly.");
        (await ListAsync("reply=underWay")).ShouldBe([mention.Id()]);

        // Of two who send, the second hears who was first.
        using var late = await fixture.PostAsync($"{at}/send", new { text = "Sorry!" }, sending.Tag(), "bo", Role.Manager);
        late.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var refusal = await JsonAsync(late);
        (refusal.GetProperty("code").GetString(), refusal.GetProperty("by").GetString()).ShouldBe(("reply_under_way", "tester"));
        using var stale = await fixture.PostAsync($"{at}/send", new { text = "Sorry!" }, mention.Tag(), "bo", Role.Manager);
        stale.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);

        var told = new ReplyTold("main", order.ReplyId, order.MentionId, ReplyOutcome.Sent, "sent_7", "https://vk.example/wall?reply=7", null, null, TimeProvider.System.GetUtcNow());
        await fixture.PublishAsync([told, told]);
        var answered = await Eventually.Async(_ => fixture.GetAsync<JsonElement>(at), m => m.GetProperty("repliedAt").ValueKind != JsonValueKind.Null, Soon, Cancel);
        (answered.GetProperty("status").GetString(), answered.GetProperty("owner").GetString(), answered.GetProperty("replyUrl").GetString()).ShouldBe(("waiting", "tester", "https://vk.example/wall?reply=7"));
        answered.TryGetProperty("reply", out _).ShouldBeFalse();
        answered.TryGetProperty("draft", out _).ShouldBeFalse();
        answered.GetProperty("firstAnsweredAt").ValueKind.ShouldNotBe(JsonValueKind.Null);

        await fixture.PublishAsync([told, told with { Outcome = ReplyOutcome.Refused }]);
        var history = await fixture.GetAsync<JsonElement>($"{at}/history");
        history.EnumerateArray().Count(e => e.GetProperty("type").GetString() == "mention_replied").ShouldBe(1);
        history.EnumerateArray().Single(e => e.GetProperty("type").GetString() == "mention_reply_ordered").ShouldSatisfyAllConditions(
            e => e.GetProperty("text").GetString().ShouldBe("We are sorry.\nTruly."), e => e.GetProperty("by").GetString().ShouldBe("tester"));
        asked.Count.ShouldBe(1);
        (await fixture.ScalarAsync($"select count(*) from mentions.mt_events where stream_id = '{mention.Id()}' and (data::text like '%sorry%' or convert_from(coalesce(bdata, ''), 'UTF8') like '%sorry%')")).ShouldBe(0, "events keep no text");
    }

    [Fact]
    public async Task What_was_refused_is_open_work_again_with_its_text_and_the_reason()
    {
        var mention = await StoredAsync("refused");
        var at = $"/api/mentions/{mention.Id()}";
        var sending = await DoAsync($"{at}/send", new { text = "We are sorry." }, mention);
        await DoAsync($"{at}/resolve", null, sending);
        var order = await AskedAsync();

        await fixture.PublishAsync([Told(order, ReplyOutcome.Refused, "too_long", "At most 3 characters.")]);
        var refused = await Eventually.Async(_ => fixture.GetAsync<JsonElement>(at), m => Reply(m, "state") == "refused", Soon, Cancel);

        (Reply(refused, "code"), Reply(refused, "detail"), refused.GetProperty("draft").GetString()).ShouldBe(("too_long", "At most 3 characters.", "We are sorry."));
        refused.GetProperty("status").GetString().ShouldBe("new");
        (await ListAsync("reply=failed")).ShouldBe([mention.Id()]);
        (await ListAsync("reply=underWay")).ShouldBeEmpty();
        (await fixture.GetAsync<JsonElement>($"{at}/history")).EnumerateArray().Last().GetProperty("text").GetString().ShouldBe("At most 3 characters.");

        var again = await DoAsync($"{at}/send", new { text = "Sorry." }, refused);
        Reply(again, "state").ShouldBe("underWay");
        (await Eventually.Async(_ => Task.FromResult(asked.ToList()), a => a.Count == 2, Soon, Cancel))[1].ReplyId.ShouldNotBe(order.ReplyId);
    }

    [Fact]
    public async Task What_may_be_there_is_settled_by_a_person()
    {
        var mention = await StoredAsync("unknown");
        var at = $"/api/mentions/{mention.Id()}";
        await DoAsync($"{at}/send", new { text = "We are sorry." }, mention);
        await fixture.PublishAsync([Told(await AskedAsync(), ReplyOutcome.Unknown, "timeout", null)]);
        var unknown = await Eventually.Async(_ => fixture.GetAsync<JsonElement>(at), m => Reply(m, "state") == "unknown", Soon, Cancel);
        (await ListAsync("reply=failed&reply=underWay")).ShouldBe([mention.Id()]);

        using var blind = await fixture.PostAsync($"{at}/send", new { text = "We are sorry." }, unknown.Tag());
        (await JsonAsync(blind)).GetProperty("code").GetString().ShouldBe("reply_unknown");
        var again = await DoAsync($"{at}/send", new { text = "We are sorry.", again = true }, unknown);
        var second = (await Eventually.Async(_ => Task.FromResult(asked.ToList()), a => a.Count == 2, Soon, Cancel))[1];
        await fixture.PublishAsync([Told(second, ReplyOutcome.Unknown, "timeout", null)]);
        unknown = await Eventually.Async(_ => fixture.GetAsync<JsonElement>(at), m => m.GetProperty("version").GetInt32() > again.GetProperty("version").GetInt32(), Soon, Cancel);

        var there = await DoAsync($"{at}/replied", new { url = "https://vk.example/wall?reply=9", then = "resolved" }, unknown);
        (there.GetProperty("status").GetString(), there.TryGetProperty("reply", out _)).ShouldBe(("resolved", false));
        (await ListAsync("reply=failed")).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_erasure_takes_the_answer_along_and_what_the_network_said_of_it()
    {
        var mention = await StoredAsync("erased");
        var at = $"/api/mentions/{mention.Id()}";
        await DoAsync($"{at}/send", new { text = "Dear Mrs Zibbelquark." }, mention);
        var order = await AskedAsync();
        await fixture.PublishAsync([Told(order, ReplyOutcome.Unknown, "timeout", "No word of Zibbelquark.")]);
        await Eventually.Async(_ => fixture.GetAsync<JsonElement>(at), m => Reply(m, "detail") == "No word of Zibbelquark.", Soon, Cancel);
        var notes = $"select count(*) from mentions.notes where mention_id = '{mention.Id()}'";
        (await fixture.ScalarAsync(notes)).ShouldBe(2);

        using var erasure = await fixture.PostAsync("/api/erasures", new { mention = mention.Id() }, role: Role.Admin);
        erasure.IsSuccessStatusCode.ShouldBeTrue();
        await Eventually.Async(_ => fixture.ScalarAsync(notes), n => n == 0, Soon, Cancel);
        var erased = await fixture.GetAsync<JsonElement>(at);
        (erased.GetProperty("removed").GetBoolean(), erased.TryGetProperty("reply", out _), erased.TryGetProperty("draft", out _)).ShouldBe((true, false, false));

        // What is told after it is noted without a word of it.
        await fixture.PublishAsync([Told(order, ReplyOutcome.Refused, "post_gone", "Zibbelquark again.")]);
        await Eventually.Async(_ => fixture.GetAsync<JsonElement>($"{at}/history"), h => h.EnumerateArray().Any(e => e.GetProperty("type").GetString() == "mention_reply_refused"), Soon, Cancel);
        (await fixture.ScalarAsync(notes)).ShouldBe(0);
        using var late = await fixture.PostAsync($"{at}/send", new { text = "Hello" }, (await fixture.GetAsync<JsonElement>(at)).Tag());
        (await JsonAsync(late)).GetProperty("code").GetString().ShouldBe("mention_removed");
    }

    [Fact]
    public async Task Only_who_triages_sends_and_only_in_their_workspace()
    {
        var mention = await StoredAsync("roles");
        using var program = await fixture.PostAsync($"/api/mentions/{mention.Id()}/send", new { text = "Hello" }, mention.Tag(), role: Role.Integrator);
        program.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var request = Stack.Request(HttpMethod.Post, $"/api/mentions/{mention.Id()}/send", "another", role: Role.Manager);
        request.Headers.TryAddWithoutValidation("If-Match", mention.Tag());
        request.Content = JsonContent.Create(new { text = "Hello" });
        using var stranger = await fixture.Stack.Mentions.Http.SendAsync(request, Cancel);
        stranger.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var unseen = await fixture.PostAsync($"/api/mentions/{mention.Id()}/send", new { text = "Hello" });
        unseen.StatusCode.ShouldBe((HttpStatusCode)428);
        using var empty = await fixture.PostAsync($"/api/mentions/{mention.Id()}/send", new { text = "" }, mention.Tag());
        (await JsonAsync(empty)).GetProperty("field").GetString().ShouldBe("text");

        // Told to another workspace, it is of no mention there.
        await DoAsync($"/api/mentions/{mention.Id()}/send", new { text = "Hello" }, mention);
        var order = await AskedAsync();
        await fixture.PublishAsync([Told(order, ReplyOutcome.Refused, "too_long", null) with { Workspace = "another" }, Told(order, ReplyOutcome.Unknown, "timeout", null)]);
        await Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions/{mention.Id()}"), m => Reply(m, "state") == "unknown", Soon, Cancel);
    }

    [Fact]
    public async Task So_many_a_minute_and_no_more()
    {
        var mention = await StoredAsync("pace");
        var limited = await Eventually.Async(
            async _ => await Task.WhenAll(Enumerable.Range(0, 21).Select(i => fixture.PostAsync($"/api/mentions/{mention.Id()}/send", new { text = "Hello" }, "\"999\"", "script"))),
            answers => answers.Any(a => a.StatusCode == HttpStatusCode.TooManyRequests), Soon, Cancel);

        var refusal = limited.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        (await JsonAsync(refusal)).GetProperty("code").GetString().ShouldBe("too_many_replies");
        refusal.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        asked.ShouldBeEmpty();
        using var other = await fixture.PostAsync($"/api/mentions/{mention.Id()}/send", new { text = "Hello" }, mention.Tag(), "ana");
        other.StatusCode.ShouldBe(HttpStatusCode.OK, "one who sends too many does not use up what others may");
    }

    [Fact]
    public async Task What_is_built_anew_from_the_events_is_the_same()
    {
        var mention = await StoredAsync("rebuilt");
        await DoAsync($"/api/mentions/{mention.Id()}/send", new { text = "We are sorry." }, mention);
        await fixture.PublishAsync([Told(await AskedAsync(), ReplyOutcome.Refused, "too_long", "At most 3 characters.")]);
        var before = await Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions/{mention.Id()}"), m => Reply(m, "state") == "refused", Soon, Cancel);
        await fixture.ScalarAsync($"update mentions.desk set reply = null, reply_state = null, draft_id = null where mention_id = '{mention.Id()}'; select 1");
        Reply(await fixture.GetAsync<JsonElement>($"/api/mentions/{mention.Id()}"), "state").ShouldBeNull();

        // Any event writes the row anew from the stream.
        await DoAsync($"/api/mentions/{mention.Id()}/note", new { text = "Indeed." }, before);
        var after = await fixture.GetAsync<JsonElement>($"/api/mentions/{mention.Id()}");
        after.GetProperty("reply").GetRawText().ShouldBe(before.GetProperty("reply").GetRawText());
        after.GetProperty("draft").GetString().ShouldBe("We are sorry.");
    }

    private static ReplyTold Told(ReplyAsked order, ReplyOutcome outcome, string? code, string? detail) =>
        new(order.Workspace, order.ReplyId, order.MentionId, outcome, null, null, code, detail, TimeProvider.System.GetUtcNow(), order.TraceParent);

    private static string? Reply(JsonElement mention, string member) => mention.TryGetProperty("reply", out var reply) && reply.TryGetProperty(member, out var value) ? value.GetString() : null;

    private Task<ReplyAsked> AskedAsync() => Eventually.Async(_ => Task.FromResult(asked.FirstOrDefault()!), a => a is not null, Soon, Cancel);

    private async Task<IReadOnlyList<Guid>> ListAsync(string query) =>
        [.. (await fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&{query}")).GetProperty("items").EnumerateArray().Select(m => m.Id())];

    private async Task<JsonElement> StoredAsync(string nativeId)
    {
        var found = MentionsFixture.AFound(brand, nativeId);
        found = found with { Post = found.Post with { SourceKind = "vk", SourceId = source } };
        await fixture.PublishAsync([MentionsFixture.AScored(found)]);
        var page = await Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions?brand={brand.Id}&id={found.MentionId}"), p => p.GetProperty("items").GetArrayLength() == 1, Soon, Cancel);
        return page.GetProperty("items")[0];
    }

    private async Task<JsonElement> DoAsync(string path, object? body, JsonElement mention)
    {
        using var answer = await fixture.PostAsync(path, body, mention.Tag());
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        return await JsonAsync(answer);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>(MentionsFixture.Json, Cancel);
}
