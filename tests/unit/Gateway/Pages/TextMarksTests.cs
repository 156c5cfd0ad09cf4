using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway.Pages;

public sealed class TextMarksTests
{
    [Fact]
    public void Runs_put_together_are_the_text_whatever_the_spans_say()
    {
        var random = new Random(5);
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(4) == 0 ? "😀" : ((char)('a' + random.Next(26))).ToString()));
            var spans = Enumerable.Range(0, 4).Select(_ => new EvidenceSpan(PostPart.Text, random.Next(-2, 40), random.Next(0, 12), 1)).ToList();
            var runs = TextMarks.Cut(text, spans, PostPart.Text);
            string.Concat(runs.Select(r => r.Text)).ShouldBe(text);
            runs.ShouldAllBe(r => !char.IsLowSurrogate(r.Text.First()) && !char.IsHighSurrogate(r.Text.Last()));
        }
    }

    [Fact]
    public void A_span_is_marked_with_its_weight_in_its_own_part()
    {
        EvidenceSpan[] spans = [new(PostPart.Text, 4, 3, 0.5f), new(PostPart.Title, 0, 2, 1)];
        TextMarks.Cut("the bad end", spans, PostPart.Text).ShouldBe([new TextRun("the ", null), new TextRun("bad", 0.5f), new TextRun(" end", null)]);
    }

    [Fact]
    public void A_snippet_shows_what_speaks_for_negative_even_far_inside()
    {
        var text = string.Concat(Enumerable.Repeat("word ", 200)) + "terrible" + string.Concat(Enumerable.Repeat(" tail", 50));
        var (snippet, spans) = TextMarks.Snippet(text, [new(PostPart.Text, 1000, 8, 1)], 200);
        snippet.Length.ShouldBeLessThan(210);
        spans.ShouldHaveSingleItem();
        snippet.Substring(spans[0].Start, spans[0].Length).ShouldBe("terrible");
    }

    [Fact]
    public void Bars_cover_every_hour_and_know_when_a_source_was_blind()
    {
        var from = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var data = new DynamicsData(
            Guid.Empty, from, from.AddHours(5), "hour", [.. Enumerable.Range(0, 5).Select(h => from.AddHours(h))], [new(from.AddHours(2), 1, 2, 3, 4, 0)], [new(Guid.Empty, "feed", from.AddHours(3.5), null, "timeout")]);
        var bars = VolumeScale.Bars(data);
        bars.Select(b => b.Point?.Total ?? 0).ShouldBe([0, 0, 10, 0, 0]);
        bars.Select(b => b.Blind).ShouldBe([false, false, false, true, true]);
    }

    [Fact]
    public void A_time_has_its_place_among_bars_of_one_width_however_long_the_day()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");
        var starts = new[] { "2026-03-27T23:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z" }.Select(At).ToArray();
        var bars = VolumeScale.Bars(new(Guid.Empty, starts[0], At("2026-03-30T10:00Z"), "day", starts, [new(starts[1], 1, 0, 0, 0, 0)], []));
        bars.Select(b => (b.To - b.At).TotalHours).ShouldBe([24, 23, 24]);
        bars.Select(b => b.Point?.Total ?? 0).ShouldBe([0, 1, 0]);
        VolumeScale.Place(bars, starts[1]).ShouldBe(1);
        VolumeScale.Place(bars, At("2026-03-29T10:30Z")).ShouldBe(1.5);
        VolumeScale.Place(bars, At("2026-03-30T10:00Z")).ShouldBe(2.5);
        (VolumeScale.Place(bars, DateTimeOffset.MinValue), VolumeScale.Place(bars, DateTimeOffset.MaxValue)).ShouldBe((0, 3));
        VolumeScale.Begin(At("2026-03-30T10:00Z"), 3, "day", zone).ShouldBe(At("2026-03-28T11:00Z"));
    }

    [Theory]
    [InlineData(1, "day")]
    [InlineData(7, "hour")]
    [InlineData(90, "day")]
    public void A_chart_begins_before_now_in_every_zone_at_every_hour(int days, string bucket)
    {
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones())
        {
            for (var hour = 0; hour < 24; hour++)
            {
                var now = At("2026-03-29T00:10Z").AddHours(hour);
                var begin = VolumeScale.Begin(now, days, bucket, zone);
                begin.ShouldBeLessThan(now);
                (now - begin).TotalDays.ShouldBeInRange(0, days);
            }
        }
    }

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(3, 3, 1)]
    [InlineData(17, 20, 5)]
    [InlineData(830, 1000, 500)]
    public void An_axis_ends_at_a_round_number_above_the_largest(long largest, long top, long step)
    {
        var axis = VolumeScale.Axis(largest);
        axis.ShouldBe((top, step));
        axis.Top.ShouldBeGreaterThanOrEqualTo(largest);
    }
}
