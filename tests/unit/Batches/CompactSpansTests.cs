using System.Text.Json;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Batches;

public sealed class CompactSpansTests
{
    private static readonly JsonSerializerOptions Strict = new() { Converters = { new CompactSpans() } };

    [Property]
    public bool Evidence_comes_back_as_it_was_to_the_last_bit((bool Title, int Start, int Length, float Weight)[] spans)
    {
        var evidence = spans.Select(s => new EvidenceSpan(s.Title ? PostPart.Title : PostPart.Text, s.Start, s.Length, s.Weight)).ToList();

        var json = JsonSerializer.Serialize<IReadOnlyList<EvidenceSpan>>(evidence, BulkJson.Options);

        return Read(json)!.SequenceEqual(evidence) && !json.Contains('\\', StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_read_whatever_was_escaped()
    {
        IReadOnlyList<EvidenceSpan> evidence = [new(PostPart.Text, 1, 2, 1e20f)];
        var json = JsonSerializer.Serialize(evidence, Strict);

        json.ShouldContain("\\u002B");
        Read(json).ShouldBe(evidence);
    }

    [Fact]
    public void It_is_one_string()
    {
        JsonSerializer.Serialize<IReadOnlyList<EvidenceSpan>>([new(PostPart.Text, 10, 8, -0.14f), new(PostPart.Title, 0, 5, 0.3f)], BulkJson.Options).ShouldBe("\"t10,8,-0.14 h0,5,0.3\"");
        JsonSerializer.Serialize<IReadOnlyList<EvidenceSpan>>([], BulkJson.Options).ShouldBe("\"\"");
        Read("\"\"")!.ShouldBeEmpty();
        Read("null").ShouldBeNull();
    }

    [Fact]
    public void Spans_in_full_are_read_as_before()
    {
        Read("""[{"part":"title","start":1,"length":2,"weight":0.5},{"part":"Text","start":3,"length":4,"weight":-1}]""")
            .ShouldBe([new(PostPart.Title, 1, 2, 0.5f), new(PostPart.Text, 3, 4, -1)]);
    }

    [Theory]
    [InlineData("x1,2,3")]
    [InlineData("t")]
    [InlineData("t1,2")]
    [InlineData("t1,2,")]
    [InlineData("t1,2,3,4")]
    [InlineData("t1 2 3")]
    [InlineData(" t1,2,3")]
    [InlineData("t99999999999,2,3")]
    public void What_is_no_span_is_refused(string text) => Should.Throw<JsonException>(() => Read($"\"{text}\"")).Message.ShouldContain("span of evidence");

    [Fact]
    public void A_verdict_with_evidence_survives_the_bus()
    {
        var verdict = new Verdict(Sentiment.Negative, 0.7f, 0.2f, 0.1f, "m", [new(PostPart.Text, 1, 2, 0.123456789f)], DateTimeOffset.UnixEpoch, -0.5f, [new(PostPart.Title, 0, 1, 1e-9f)], Sentiment.Neutral, null, true);

        var read = JsonSerializer.Deserialize<Verdict>(JsonSerializer.Serialize(verdict, BulkJson.Options), BulkJson.Options)!;

        read.Evidence.ShouldBe(verdict.Evidence);
        read.Flip.ShouldBe(verdict.Flip);
        (read with { Evidence = verdict.Evidence, Flip = verdict.Flip }).ShouldBe(verdict);
    }

    private static IReadOnlyList<EvidenceSpan>? Read(string json) => JsonSerializer.Deserialize<IReadOnlyList<EvidenceSpan>>(json, BulkJson.Options);
}
