using System.Text;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class LateCopyTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_reads_of_a_found_mention_what_tells_whether_it_is_stored_and_the_whole_when_asked()
    {
        var found = Found();

        var copy = LateCopy.Of(JsonSerializer.SerializeToUtf8Bytes(found, BulkJson.Options));

        (copy.Workspace, copy.MentionId, copy.Revision, copy.MatchedAt).ShouldBe((found.Workspace, found.MentionId, 3, found.MatchedAt));
        JsonSerializer.Serialize(copy.Read(), BulkJson.Options).ShouldBe(JsonSerializer.Serialize(found, BulkJson.Options));
    }

    [Fact]
    public void It_takes_nothing_for_its_own_that_stands_deeper_or_in_another_order()
    {
        var json = """{"post":{"author":{"revision":9,"workspace":"x"},"engagement":{"revision":8},"workspace":"y","revision":2,"extra":[{"revision":7}]},"other":{"mentionId":"z","revision":5},"matchedAt":"2026-03-01T12:00:00+00:00","mentionId":"01957000-0000-7000-8000-000000000001","workspace":"main"}""";

        var copy = LateCopy.Of(Encoding.UTF8.GetBytes(json));

        (copy.Workspace, copy.Revision, copy.MatchedAt).ShouldBe(("main", 2, At));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("""{"workspace":"main","mentionId":"01957000-0000-7000-8000-000000000001","post":{}}""")]
    public void What_lacks_something_is_no_mention(string json) => Should.Throw<JsonException>(() => LateCopy.Of(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void In_a_bulk_one_that_cannot_be_read_holds_up_no_other_and_each_is_passed_on_as_it_came()
    {
        var good = JsonSerializer.Serialize(Found(), BulkJson.Options);

        var bulk = (Bulk<LateCopy>)BulkReader.Read(typeof(Bulk<LateCopy>), Encoding.UTF8.GetBytes($$"""[{{good}}, {"workspace":5}, {{good}}]"""));

        bulk.Items.Count.ShouldBe(2);
        bulk.Unreadable.Select(u => Encoding.UTF8.GetString(u.Json)).ShouldBe(["""{"workspace":5}"""]);
        Encoding.UTF8.GetString(Packing.Alone(bulk.Items[1]).Json.Span).ShouldBe($"[{good}]");
        BulkReader.Contract(typeof(Bulk<LateCopy>)).ShouldBe(typeof(MentionFound));
    }

    private static MentionFound Found() => new(
        "main",
        Guid.CreateVersion7(),
        new(Guid.Empty, "Acme"),
        new("push", Guid.Empty, "tests", "n", null, null, "Never again 👋", new("a", "b", Followers: 7), At, "en", 0.5, null, null, 3, "00", Engagement: new(At, 1, 2, 3, 4)),
        At,
        At.AddSeconds(1));
}
