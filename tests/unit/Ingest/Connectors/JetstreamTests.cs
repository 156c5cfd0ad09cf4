using System.Text.Json;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Bluesky;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Cursors of Bluesky's stream: microseconds in v1, numbers in v2, and servers that do not remember them.</summary>
public sealed class JetstreamTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, false, null)]
    [InlineData(0, true, null)]
    [InlineData(1_773_144_000_000_000, false, 1_773_143_995_000_000)]
    [InlineData(1_773_144_000_000_000, true, null)]
    [InlineData(999_999_999_999_999, true, 999_999_999_999_999)]
    [InlineData(4_711, false, 4_711L)]
    public void A_cursor_of_1e15_and_more_is_of_v1(long known, bool v2, long? sent) => Jetstream.CursorOf(new() { Cursor = known }, v2).ShouldBe(sent);

    [Fact]
    public void What_the_clock_says_the_server_forgot_is_missed_and_so_is_all_when_its_numbers_are_of_the_other_protocol()
    {
        var at = new JetstreamState { Cursor = 1_773_144_000_000_000, At = Start };
        Jetstream.Missed(at, new() { LookbackHours = 36 }, Start.AddHours(36)).ShouldBeNull();
        Jetstream.Missed(at, new() { LookbackHours = 36 }, Start.AddHours(40)).ShouldBe(new(Start, Start.AddHours(4), "cursor_too_old"));
        Jetstream.Missed(at, new() { Protocol = "v2" }, Start.AddMinutes(1)).ShouldBe(new(Start, Start.AddMinutes(1), "cursor_too_old"));
        Jetstream.Missed(new(), new(), Start).ShouldBeNull();
    }

    [Fact]
    public async Task A_stream_that_is_open_and_silent_for_minutes_is_broken_and_one_that_speaks_now_and_then_is_not()
    {
        var said = new List<JsonElement> { JsonElement.Parse("{}") };
        var (quiet, heard) = (Enumerable.Repeat<IReadOnlyList<JsonElement>>([], 8).ToList(), 0);
        await foreach (var _ in Jetstream.HeardAsync(quiet.Append(said).Concat(quiet).ToAsyncEnumerable(), "jet.example", TestContext.Current.CancellationToken))
        {
            heard++;
        }

        heard.ShouldBe(17);
        (await Should.ThrowAsync<NetworkFailure>(async () => await Jetstream.HeardAsync(quiet.Append([]).ToAsyncEnumerable(), "jet.example", TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken))).Code.ShouldBe("silent");
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_server_that_forgot_what_was_not_read_yet_is_listened_to_from_where_it_remembers(string protocol)
    {
        var clock = new SimClock(Start);
        await using var simulation = await Simulation.StartAsync(clock);
        var (stage, world) = (simulation["bluesky"], simulation["bluesky"].World);
        var host = new Host(Books.All["bluesky"], new BlueskyOptions { Jetstream = simulation.Url("bluesky"), Protocol = protocol }, clock);
        world.Publish("acme is read");
        await host.ReadAllAsync();
        clock.Advance(TimeSpan.FromHours(1));
        world.Publish("acme is lost");
        world.Publish("acme is lost too");
        clock.Advance(TimeSpan.FromHours(1));
        stage.ForgottenBefore = clock.GetUtcNow();
        await host.ReadAllAsync();
        world.Publish("acme is back");
        await host.ReadAllAsync();

        host.Failures.ShouldBeEmpty();
        host.Now.Values.Select(p => p.Text).ShouldBe(["acme is read", "acme is back"]);
        if (protocol == "v2")
        {
            host.Missed.ShouldHaveSingleItem().ShouldBe(new(Start.AddMicroseconds(1), Start.AddHours(2), "cursor_too_old"));
        }
    }
}
