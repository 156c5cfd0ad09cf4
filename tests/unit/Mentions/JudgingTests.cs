using Microsoft.Extensions.Time.Testing;
using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class JudgingTests
{
    private readonly FakeTimeProvider clock = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_mention_whose_turn_has_not_come_is_waited_for_while_verdicts_come_in()
    {
        var judging = new Judging(clock);
        var found = Found(clock.GetUtcNow());
        judging.MayStillCome(found.MatchedAt).ShouldBeFalse("no verdict was ever heard");

        await judging.DuringAsync([Scored(found.MatchedAt.AddSeconds(-5))], () =>
        {
            judging.MayStillCome(found.MatchedAt).ShouldBeTrue();
            return Task.CompletedTask;
        });
        judging.MayStillCome(found.MatchedAt).ShouldBeTrue();
        clock.Advance(Judging.Silence);
        judging.MayStillCome(found.MatchedAt).ShouldBeFalse("judging stands still");
    }

    [Fact]
    public async Task One_that_judging_has_passed_by_is_not_waited_for()
    {
        var judging = new Judging(clock);
        var found = Found(clock.GetUtcNow());

        await judging.DuringAsync([Scored(found.MatchedAt + Judging.Overtaking)], () => Task.CompletedTask);

        judging.MayStillCome(found.MatchedAt).ShouldBeFalse();
    }

    [Fact]
    public async Task Nobody_is_waited_for_without_end()
    {
        var judging = new Judging(clock);
        var found = Found(clock.GetUtcNow());
        clock.Advance(Judging.Longest);

        await judging.DuringAsync([Scored(found.MatchedAt.AddHours(-1))], () => Task.CompletedTask);

        judging.MayStillCome(found.MatchedAt).ShouldBeFalse();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_makes_nobody_wait()
    {
        var day = new ClockOfDay(clock);
        var judging = new Judging(day);
        await judging.DuringAsync([Scored(day.GetUtcNow())], () => Task.CompletedTask);
        var before = Found(day.GetUtcNow());
        day.Back = TimeSpan.FromHours(1);
        clock.Advance(Judging.Silence);
        judging.MayStillCome(Found(day.GetUtcNow().AddHours(2)).MatchedAt).ShouldBeFalse("judging stands still");

        await judging.DuringAsync([Scored(day.GetUtcNow())], () => Task.CompletedTask);

        judging.MayStillCome(before.MatchedAt).ShouldBeFalse("how old it is nobody knows");
        judging.MayStillCome(day.GetUtcNow().AddSeconds(1)).ShouldBeTrue("its turn has not come");
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_taken_for_reached()
    {
        var judging = new Judging(clock);
        await judging.DuringAsync([Scored(clock.GetUtcNow().AddSeconds(-5))], () => Task.CompletedTask);
        var found = Found(clock.GetUtcNow().AddSeconds(-3));

        await Should.ThrowAsync<InvalidOperationException>(() => judging.DuringAsync([Scored(clock.GetUtcNow())], () => throw new InvalidOperationException()));

        judging.MayStillCome(found.MatchedAt).ShouldBeTrue();
    }

    private static MentionFound Found(DateTimeOffset matchedAt) => new(
        "main", Guid.CreateVersion7(), new(Guid.Empty, "Acme"), new("push", Guid.Empty, "tests", "1", null, null, "x", null, matchedAt, "en", 1, null, null, 1, "00"), matchedAt, matchedAt);

    private static MentionScored Scored(DateTimeOffset matchedAt) => new(Found(matchedAt), new(Sentiment.Neutral, 0, 1, 0, "m", [], matchedAt));
}
