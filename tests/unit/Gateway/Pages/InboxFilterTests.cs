using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class InboxFilterTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_default_asks_for_what_is_open_the_most_urgent_first_and_leaves_the_address_clean()
    {
        var filter = new InboxFilter();
        filter.ToQuery().ShouldBe("");
        filter.IsDefault.ShouldBeTrue();
        filter.ToApi(Now).ShouldBe("status=new&status=claimed&stories=one&sort=urgent");
    }

    [Fact]
    public void The_newest_come_first_when_the_address_says_so()
    {
        var filter = InboxFilter.Of(null, null, null, null, null, null, null, null, null, "newest");
        filter.ToApi(Now).ShouldEndWith("sort=newest");
        filter.ToQuery().ShouldBe("sort=newest");
        filter.IsDefault.ShouldBeTrue();
    }

    [Theory]
    [InlineData("open", true)]
    [InlineData("new", true)]
    [InlineData("claimed", true)]
    [InlineData("waiting", false)]
    [InlineData("snoozed", false)]
    [InlineData("resolved", false)]
    [InlineData("dismissed", false)]
    [InlineData("filtered", false)]
    [InlineData("all", false)]
    public void Only_what_is_open_has_an_order_of_urgency(string status, bool urgent) =>
        new InboxFilter { Status = status }.ToApi(Now).ShouldEndWith(urgent ? "sort=urgent" : "sort=newest");

    [Fact]
    public void A_view_that_only_asks_for_the_most_urgent_shows_what_is_open() =>
        InboxFilter.OfView(new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["owner"] = ["me"], ["sort"] = ["urgent"] }).ToApi(Now).ShouldBe("status=new&status=claimed&owner=me&stories=one&sort=urgent");

    [Fact]
    public void An_address_says_everything_that_was_chosen()
    {
        var brand = new Guid(1, 0, 0, new byte[8]);
        var filter = new InboxFilter { Brands = [brand], Sentiments = ["negative", "unscored"], Status = "all", Languages = ["de"], Q = "a&b c", Newest = true, From = Now, To = Now.AddHours(1) };
        var read = InboxFilter.Of([brand], ["unscored", "negative"], "all", ["de"], null, "a&b c", null, "2026-11-02T12:00:00Z", "2026-11-02T13:00:00Z", "newest");
        read.ToApi(Now).ShouldBe(filter.ToApi(Now).Replace("sentiment=negative&sentiment=unscored", "sentiment=unscored&sentiment=negative", StringComparison.Ordinal));
        filter.ToQuery().ShouldContain("q=a%26b%20c");
    }

    [Fact]
    public void What_nobody_understands_in_an_address_is_passed_over()
    {
        var filter = InboxFilter.Of(null, ["angry"], "lost", null, null, null, "3y", "yesterday", null, "oldest");
        filter.IsDefault.ShouldBeTrue();
    }

    [Fact]
    public void A_link_can_show_some_mentions_by_their_ids()
    {
        var ids = Enumerable.Range(1, InboxFilter.MostIds + 5).Select(n => new Guid(n, 0, 0, new byte[8])).ToArray();
        var filter = InboxFilter.Of(null, null, null, null, null, null, null, null, null, null, id: ids);
        filter.Ids.Count.ShouldBe(InboxFilter.MostIds, "the service takes no more");
        filter.IsDefault.ShouldBeFalse();
        filter.ToQuery().ShouldStartWith($"id={ids[0]}&id={ids[1]}");
        filter.ToApi(Now).ShouldEndWith($"id={ids[99]}&status=new&status=claimed&stories=one&sort=urgent");
        filter.ToView().Keys.ShouldNotContain("id", "what is shown now is no view");
        filter.AsksFor(ids[0]).ShouldBeTrue();
        filter.AsksFor(ids[^1]).ShouldBeFalse();
        new InboxFilter().AsksFor(ids[^1]).ShouldBeTrue();
    }

    [Theory]
    [InlineData("24h", "2026-11-01T12%3A00%3A00Z")]
    [InlineData("7d", "2026-10-26T12%3A00%3A00Z")]
    public void A_range_counts_back_from_now(string range, string from) => new InboxFilter { Range = range }.ToApi(Now).ShouldContain($"from={from}");

    [Fact]
    public void A_sentiment_is_switched_on_and_off()
    {
        var on = new InboxFilter().Toggle("positive").Toggle("negative");
        on.Sentiments.ShouldBe(["negative", "positive"]);
        on.Toggle("negative").Sentiments.ShouldBe(["positive"]);
    }

    [Fact]
    public void A_saved_view_brings_back_what_was_shown()
    {
        var brand = new Guid(1, 0, 0, new byte[8]);
        foreach (var filter in new[]
        {
            new InboxFilter(),
            new InboxFilter { Brands = [brand], Sentiments = ["negative"], Owner = "me", Tag = "refund", Severity = "high", Sla = "breached", Reply = "failed", Newest = true },
            new InboxFilter { Status = InboxFilter.Filtered, Languages = ["sv", "vi"] },
            new InboxFilter { Status = "all", Story = brand, From = Now, To = Now.AddHours(1), Q = "late parcel" },
            new InboxFilter { Status = "waiting", Author = brand },
            new InboxFilter { Status = InboxFilter.Kept, EachTelling = true },
        })
        {
            InboxFilter.OfView(filter.ToView()).Key.ShouldBe(filter.Key);
        }
    }

    [Fact]
    public void A_story_is_one_row_until_somebody_wants_to_see_each_telling()
    {
        new InboxFilter().ToApi(Now).ShouldContain("stories=one");
        new InboxFilter { Story = Guid.NewGuid() }.ToApi(Now).ShouldContain("stories=all");
        new InboxFilter { Q = "parcel" }.ToApi(Now).ShouldContain("stories=all");
        new InboxFilter { Status = InboxFilter.Filtered }.ToApi(Now).ShouldContain("stories=all", customMessage: "nothing that was put aside is hidden");
        new InboxFilter { EachTelling = true }.ToApi(Now).ShouldContain("stories=all");
        InboxFilter.Of(null, null, null, null, null, null, null, null, null, null, stories: "all").ToQuery().ShouldBe("stories=all");
        new InboxFilter().ToView().Keys.ShouldNotContain("stories");
    }

    [Fact]
    public void What_is_kept_is_all_but_what_is_dismissed()
    {
        var filter = InboxFilter.Of(null, null, "kept", null, null, null, null, null, null, null);
        filter.ToQuery().ShouldBe("status=kept");
        filter.ToApi(Now).ShouldBe("status=new&status=claimed&status=waiting&status=snoozed&status=resolved&stories=one&sort=newest");
        foreach (var status in Enum.GetValues<MentionStatus>())
        {
            filter.Shows(MentionListTests.Item(1) with { Status = status }).ShouldBe(status != MentionStatus.Dismissed);
        }
    }
}
