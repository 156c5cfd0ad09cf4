using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class BigStories
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_more_sightings_than_are_listed_the_first_and_the_latest_are()
    {
        var tellings = Enumerable.Range(0, 700).Select(i => new Sighting(new Guid(i + 1, 0, 0, new byte[8]), "Example forum", "feed", null, null, null, "en", Start.AddMinutes(i), 10, null, MentionStatus.New)).ToList();

        var story = ReadStory.Of(tellings[0].Id, tellings);

        (story.Sightings, story.Complete, story.FirstAt, story.LastAt).ShouldBe((700, true, Start, Start.AddMinutes(699)));
        story.Items.ShouldBe([tellings[0], .. tellings[201..]]);
        ReadStory.Of(tellings[0].Id, tellings[..500]).Items.ShouldBe(tellings[..500]);
        ReadStory.Of(tellings[0].Id, tellings, complete: false).Complete.ShouldBeFalse();
    }
}
