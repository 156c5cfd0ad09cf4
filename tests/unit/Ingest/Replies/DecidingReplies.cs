using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Ingest.Replies;

namespace Serm.Tests.Unit.Ingest.Replies;

/// <summary>What becomes of an answer that was not sent.</summary>
public sealed class DecidingReplies
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan? Hour = TimeSpan.FromHours(1);

    [Fact]
    public void What_was_surely_not_sent_is_tried_again_and_then_refused()
    {
        foreach (var failure in (NetworkFailure[])[Refused(HttpRequestError.ConnectionError), Refused(HttpRequestError.NameResolutionError), NetworkFailure.Limited("n", TimeSpan.FromSeconds(30)), NetworkFailure.Held("l", TimeSpan.FromSeconds(3)), new("http_503", "", retryAfter: TimeSpan.FromSeconds(9))])
        {
            After(Of(), failure, null).ShouldBeOfType<Next.Again>().BegunAt.ShouldBeNull();
            var late = After(Of(since: Now - Patience), failure, null).ShouldBeOfType<Next.Done>().Settled;
            (late.Outcome, late.Code).ShouldBe((ReplyOutcome.Refused, failure.Code));
        }
    }

    [Fact]
    public void What_may_have_been_sent_is_asked_again_only_where_the_network_knows_its_id()
    {
        foreach (var failure in (NetworkFailure[])[new("timeout", ""), new("cut_off", ""), new("http_502", ""), NetworkFailure.Unreadable("n"), new("unreachable", "", inner: new HttpRequestException())])
        {
            After(Of(), failure, null).ShouldBeOfType<Next.Done>().Settled.Outcome.ShouldBe(ReplyOutcome.Unknown);
            After(Of(), failure, Hour).ShouldBeOfType<Next.Again>().BegunAt.ShouldBe(Now);
            After(Of(since: Now - Patience), failure, Hour).ShouldBeOfType<Next.Done>().Settled.Outcome.ShouldBe(ReplyOutcome.Unknown);
            After(Of(begunAt: Now - Hour), failure, Hour).ShouldBeOfType<Next.Done>().Settled.Outcome.ShouldBe(ReplyOutcome.Unknown);
            ReplyDecider.After(Of(), failure, begun: false, null, Patience, Now, 0).ShouldBeOfType<Next.Again>("before the network was asked to take it nothing can be there");
        }
    }

    [Fact]
    public void A_refusal_of_the_second_try_says_nothing_of_the_first()
    {
        After(Of(), NetworkFailure.Refused("n"), Hour).ShouldBeOfType<Next.Done>().Settled.Outcome.ShouldBe(ReplyOutcome.Refused);
        After(Of(begunAt: Now), NetworkFailure.Refused("n"), Hour).ShouldBeOfType<Next.Done>().Settled.Outcome.ShouldBe(ReplyOutcome.Unknown);
        After(Of(begunAt: Now), NetworkFailure.Limited("n", TimeSpan.FromSeconds(1)), Hour).ShouldBeOfType<Next.Again>().BegunAt.ShouldBe(Now);
    }

    [Fact]
    public void A_wait_that_is_longer_than_anybody_waits_is_a_refusal_at_once() =>
        After(Of(), NetworkFailure.Limited("n", TimeSpan.FromHours(1)), null).ShouldBeOfType<Next.Done>().Settled.Outcome.ShouldBe(ReplyOutcome.Refused);

    [Theory]
    [InlineData(6, "source_gone")]
    [InlineData(6.01, "too_late")]
    public void What_nobody_expects_any_more_is_not_sent(double hours, string code) =>
        ReplyDecider.Refusal(Of(askedAt: Now - TimeSpan.FromHours(hours)), source: null, connector: null, Settings.Empty)!.Value.Code.ShouldBe(code);

    [Theory]
    [InlineData("@us  Sorry,\nwe *look* into it!", "@us Sorry, we look into it", true)]
    [InlineData("ＡＢＣ", "abc", true)]
    [InlineData("Sorry", "Sorry not", false)]
    public void What_a_network_makes_of_blanks_and_signs_does_not_count(string said, string read, bool same) => Reply.Hash(said)!.SequenceEqual(Reply.Hash(read)!).ShouldBe(same);

    [Fact]
    public void What_has_no_letters_is_known_by_its_id_alone() => Reply.Hash("👍 !").ShouldBeNull();

    [Fact]
    public void A_long_refusal_is_cut() => ReplyDecider.Refused("x", new('x', 900), Now).Detail!.Length.ShouldBe(500);

    private static Next After(Reply reply, NetworkFailure failure, TimeSpan? remembers) => ReplyDecider.After(reply, failure, begun: true, remembers, Patience, Now, jitter: 0);

    private static NetworkFailure Refused(HttpRequestError error) => new("unreachable", "", inner: new HttpRequestException(error));

    private static Reply Of(DateTimeOffset? since = null, DateTimeOffset? begunAt = null, DateTimeOffset? askedAt = null) => new(Guid.CreateVersion7(), "w", Guid.Empty, Guid.Empty, "vk", "-1_1", "text", askedAt ?? since ?? Now, since ?? Now, begunAt, 1, null, null);
}
