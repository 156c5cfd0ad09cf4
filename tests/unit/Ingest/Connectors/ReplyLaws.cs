using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Ingest.Replies;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>The laws of networks on which mentions are answered.</summary>
public sealed class ReplyLaws : ConnectorKit
{
    private const string Text = "We are sorry, and look into it at once: https://acme.example/help";

    public static TheoryData<string> Names => NetworkCase.Answerable;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_answer_is_sent_once_and_is_read_under_the_id_that_was_told_and_as_it_was_said(string name)
    {
        var (network, stage, host) = Set(name);
        var posts = Script.Threads(stage, 4);
        foreach (var post in posts)
        {
            var told = await host.AnswerAsync(network.Id(Simulation, post), $"{Text} #{post.Id}");
            told.Outcome.ShouldBe(ReplyOutcome.Sent, told.Detail);
            stage.Sent[^1].Text.ShouldEndWith($"{Text} #{post.Id}");
            told.NativeId.ShouldBe(network.Id(Simulation, stage.Sent[^1]));
            new Uri(told.Url!).Scheme.ShouldStartWith("http");
        }

        stage.Sent.Count.ShouldBe(4);
        await host.ReadAllAsync();
        foreach (var (sent, said) in stage.Sent.Zip(host.Said).Where(_ => network.Kind != "telegram"))
        {
            // What was noted before the network answered is what reading finds: so it is known before its id is.
            Reply.Hash(host.Now[network.Id(Simulation, sent)].Text).ShouldBe(Reply.Hash(said));
        }

        if (network.Kind == "telegram")
        {
            host.Now.Count.ShouldBe(4, "bots are not told of what they sent");
        }

        stage.Violations.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_process_killed_at_any_request_sends_once_or_does_not_know(string name)
    {
        for (var at = 0; at < 3; at++)
        {
            foreach (var after in (bool[])[false, true])
            {
                var (network, stage, host) = Set(name);
                var post = stage.World.Publish("acme, answer me");
                var before = stage.Sent.Count;
                host.KillAt(at, after);
                var told = await host.AnswerAsync(network.Id(Simulation, post), $"{Text} {at} {after}");
                var sent = stage.Sent.Count - before;
                if (((IReplies)Books.All[network.Kind]).Remembers is not null || host.Deaths == 0)
                {
                    (told.Outcome, sent).ShouldBe((ReplyOutcome.Sent, 1), $"killed at {at}, {after}");
                }
                else
                {
                    sent.ShouldBeLessThanOrEqualTo(1);
                    told.Outcome.ShouldBe(sent == 1 && told.NativeId is not null ? ReplyOutcome.Sent : ReplyOutcome.Unknown);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_the_network_puts_off_is_waited_out_and_not_for_ever(string name)
    {
        var (network, stage, host) = Set(name);
        var post = stage.World.Publish("acme, answer me");
        stage.Break(Trouble.TooMany, wait: TimeSpan.FromSeconds(1));
        (await host.AnswerAsync(network.Id(Simulation, post), Text)).Outcome.ShouldBe(ReplyOutcome.Sent);
        stage.Sent.Count.ShouldBe(1);

        stage.Break(Trouble.TooMany, wait: TimeSpan.FromHours(2));
        var told = await host.AnswerAsync(network.Id(Simulation, post), Text);
        (told.Outcome, told.Code).ShouldBe((ReplyOutcome.Refused, NetworkFailure.RateLimited));
        stage.Sent.Count.ShouldBe(1);
        stage.Violations.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_answer_of_the_network_that_is_cut_or_garbled_is_no_answer_sent_twice(string name)
    {
        foreach (var trouble in (Trouble[])[Trouble.Truncated, Trouble.Garbage, Trouble.ServerError])
        {
            var (network, stage, host) = Set(name);
            var post = stage.World.Publish("acme, answer me");
            var before = stage.Sent.Count;
            stage.Break(trouble);
            var told = await host.AnswerAsync(network.Id(Simulation, post), $"{Text} {trouble}");
            (stage.Sent.Count - before).ShouldBe(1);
            told.Outcome.ShouldBe(ReplyOutcome.Sent, $"{trouble}: {told.Detail}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Refusals_are_told_by_their_code_and_nothing_is_sent(string name)
    {
        var (network, stage, host) = Set(name);
        var gone = stage.World.Publish("acme, soon gone", parent: stage.World.Publish("acme, answer me"));
        var (id, other) = (network.Id(Simulation, gone), network.Id(Simulation, gone.Parent!));
        if (network.Name != "vk discussions")
        {
            stage.World.Delete(gone);
            (await CodeAsync(id)).ShouldBe(Answering.PostGone);
        }

        stage.ReadsOnly = true;
        (await CodeAsync(other)).ShouldBe(NetworkFailure.NotAllowed);
        stage.ReadsOnly = false;
        stage.Break(Trouble.Expired);
        (await CodeAsync(other)).ShouldBe(NetworkFailure.TokenRefused);
        (await CodeAsync("nothing-of-this-network")).ShouldBe(Answering.CannotReply);

        var requests = stage.Requests;
        (await host.AnswerAsync(other, Text, paused: true)).Code.ShouldBe("source_paused");
        if (((IReplies)Books.All[network.Kind]).Length(Settings.Of(System.Text.Json.JsonSerializer.Serialize(network.Options(Simulation), Reading.Json), null)).Max is { } most)
        {
            (await host.AnswerAsync(other, new string('x', most + 1))).Code.ShouldBe(Answering.TooLong);
        }

        (await host.AnswerAsync(other, " ")).Code.ShouldBe(Answering.TooShort);
        stage.Requests.ShouldBe(requests, "what Serm itself refuses is not asked of the network");
        stage.Sent.ShouldBeEmpty();

        async Task<string?> CodeAsync(string answered)
        {
            var told = await host.AnswerAsync(answered, Text);
            told.Outcome.ShouldBe(ReplyOutcome.Refused);
            told.Detail.ShouldNotBeNull().ShouldNotContain(stage.Token);
            return told.Code;
        }
    }

    [Fact]
    public async Task What_never_reached_the_network_is_refused_in_the_end_and_not_unknown()
    {
        var host = new Host(Books.All["vk"], new Serm.Ingest.Connectors.VKontakte.VkOptions { ApiUrl = "http://127.0.0.1:1", AccessToken = "t", Communities = ["1"], Replies = true }, Clock);
        var told = await host.AnswerAsync("-1_1", Text);
        (told.Outcome, told.Code).ShouldBe((ReplyOutcome.Refused, "unreachable"));
        host.Said.Count.ShouldBeGreaterThan(2);
    }

    [Fact]
    public async Task A_post_of_a_channel_is_not_answered_with_another_post_of_it()
    {
        var (network, stage, host) = Set("telegram");
        stage.Place = new(-1001234567890, "Acme channel", "acmenews");
        (await host.AnswerAsync(network.Id(Simulation, stage.World.Publish("acme news")), Text)).Code.ShouldBe(Answering.CannotReply);
        stage.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_author_is_named_once_and_long_names_count()
    {
        var (network, stage, host) = Set("mastodon mentions");
        var post = stage.World.Publish("@acme answer me");
        await host.AnswerAsync(network.Id(Simulation, post), Text);
        await host.AnswerAsync(network.Id(Simulation, post), $"Dear @{post.Author.Handle}, {Text}");
        stage.Sent.Select(s => s.Text).ShouldBe([$"@{post.Author.Handle} {Text}", $"Dear @{post.Author.Handle}, {Text}"]);

        var wordy = stage.World.Publish("acme", author: new(8, "Wordy", new string('w', 60), 1));
        (await host.AnswerAsync(network.Id(Simulation, wordy), new string('x', 460))).Code.ShouldBe(Answering.TooLong);
        stage.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public void Every_kind_that_says_so_answers_and_no_other()
    {
        foreach (var connector in Books.All.All)
        {
            connector.Card.Abilities.HasFlag(Ability.Replies).ShouldBe(connector is IReplies, connector.Card.Kind);
            if (connector is IReplies replies)
            {
                replies.Sends(Settings.Empty).ShouldBeFalse("only who keeps the source switches it on");
            }
        }

        Names.Select(n => NetworkCase.Of(n.Data).Kind).Distinct().ShouldBe(Books.All.All.OfType<IReplies>().Select(c => c.Card.Kind), ignoreOrder: true);
    }
}
