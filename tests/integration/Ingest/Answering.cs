using System.Net;
using System.Text.Json;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Simulator;

namespace Serm.Tests.Integration.Ingest;

/// <summary>Answers to mentions, from the message that asks for one to the message that tells what became of it.</summary>
public sealed class Answering(IngestFixture fixture) : IClassFixture<IngestFixture>, IAsyncLifetime
{
    private const string Text = "We are sorry, acme looks into it at once";
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";
    private readonly SimClock clock = new(TimeProvider.System.GetUtcNow());
    private Simulation simulation = null!;

    public async ValueTask InitializeAsync()
    {
        simulation = await Simulation.StartAsync(clock);
        clock.Follow(TimeProvider.System);
    }

    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    [Fact]
    public async Task An_answer_is_sent_once_told_as_often_as_it_is_asked_for_and_never_a_mention()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        var stage = simulation["vk"];
        var post = stage.World.Publish("acme is late again");
        var source = await VkAsync(replies: true);
        await fixture.MentionsAsync(brand, 1);
        var (_, can) = await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{source}/replying", workspace: workspace, role: Role.Moderator);
        (can.GetProperty("can").GetBoolean(), can.GetProperty("why").ValueKind, can.GetProperty("minLength").GetInt32()).ShouldBe((true, JsonValueKind.Null, 1));

        var asked = Ask(source, "vk", $"-1_{post.Id}");
        await fixture.AskAsync(asked);
        var told = await fixture.ToldAsync(asked.ReplyId);
        (told.Outcome, told.NativeId, told.MentionId, told.Workspace).ShouldBe((ReplyOutcome.Sent, $"-1_{post.Id}_r{stage.Sent[0].Id}", asked.MentionId, workspace));
        (await RowAsync(asked.ReplyId)).ShouldBe(("sent", true));

        await fixture.AskAsync(asked);
        (await fixture.ToldAsync(asked.ReplyId, 2)).ShouldBe(told);
        stage.Sent.Count.ShouldBe(1);

        // A later post is read, and with it the answer.
        var later = stage.World.Publish("acme, one more", parent: post);
        await ReadAsync(source);
        var mentions = await fixture.MentionsAsync(brand, 2);
        mentions.Select(m => m.Post.NativeId).ShouldBe([$"-1_{post.Id}", $"-1_{post.Id}_r{later.Id}"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_process_that_is_killed_while_the_network_answers_sends_nothing_twice_and_what_is_read_meanwhile_is_known()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        var (vk, telegram) = (simulation["vk"], simulation["telegram"]);
        var (post, message) = (vk.World.Publish("acme is late again"), telegram.World.Publish("acme is rude"));
        var (wall, group) = (await VkAsync(replies: true), await TelegramAsync());
        await fixture.MentionsAsync(brand, 2);
        (vk.Silent, telegram.Silent) = ("createComment", "sendMessage");
        var (one, two) = (Ask(wall, "vk", $"-1_{post.Id}"), Ask(group, "telegram", $"-1001234567890/{message.Id}"));
        await fixture.AskAsync(one);
        await fixture.AskAsync(two);
        await Eventually.AsyncTrue(_ => Task.FromResult(vk.Sent.Count == 1 && telegram.Sent.Count == 1), TimeSpan.FromSeconds(30), () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);

        // Read while nobody knows its id yet.
        var later = vk.World.Publish("acme, one more", parent: post);
        await ReadAsync(wall);
        await fixture.MentionsAsync(brand, 3);
        await fixture.Stack.Ingest.KillAsync();
        (vk.Silent, telegram.Silent) = (null, null);
        await fixture.Stack.Ingest.StartAsync(TestContext.Current.CancellationToken);

        (await fixture.ToldAsync(one.ReplyId)).Outcome.ShouldBe(ReplyOutcome.Sent);
        (await fixture.ToldAsync(two.ReplyId) is var lost && lost.Outcome == ReplyOutcome.Unknown && lost.Code == "answer_lost").ShouldBeTrue();
        (vk.Sent.Count, telegram.Sent.Count).ShouldBe((1, 1));
        fixture.Found.Where(m => m.Brand.Id == brand).Select(m => m.Post.NativeId).Distinct()
            .ShouldBe([$"-1_{post.Id}", $"-1001234567890/{message.Id}", $"-1_{post.Id}_r{later.Id}"], ignoreOrder: true);
        (await RowAsync(two.ReplyId)).ShouldBe(("unknown", true));
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused_with_its_reason()
    {
        var source = await VkAsync(replies: false);
        (await CodeAsync(Ask(source, "vk", "-1_1"))).ShouldBe("replies_off");
        (await WhyAsync(source)).ShouldBe("replies_off");
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{source}", new { options = Options(true) }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        (await WhyAsync(source)).ShouldBeNull();
        (await CodeAsync(Ask(source, "vk", "-1_1"))).ShouldBe("post_gone");
        (await CodeAsync(Ask(source, "vk", "-1_1") with { Workspace = "another" })).ShouldBe("source_gone");
        (await CodeAsync(Ask(source, "telegram", "-1/1"))).ShouldBe("source_gone");
        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{source}", new { paused = true }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        (await CodeAsync(Ask(source, "vk", "-1_1"))).ShouldBe("source_paused");
        (await fixture.SendAsync(HttpMethod.Delete, $"/api/sources/{source}", workspace: workspace)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await CodeAsync(Ask(source, "vk", "-1_1"))).ShouldBe("source_gone");
        simulation["vk"].Sent.ShouldBeEmpty();
        (await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{source}/replying", workspace: workspace)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{source}/replying", workspace: workspace, role: Role.Integrator)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private ReplyAsked Ask(Guid source, string kind, string answered) =>
        new(workspace, Guid.CreateVersion7(), Guid.CreateVersion7(), source, kind, answered, Text, "tester", TimeProvider.System.GetUtcNow());

    private async Task<string?> CodeAsync(ReplyAsked asked)
    {
        await fixture.AskAsync(asked);
        var told = await fixture.ToldAsync(asked.ReplyId);
        told.Outcome.ShouldBe(ReplyOutcome.Refused);
        told.Detail.ShouldNotBeNullOrEmpty();
        return told.Code;
    }

    private async Task<string?> WhyAsync(Guid source) => (await fixture.SendAsync(HttpMethod.Get, $"/api/sources/{source}/replying", workspace: workspace, role: Role.Moderator)).Body.GetProperty("why").GetString();

    private Task ReadAsync(Guid source) => Eventually.AsyncTrue(
        async _ => (await fixture.SendAsync(HttpMethod.Post, $"/api/sources/{source}/read", workspace: workspace)).Status == HttpStatusCode.Accepted, TimeSpan.FromSeconds(30), () => fixture.Stack.Ingest.LogTail(), TestContext.Current.CancellationToken);

    private object Options(bool replies) => new { apiUrl = simulation.Url("vk"), communities = new[] { "1" }, replies };

    private Task<Guid> VkAsync(bool replies) => AddAsync(new { kind = "vk", intervalSeconds = 86_400, options = Options(replies), credentials = new { accessToken = simulation["vk"].Token } });

    private Task<Guid> TelegramAsync() => AddAsync(new { kind = "telegram", options = new { apiUrl = simulation.Url("telegram"), waitSeconds = 1, replies = true }, credentials = new { botToken = $"1:{simulation["telegram"].Token}" } });

    private async Task<Guid> AddAsync(object body)
    {
        var (status, added) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", body, workspace);
        status.ShouldBe(HttpStatusCode.Created, added.ToString());
        return added.GetProperty("id").GetGuid();
    }

    private async Task<(string State, bool TextGone)> RowAsync(Guid reply)
    {
        await using var source = NpgsqlDataSource.Create(fixture.Stack.Postgres);
        await using var command = source.CreateCommand("select state, text is null from ingest.replies where reply_id = $1");
        command.Parameters.Add(new() { Value = reply });
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        (await reader.ReadAsync(TestContext.Current.CancellationToken)).ShouldBeTrue();
        return (reader.GetString(0), reader.GetBoolean(1));
    }
}
