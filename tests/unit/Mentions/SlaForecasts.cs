using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>Which open promises will probably be broken.</summary>
public sealed class SlaForecasts
{
    // A Monday, 12:00 in Stockholm.
    private static readonly DateTimeOffset Now = new(2026, 3, 9, 11, 0, 0, TimeSpan.Zero);
    private static readonly Guid Acme = new(1, 0, 0, new byte[8]);
    private static readonly BusinessHours Office = new("Europe/Stockholm", [.. Enumerable.Range(1, 5).Select(d => new OpenHours((DayOfWeek)d, 9 * 60, 17 * 60))], []);
    private static readonly SlaPolicy Policy = new("office", [], [], [Sentiment.Negative], 60, 480, 75, true, false, Office);

    [Fact]
    public void Nothing_open_is_nothing_broken()
    {
        var forecast = Forecast([], Done(100));

        (forecast.Open, forecast.Due, forecast.Breaches, forecast.Later, forecast.Unknown).ShouldBe((0, 0, 0, 0, 0));
        forecast.Items.ShouldBeEmpty();
    }

    [Fact]
    public void The_pace_of_the_last_days_says_how_many_come_too_late_and_which()
    {
        // 80 in five days of eight hours are two an hour: done at half past twelve, one, half past one, ...
        var open = Enumerable.Range(1, 6).Select(n => Open(n, dueIn: 2, urgency: 10 - n)).ToList();

        var forecast = Forecast(open, Done(80), hours: 5);

        forecast.Queues.Single().ShouldSatisfyAllConditions(q => q.PerHour.ShouldBe(2), q => q.Hours.ShouldBe(40), q => q.Done.ShouldBe(80));
        (forecast.Due, forecast.Breaches).ShouldBe((6, 2));
        forecast.Items.Select(i => i.MentionId).ShouldBe([Id(5), Id(6)], ignoreOrder: true, "the least urgent have the last turn");
        forecast.Items.Single(i => i.MentionId == Id(6)).ExpectedAt.ShouldBe(Now.AddHours(3));
    }

    [Fact]
    public void Whose_turn_comes_tomorrow_is_done_tomorrow_and_its_clock_stands_over_night_as_well()
    {
        // Two an hour until 17:00 are ten; the eleventh is done at 09:30 of Tuesday.
        var open = Enumerable.Range(1, 11).Select(n => Open(n, dueIn: n == 11 ? 21 : 20, urgency: -n)).ToList();

        var forecast = Forecast(open, Done(80), hours: 48);

        forecast.Items.Single().ShouldSatisfyAllConditions(i => i.MentionId.ShouldBe(Id(11)), i => i.DueAt.ShouldBe(Now.AddHours(21)), i => i.ExpectedAt.ShouldBe(Now.AddHours(21.5)));
    }

    [Fact]
    public void What_is_too_late_takes_its_turn_and_is_not_foreseen_again()
    {
        var open = new[] { Open(1, dueIn: -3, urgency: 9), Open(2, dueIn: -2, urgency: 8), Open(3, dueIn: 1, urgency: 7) };

        var forecast = Forecast(open, Done(80));

        (forecast.Open, forecast.Queues.Single().Overdue, forecast.Breaches).ShouldBe((1, 2, 1));
        Forecast(open[2..], Done(80)).Breaches.ShouldBe(0);
    }

    [Fact]
    public void Of_one_brand_is_told_what_all_brands_cost()
    {
        var other = new Guid(2, 0, 0, new byte[8]);
        var open = new[] { Open(1, dueIn: 2, urgency: 9) with { BrandId = other }, Open(2, dueIn: 0.8, urgency: 8), Open(3, dueIn: 9, urgency: 7) };

        var mine = SlaForecasting.Of(open, Done(80), [Acme], Now, Now.AddHours(5));

        (mine.Open, mine.Due, mine.Breaches).ShouldBe((2, 1, 1));
        SlaForecasting.Of(open, Done(80), [other], Now, Now.AddHours(5)).ShouldSatisfyAllConditions(f => f.Open.ShouldBe(1), f => f.Breaches.ShouldBe(0));
    }

    [Fact]
    public void What_is_due_later_is_told_apart_and_not_one_by_one()
    {
        var open = Enumerable.Range(1, 4).Select(n => Open(n, dueIn: n < 3 ? 0.1 : 1.2, urgency: -n)).ToList();

        var forecast = Forecast(open, Done(80), hours: 1);

        (forecast.Due, forecast.Breaches, forecast.Later).ShouldBe((2, 2, 2));
        forecast.Items.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void Of_too_little_history_there_is_no_forecast_and_it_is_said(int done, bool known)
    {
        var forecast = Forecast([Open(1, dueIn: 0.1)], Done(done));

        forecast.Queues.Single().PerHour.HasValue.ShouldBe(known);
        (forecast.Due, forecast.Breaches, forecast.Unknown).ShouldBe(known ? (1, 1, 0) : (1, 0, 1));
    }

    [Fact]
    public void Who_began_this_morning_has_a_pace_once_half_a_day_is_over()
    {
        // Open since 09:00 is three business hours; since Friday 16:00 it is four.
        Forecast([Open(1, dueIn: 1)], Done(30, seenAgo: 3)).Queues.Single().PerHour.ShouldBeNull();
        Forecast([Open(1, dueIn: 1)], Done(30, seenAgo: 3 + 16 + 48 + 1)).Queues.Single().PerHour.ShouldBe(7.5);
    }

    [Fact]
    public void Each_clock_and_each_kind_of_hours_is_a_queue_of_its_own()
    {
        var always = Policy with { Name = "critical", Hours = BusinessHours.Always };
        var alike = Policy with { Name = "alike", Hours = Office with { Week = [.. Office.Week.Reverse()] } };
        var open = new[] { Open(1, 2), Open(2, 2) with { Policy = alike }, Open(3, 2) with { Policy = always }, Open(4, 2) with { Clock = SlaClock.Resolve } };

        var queues = Forecast(open, [.. Done(80), .. Done(40).Select(d => d with { Hours = BusinessHours.Always })]).Queues;

        queues.Select(q => (q.Clock, string.Join('+', q.Policies), q.PerHour)).ShouldBe([(SlaClock.FirstAnswer, "alike+office", 2), (SlaClock.FirstAnswer, "critical", Math.Round(40 / 168.0, 2)), (SlaClock.Resolve, "office", null)]);
    }

    [Property]
    public void Who_is_faster_is_never_forecast_to_break_more(byte[] dues, byte done, byte more)
    {
        var open = dues.Select((d, n) => Open(n + 1, dueIn: (d - 20) / 4.0, urgency: d % 7)).ToList();
        var (slow, fast) = (Forecast(open, Done(10 + done), 24), Forecast(open, Done(10 + done + more), 24));

        fast.Breaches.ShouldBeLessThanOrEqualTo(slow.Breaches);
        (fast.Breaches + fast.Later).ShouldBeLessThanOrEqualTo(slow.Breaches + slow.Later);
        slow.Breaches.ShouldBeLessThanOrEqualTo(slow.Due);
        (slow.Open + slow.Queues.Sum(q => q.Overdue)).ShouldBe(open.Count);
        slow.Items.Count.ShouldBe(Math.Min(100, slow.Breaches));
        slow.Items.ShouldAllBe(i => i.DueAt > Now && (i.ExpectedAt == null || i.ExpectedAt > i.DueAt));
    }

    private static SlaForecast Forecast(IEnumerable<OpenPromise> open, IEnumerable<DonePromise> done, int hours = 8) => SlaForecasting.Of(open, done, [], Now, Now.AddHours(hours));

    private static Guid Id(int n) => new(n, 0, 0, new byte[8]);

    private static OpenPromise Open(int n, double dueIn, double urgency = 0) => new(Id(n), Acme, "Acme", null, SlaClock.FirstAnswer, Policy, Now.AddHours(-1), Now.AddHours(dueIn), urgency);

    private static List<DonePromise> Done(int count, double seenAgo = 240) => [.. Enumerable.Range(0, count).Select(_ => new DonePromise(SlaClock.FirstAnswer, Office, Now.AddHours(-seenAgo)))];
}
