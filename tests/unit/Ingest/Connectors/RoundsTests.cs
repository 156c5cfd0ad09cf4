using Serm.Ingest.Connectors;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What goes wrong with one lane of a source costs the others nothing.</summary>
public sealed class RoundsTests
{
    private static readonly string[] Names = ["a", "b", "c"];
    private readonly Dictionary<string, Queue<NetworkFailure>> failures = new(StringComparer.Ordinal);
    private readonly List<string> asked = [];
    private readonly List<string> pages = [];
    private string? state;

    [Fact]
    public async Task A_lane_that_fails_is_told_once_the_others_are_read_and_blind_the_second_time()
    {
        Fail("b", Fault(), 2);
        (await RoundAsync()).ShouldBe(new Refusal("http_502", "b: fault", Permanent: false));
        asked.ShouldBe(["a", "b", "c"]);
        (await RoundAsync()).ShouldBe(new Refusal("http_502", "b: fault", Permanent: true));
        pages.ShouldBe(["a", "c", "a", "c"]);
    }

    [Fact]
    public async Task A_lane_that_goes_on_failing_is_asked_ever_more_seldom_and_stays_blind_until_it_is_read()
    {
        Fail("b", Fault(), 6);
        for (var round = 0; round < 60; round++)
        {
            (await RoundAsync())?.Permanent.ShouldBe(round > 0);
        }

        asked.Count(n => n == "b").ShouldBe(6, "in the rounds 1, 2, 4, 8, 16 and 32");
        for (var round = 60; round < 64; round++)
        {
            (await RoundAsync(), round).Item1.ShouldBe(round == 63 ? null : new Refusal("http_502", "b: fault", Permanent: true));
        }

        (await RoundAsync()).ShouldBeNull();
        state!.ShouldNotContain("failing");
    }

    [Fact]
    public async Task A_lane_that_is_blind_is_told_before_one_that_fails_for_the_first_time()
    {
        Fail("b", Fault(), 2);
        await RoundAsync();
        Fail("a", Fault());
        (await RoundAsync()).ShouldBe(new Refusal("http_502", "b: fault", Permanent: true));
    }

    [Fact]
    public async Task When_all_lanes_fail_the_source_does_and_what_rests_is_asked_too()
    {
        Fail("b", Fault(), 4);
        for (var round = 0; round < 4; round++)
        {
            await RoundAsync();
        }

        var before = state;
        failures.Clear();
        Fail("a", Fault(), 2);
        Fail("c", Fault(), 2);
        asked.Clear();
        (await RoundAsync()).ShouldNotBeNull();
        asked.ShouldContain("b");
        pages[^1].ShouldBe("b");

        state = before;
        Names.ToList().ForEach(n => Fail(n, Fault(), 9));
        (await Should.ThrowAsync<NetworkFailure>(RoundAsync())).Code.ShouldBe("http_502");
        state.ShouldBe(before);
    }

    [Theory]
    [InlineData("unreachable")]
    [InlineData(NetworkFailure.RateLimited)]
    [InlineData(NetworkFailure.TokenRefused)]
    public async Task What_concerns_the_whole_network_is_asked_of_no_other_lane(string code)
    {
        Fail("a", new(code, "no", permanent: code == NetworkFailure.TokenRefused));
        (await Should.ThrowAsync<NetworkFailure>(RoundAsync())).Code.ShouldBe(code);
        asked.ShouldBe(["a"]);
    }

    [Fact]
    public async Task A_limit_of_some_lanes_holds_back_no_others()
    {
        Fail("c", NetworkFailure.Held("searches", TimeSpan.FromHours(3)));
        Fail("b", NetworkFailure.Held("searches", TimeSpan.FromHours(3)));
        var told = (await RoundAsync(apart: "searches"))!;
        (told.Code, told.Permanent).ShouldBe((NetworkFailure.BudgetSpent, true));
        pages.ShouldBe(["a"]);

        Names.ToList().ForEach(n => Fail(n, NetworkFailure.Held("searches", TimeSpan.FromHours(2))));
        (await Should.ThrowAsync<NetworkFailure>(RoundAsync(apart: "searches"))).HeldBack.ShouldBeTrue();
        Fail("b", NetworkFailure.Held("units", TimeSpan.FromHours(2)));
        (await Should.ThrowAsync<NetworkFailure>(RoundAsync(apart: "searches"))).Limit.ShouldBe("units");
    }

    [Fact]
    public async Task A_page_that_the_network_no_longer_knows_is_forgotten_and_the_pass_begun_again()
    {
        var stale = new NetworkFailure("http_400", "stale", permanent: true);
        state = Reading.Write(new Rounds<Sweep> { Lanes = new() { ["only"] = new() { Since = 5, Top = 9, Next = "old" } } });
        var at = new List<string?>();
        Task<Page> ReadAsync() => State().ReadAsync(["only"], (_, lane) =>
        {
            at.Add(lane.Next);
            var after = lane.After([DateTimeOffset.FromUnixTimeSeconds(10 - at.Count)], lane.Next is null ? "new" : null, 0);
            return lane.Next is "old" ? throw stale : Task.FromResult((Page.Nothing(), after.Next, after.More));
        }, anew: lane => lane.Anew());
        for (var more = true; more;)
        {
            var page = await ReadAsync();
            (more, state) = (page.More || page.Refused is not null, page.State);
            (page.Refused?.Permanent ?? false).ShouldBeFalse("it is told, and nobody is blind for it");
        }

        at.ShouldBe(["old", null, "new"]);
        State().Lanes["only"].ShouldBe(new Sweep { Since = 9 });
    }

    [Fact]
    public async Task A_page_that_is_refused_in_each_pass_leaves_the_lane_blind()
    {
        var told = new List<bool>();
        for (var turn = 0; turn < 12; turn++)
        {
            var page = await State().ReadAsync(
                ["only"],
                (_, lane) => lane.Next is null ? Task.FromResult((Page.Nothing(), lane with { Next = "2" }, true)) : throw new NetworkFailure("http_400", "no", permanent: true),
                anew: lane => lane.Anew());
            state = page.State;
            told.AddRange(page.Refused is { } refused && !page.More ? [refused.Permanent] : []);
        }

        told[0].ShouldBeFalse();
        told.Skip(1).ShouldAllBe(blind => blind);
    }

    [Fact]
    public async Task A_post_that_fails_is_passed_over_but_not_one_after_the_other_when_the_network_is_gone()
    {
        state = Reading.Write(new Rounds<Followed> { Lanes = new() { ["only"] = new() { Pending = [.. Enumerable.Range(0, 9).Select(i => $"{i}")] } } });
        var (read, bad) = (new List<string>(), new HashSet<string>(["2", "4"], StringComparer.Ordinal));
        Task<Page> ReadAsync() => (new Reading(new(Guid.Empty), Settings.Of(null, null), state, null!, default)).StateAs<Rounds<Followed>>().ReadAsync(
            ["only"],
            (_, lane) =>
            {
                var post = lane.Pending[0];
                read.Add(bad.Contains(post) ? throw Fault() : post);
                var after = lane.After(null);
                return Task.FromResult((Page.Nothing(), after, after.More()));
            },
            (lane, _) => lane.Past() is { } rest ? (rest, rest.More()) : null);
        Page page;
        do
        {
            page = await ReadAsync();
            state = page.State;
        }
        while (page.More);

        read.ShouldBe(["0", "1", "3", "5", "6", "7", "8"]);
        page.Refused.ShouldBe(new Refusal("http_502", "only: fault", Permanent: false) { Single = true });

        state = Reading.Write(new Rounds<Followed> { Lanes = new() { ["only"] = new() { Pending = [.. Enumerable.Range(0, 9).Select(i => $"{i}")] } } });
        bad.UnionWith(Enumerable.Range(0, 9).Select(i => $"{i}"));
        for (var post = 0; post < 5; post++)
        {
            state = (await ReadAsync()).State;
        }

        (await Should.ThrowAsync<NetworkFailure>(ReadAsync())).Code.ShouldBe("http_502");
    }

    private static NetworkFailure Fault() => new("http_502", "fault");

    private void Fail(string name, NetworkFailure failure, int times = 1)
    {
        failures.TryAdd(name, new());
        for (var i = 0; i < times; i++)
        {
            failures[name].Enqueue(failure);
        }
    }

    private Rounds<Sweep> State() => new Reading(new(Guid.Empty), Settings.Of(null, null), state, null!, default).StateAs<Rounds<Sweep>>();

    private async Task<Refusal?> RoundAsync(string? apart = null)
    {
        while (true)
        {
            var page = await State().ReadAsync(Names, (name, lane) =>
            {
                asked.Add(name);
                if (failures.GetValueOrDefault(name)?.TryDequeue(out var failure) == true)
                {
                    throw failure;
                }

                pages.Add(name);
                return Task.FromResult((Page.Nothing(), lane, false));
            }, apart: apart);
            state = page.State;
            if (!page.More)
            {
                return page.Refused;
            }
        }
    }
}
