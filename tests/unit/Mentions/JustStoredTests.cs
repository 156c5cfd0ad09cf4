using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class JustStoredTests
{
    private readonly JustStored just = new();

    [Fact]
    public void What_was_stored_is_known_by_workspace_and_revision()
    {
        var mention = Stored(2);
        just.Note("main", [mention]);

        just.RevisionOf("main", mention.Id).ShouldBe(2);
        just.RevisionOf("other", mention.Id).ShouldBe(0);
        just.RevisionOf("main", Guid.CreateVersion7()).ShouldBe(0);
    }

    [Fact]
    public void A_mention_that_only_an_alert_is_known_of_is_not_stored()
    {
        var mention = new Mention(Guid.CreateVersion7());
        just.Note("main", [mention]);

        just.RevisionOf("main", mention.Id).ShouldBe(0);
    }

    [Fact]
    public void Only_the_newest_are_remembered()
    {
        var first = Stored(1);
        just.Note("main", [first]);
        for (var i = 0; i < 41; i++)
        {
            just.Note("main", [.. Enumerable.Range(0, 1_000).Select(_ => Stored(1))]);
        }

        var last = Stored(1);
        just.Note("main", [last]);

        just.RevisionOf("main", first.Id).ShouldBe(0);
        just.RevisionOf("main", last.Id).ShouldBe(1);
    }

    private static Mention Stored(int revision)
    {
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        return Evolve.Apply(
            new Mention(Guid.CreateVersion7()),
            new Found(new(Guid.Empty, "Acme"), "push", Guid.Empty, "tests", "1", "en", 1, at, at, at, at, null, null, revision, "00", false, null));
    }
}
