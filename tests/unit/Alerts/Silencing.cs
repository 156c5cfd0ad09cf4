using Serm.Alerts;
using Serm.Contracts;

namespace Serm.Tests.Unit.Alerts;

/// <summary>Of which incidents a silence tells nobody.</summary>
public sealed class Silencing
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly (Guid Brand, Guid Rule, Guid Source) Ids = (new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8]), new(3, 0, 0, new byte[8]));

    private static readonly IncidentOpened Opened = new(
        RuleKinds.RisingTopic, Ids.Rule, "rule", IncidentSeverity.Warning, new(Ids.Brand, "Acme"), "term", "The old forum", Ids.Source, 60, new(9, 1, Now.AddHours(-1), Now, 9, ["battery fire", "recall"]), null, Now);

    private static readonly Silence Everything = new(Guid.Empty, null, null, null, null, null, "why", "ann", Now.AddHours(-1), Now.AddHours(1));

    [Fact]
    public void It_holds_from_its_beginning_until_its_end_or_until_somebody_ends_it()
    {
        bool At(DateTimeOffset now, Silence? silence = null) => (silence ?? Everything).Covers(Opened, null, now);

        At(Now).ShouldBeTrue();
        At(Everything.From).ShouldBeTrue();
        At(Everything.From.AddTicks(-1)).ShouldBeFalse();
        At(Everything.Until.AddTicks(-1)).ShouldBeTrue();
        At(Everything.Until).ShouldBeFalse();
        At(Now, Everything with { EndedAt = Now.AddMinutes(-1), EndedBy = "bob" }).ShouldBeFalse();
    }

    [Fact]
    public void Everything_that_it_names_has_to_fit()
    {
        var narrow = Everything with { BrandId = Ids.Brand, RuleId = Ids.Rule, SourceId = Ids.Source, MaxSeverity = IncidentSeverity.Warning, Words = ["recall"] };
        bool Covers(Silence silence, IncidentOpened? opened = null) => silence.Covers(opened ?? Opened, null, Now);

        Covers(narrow).ShouldBeTrue();
        Covers(narrow with { BrandId = Ids.Rule }).ShouldBeFalse();
        Covers(narrow with { RuleId = Ids.Brand }).ShouldBeFalse();
        Covers(narrow with { SourceId = Ids.Brand }).ShouldBeFalse();
        Covers(narrow with { MaxSeverity = IncidentSeverity.Info }).ShouldBeFalse();
        Covers(narrow with { Words = ["delivery"] }).ShouldBeFalse();
        Covers(narrow, Opened with { Severity = IncidentSeverity.Critical }).ShouldBeFalse("what became graver is told");
        Covers(narrow, Opened with { Brand = null }).ShouldBeFalse();
    }

    [Theory]
    [InlineData("FORUM", true)]
    [InlineData("old forum", true)]
    [InlineData("forum old", false)]
    [InlineData("fire", true)]
    [InlineData("fire recall", false)]
    [InlineData("parcel", true)]
    [InlineData("late parcel", true)]
    [InlineData("lateparcel", false)]
    [InlineData("parcels", false)]
    public void Words_are_looked_for_in_the_subject_the_terms_and_the_first_mention(string phrase, bool found) =>
        (Everything with { Words = ["unheard", phrase] }).Covers(Opened, Words.Of("My late parcel."), Now).ShouldBe(found);
}
