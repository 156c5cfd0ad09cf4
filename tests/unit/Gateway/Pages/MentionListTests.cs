using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class MentionListTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_new_mention_takes_its_place_in_the_order()
    {
        var list = With(urgent: false, Item(1, minutes: 10), Item(2, minutes: 0));
        list.Arrive(Item(3, minutes: 5), held: false);
        list.Items.Select(Number).ShouldBe([1, 3, 2]);
    }

    [Fact]
    public void Held_rows_stay_and_new_ones_wait_until_they_are_shown()
    {
        var list = With(urgent: false, Item(1, minutes: 0));
        list.Arrive(Item(2, minutes: 5), held: true);
        list.Arrive(Item(2, minutes: 5) with { Version = 9 }, held: true);
        (list.Items.Count, list.Waiting).ShouldBe((1, 1));

        list.Settle();
        list.Items.Select(Number).ShouldBe([2, 1]);
        (list.Items[0].Version, list.Waiting).ShouldBe((9, 0));
    }

    [Fact]
    public void An_older_state_does_not_replace_a_newer_one()
    {
        var list = With(urgent: false, Item(1, minutes: 0) with { Version = 3, Owner = "anna" });
        list.Change(Item(1, minutes: 0) with { Version = 2 }, held: false).ShouldBeFalse();
        list.Items[0].Owner.ShouldBe("anna");
    }

    [Fact]
    public void A_verdict_moves_a_row_in_the_urgent_order_unless_it_is_held()
    {
        foreach (var held in new[] { true, false })
        {
            var list = With(urgent: true, Item(1, urgency: 5), Item(2, urgency: 4));
            list.Change(Item(2, urgency: 8) with { Version = 2 }, held).ShouldBeTrue();
            list.Items.Select(Number).ShouldBe(held ? [1, 2] : [2, 1]);
            list.Settle();
            list.Items.Select(Number).ShouldBe([2, 1]);
        }
    }

    [Fact]
    public void A_row_leaves_when_it_is_dealt_with_but_not_while_it_is_held()
    {
        var dealt = Item(2, urgency: 4) with { Version = 2, Status = MentionStatus.Resolved };
        foreach (var held in new[] { true, false })
        {
            var list = With(urgent: true, Item(1, urgency: 5), Item(2, urgency: 4));
            list.Change(dealt, held);
            list.Items.Select(Number).ShouldBe(held ? [1, 2] : [1]);
            list.Settle();
            list.Items.Select(Number).ShouldBe([1]);
        }
    }

    [Fact]
    public void What_waits_and_is_dealt_with_by_another_waits_no_more()
    {
        var list = With(urgent: true, Item(1, urgency: 5));
        list.Arrive(Item(2, urgency: 6), held: true);
        list.Change(Item(2, urgency: 6) with { Version = 2, Status = MentionStatus.Dismissed }, held: true);
        list.Waiting.ShouldBe(0);
    }

    [Fact]
    public void What_belongs_on_a_later_page_is_not_announced()
    {
        var list = With(urgent: true, "next", Item(1, urgency: 5));
        list.Arrive(Item(2, urgency: 4), held: true).ShouldBeFalse();
        (list.Waiting, list.Has(Item(2).Id)).ShouldBe((0, false));

        list.Arrive(Item(2, urgency: 6) with { Version = 2 }, held: true).ShouldBeTrue();
        list.Waiting.ShouldBe(1);
    }

    [Fact]
    public void A_last_row_that_moved_up_leaves_its_place_to_what_the_next_page_does_not_have()
    {
        // The next page begins behind 4, where the last row was.
        var list = With(urgent: true, "next", Item(1, urgency: 8), Item(2, urgency: 4));
        list.Change(Item(2, urgency: 9) with { Version = 2 }, held: false);
        list.Arrive(Item(3, urgency: 5), held: false);
        list.Items.Select(Number).ShouldBe([2, 1, 3]);
    }

    [Fact]
    public void What_belongs_on_a_later_page_waits_for_that_page()
    {
        var list = With(urgent: false, "next", Item(1, minutes: 10));
        list.Arrive(Item(2, minutes: 0), held: false);
        list.Items.Select(Number).ShouldBe([1]);

        list.Append(new MentionPage([Item(1, minutes: 10), Item(2, minutes: 0)], null));
        list.Items.Select(Number).ShouldBe([1, 2]);
    }

    internal static MentionItem Item(int number, int minutes = 0, double urgency = 0) => new(
        new Guid(number, 0, 0, new byte[8]), Guid.Empty, "brand", Guid.Empty, "feed", "source", null, null, "text", null, "en", Noon.AddMinutes(minutes), Noon, null, MentionStatus.New, null, null, null, null,
        null, null, [], urgency, new UrgencyParts(0, 0, 0), null, 1, 1, false);

    private static int Number(MentionItem item) => BitConverter.ToInt32(item.Id.ToByteArray());

    private static MentionList With(bool urgent, params MentionItem[] items) => With(urgent, null, items);

    private static MentionList With(bool urgent, string? cursor, params MentionItem[] items)
    {
        var list = new MentionList();
        list.Reset(new MentionPage(items, cursor), new InboxFilter { Newest = !urgent });
        return list;
    }
}
