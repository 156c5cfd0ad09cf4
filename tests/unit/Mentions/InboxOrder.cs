using FsCheck.Xunit;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class InboxOrder
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Property]
    public void Of_two_equal_in_all_else_the_more_negative_the_farther_reaching_and_the_newer_comes_first(byte a, byte b, ushort reach, ushort minutes)
    {
        var (low, high) = (Math.Min(a, b) / 255f, Math.Max(a, b) / 255f);

        Urgency.Of(new(high, reach, Now)).ShouldBeGreaterThanOrEqualTo(Urgency.Of(new(low, reach, Now)));
        Urgency.Of(new(low, reach + 1L, Now)).ShouldBeGreaterThan(Urgency.Of(new(low, reach, Now)));
        Urgency.Of(new(low, reach, Now)).ShouldBeGreaterThanOrEqualTo(Urgency.Of(new(low, reach, Now.AddMinutes(-minutes))));
    }

    [Fact]
    public void Whatever_reach_is_claimed_urgency_is_a_number() => double.IsFinite(Urgency.Of(new(0.5f, long.MaxValue, Now))).ShouldBeTrue();

    [Property]
    public void The_parts_explain_the_difference_between_any_two(byte a, byte b, ushort minutes)
    {
        var (first, second) = (Urgency.Explain(new(a / 255f, 10, Now), Now), Urgency.Explain(new(b / 255f, null, Now.AddMinutes(-minutes)), Now));
        var explained = first.Negative + first.Reach + first.Age - second.Negative - second.Reach - second.Age;

        (Urgency.Of(new(a / 255f, 10, Now)) - Urgency.Of(new(b / 255f, null, Now.AddMinutes(-minutes)))).ShouldBe(explained, 1e-6);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("   ", null)]
    [InlineData("parcel late", "'parcel':* & 'late':*")]
    [InlineData("Доставка -спам", "'доставка':* & !'спам':*")]
    [InlineData("it's '); drop table--", "'it':* & 's':* & 'drop':* & 'table':*")]
    [InlineData("😀 & | ! ( :*", null)]
    public void What_a_person_types_becomes_a_query_that_cannot_be_malformed(string? typed, string? query) =>
        SearchText.ToTsQuery(typed).ShouldBe(query);

    [Property]
    public void No_text_makes_a_query_with_a_stray_operator(string text) =>
        (SearchText.ToTsQuery(text) ?? "'a':*").Split(" & ").ShouldAllBe(part => System.Text.RegularExpressions.Regex.IsMatch(part, @"^!?'[\p{L}\p{N}\p{M}]+':\*$"));

    [Property]
    public void What_is_typed_from_a_text_finds_it(string text)
    {
        var stored = SearchText.ToTsVector("other", text).Split(' ');
        (SearchText.ToTsQuery("x " + text?.Replace("-", " ", StringComparison.Ordinal)) ?? "").Split(" & ").Skip(1).Select(part => part[..^2]).ShouldAllBe(word => stored.Contains(word));
    }

    [Fact]
    public void Words_that_no_index_takes_are_cut_and_each_is_stored_once() =>
        SearchText.ToTsVector("It's it's", null, new string('x', 5_000), "Ω' \\ \0").ShouldBe($"'it' 's' '{new string('x', 100)}' 'ω'");
}
