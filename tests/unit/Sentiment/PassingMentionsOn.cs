using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

public sealed class PassingMentionsOn
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void What_is_read_of_a_mention_is_what_reading_all_of_it_reads(HostileText title, HostileText text, int seed) =>
        ShouldReadAlike(JsonSerializer.SerializeToUtf8Bytes(Found(title.Value, text.Value, new(seed)), BulkJson.Options));

    // Written anew by the strictest of encoders: all but plain letters is escaped.
    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void So_it_is_in_any_order_among_unknown_members_and_with_escapes(HostileText title, HostileText text, int seed)
    {
        var random = new Random(seed);
        var json = (JsonObject)JsonSerializer.SerializeToNode(Found(title.Value, text.Value, random), BulkJson.Options)!;
        json["post"] = Shuffled((JsonObject)json["post"]!, random);

        ShouldReadAlike(Encoding.UTF8.GetBytes(Shuffled(json, random).ToJsonString()));
    }

    [Property(MaxTest = 100, Arbitrary = [typeof(Texts)])]
    public void What_is_published_is_byte_for_byte_what_writing_all_of_it_writes(HostileText title, HostileText text, int seed)
    {
        var random = new Random(seed);
        var whole = new List<(Guid, MentionScored)>();
        var passed = new List<(Guid, JudgedMention)>();
        for (var i = random.Next(1, 250); i > 0; i--)
        {
            var (id, found, verdict, trace) = (Guid.CreateVersion7(), Found(title.Value, text.Value, random), Said(random), random.Next(2) == 0 ? Trace : null);
            whole.Add((id, new(found, verdict, trace)));
            passed.Add((id, new(FoundToJudge.Of(JsonSerializer.SerializeToUtf8Bytes(found, BulkJson.Options)), verdict, trace)));
        }

        var (expected, bulks) = (Packing.Pack(whole), Packing.Pack(passed));

        bulks.ConvertAll(b => b.Id).ShouldBe(expected.ConvertAll(b => b.Id));
        bulks.ShouldAllBe(b => b.Bulk is Bulk<MentionScored>);
        bulks.ConvertAll(Json).ShouldBe(expected.ConvertAll(Json));
    }

    [Theory]
    [InlineData("workspace")]
    [InlineData("mentionId")]
    [InlineData("post")]
    [InlineData("post.revision")]
    [InlineData("post.text")]
    public void One_that_lacks_what_judging_needs_is_refused_and_holds_up_no_other(string member)
    {
        var good = JsonSerializer.Serialize(Found("title", "text", new(1)), BulkJson.Options);
        foreach (var instead in new[] { null, "null", "5", "[]", "{}", "\"\\ud83d\"" })
        {
            var json = (JsonObject)JsonNode.Parse(good)!;
            var (parent, name) = member.StartsWith("post.", StringComparison.Ordinal) ? ((JsonObject)json["post"]!, member[5..]) : (json, member);
            parent.Remove(name);
            if (instead is not null && (member, instead) != ("post.revision", "5"))
            {
                parent.Insert(0, name, "instead");
            }

            var bad = json.ToJsonString().Replace("\"instead\"", instead, StringComparison.Ordinal);
            var bulk = (Bulk<FoundToJudge>)BulkReader.Read(typeof(Bulk<FoundToJudge>), Encoding.UTF8.GetBytes($"[{good},{bad},{good}]"));

            bulk.Items.Count.ShouldBe(2);
            bulk.Unreadable.Select(u => Encoding.UTF8.GetString(u.Json)).ShouldBe([bad]);
        }
    }

    [Fact]
    public void What_stands_elsewhere_is_not_taken_for_its_own()
    {
        var json = """{"text":"no","title":"no","language":"no","revision":9,"post":{"names":[],"traceParent":"no","workspace":"no","author":{"text":"no"},"text":"yes","revision":2},"brand":{"traceParent":"no"},"mentionId":"01957000-0000-7000-8000-000000000001","workspace":"main"}""";

        var mention = FoundToJudge.Of(Encoding.UTF8.GetBytes(json));

        (mention.Workspace, mention.Revision, mention.Post, mention.TraceParent).ShouldBe(("main", 2, new TextToJudge(null, "yes"), null));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"workspace":"main","mentionId":"01957000-0000-7000-8000-000000000001","post":5,"text":"x","revision":1}""")]
    [InlineData("""[{"workspace":"main","mentionId":"01957000-0000-7000-8000-000000000001","post":{"text":"x","revision":1}}]""")]
    public void What_is_no_mention_is_refused(string json) => Should.Throw<JsonException>(() => FoundToJudge.Of(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void It_is_parked_as_the_message_that_came_and_its_verdict_has_the_id_that_it_always_had()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(Found(null, "text", new(1)) with { MentionId = new("01957000-0000-7000-8000-000000000001") }, BulkJson.Options);

        var mention = FoundToJudge.Of(json);

        Packing.Alone(mention).Json.ToArray().ShouldBe([(byte)'[', .. json, (byte)']']);
        MentionFoundConsumer.MessageId(mention, "m").ShouldBe(NameBasedGuid.Create(new("6f0e5a52-7c8b-5d0e-9d0f-3a3c1b7c2e41"), "01957000000070008000000000000001", $"{mention.Revision}", "m"));
    }

    private static void ShouldReadAlike(byte[] json)
    {
        var whole = JsonSerializer.Deserialize<MentionFound>(json, BulkJson.Options)!;

        var mention = FoundToJudge.Of(json);

        (mention.Workspace, mention.MentionId, mention.Revision, mention.TraceParent).ShouldBe((whole.Workspace, whole.MentionId, whole.Post.Revision, whole.TraceParent));
        (mention.Post.Title, mention.Post.Text, mention.Post.Language).ShouldBe((whole.Post.Title, whole.Post.Text, whole.Post.Language));
        mention.Post.Names.ShouldBe(whole.Names);
        JsonSerializer.Serialize(mention.Read(), BulkJson.Options).ShouldBe(JsonSerializer.Serialize(whole, BulkJson.Options));
        mention.Json.ToArray().ShouldBe(json);
    }

    private static JsonObject Shuffled(JsonObject of, Random random)
    {
        var members = of.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())).ToList();
        members.Add(new("later", JsonNode.Parse("""{"text":"\u0000","names":[{"title":1}],"post":{"text":5},"revision":-1}""")));
        members.Add(new("more", JsonNode.Parse("""["text",{"language":[]},null,"traceParent"]""")));
        var shuffled = members.ToArray();
        random.Shuffle(shuffled);
        return new(shuffled);
    }

    private static string Json((Guid Id, object Bulk) packed) => Encoding.UTF8.GetString(((IPacked)packed.Bulk).Json.Span);

    private static MentionFound Found(string? title, string text, Random random) => new(
        "main",
        Guid.CreateVersion7(),
        new(Guid.CreateVersion7(), "Acme \"&\" Söhne", random.Next(2) == 0 ? 3 : null),
        new(
            "push", Guid.Empty, "tests", "n", null, random.Next(3) == 0 ? null : title, text, random.Next(2) == 0 ? new(null, text, Followers: 7) : null, At, random.Next(2) == 0 ? "en" : "und", random.NextDouble(),
            random.Next(2) == 0 ? 5 : null, null, random.Next(1, 9), "00", SimHash: random.NextInt64(), Engagement: random.Next(2) == 0 ? new(At, 1, 2, 3, 4) : null),
        At,
        At.AddTicks(random.Next()),
        random.Next(2) == 0,
        random.Next(2) == 0 ? Trace : null,
        random.Next(2) == 0 ? null : [.. Enumerable.Range(0, random.Next(4)).Select(i => new NameSpan((PostPart)(i % 2), i, i + 1, i > 1))]);

    private static Verdict Said(Random random) => new(
        (Sentiment)random.Next(3), random.NextSingle(), random.NextSingle(), random.NextSingle(), "model-\"1\"", [new(PostPart.Text, 1, 2, random.NextSingle())], At,
        random.Next(2) == 0 ? random.NextSingle() : null, random.Next(2) == 0 ? [new(PostPart.Title, 0, 1, -1)] : null, random.Next(2) == 0 ? Sentiment.Neutral : null,
        random.Next(2) == 0 ? [new(PostPart.Text, 0, 9)] : null, random.Next(2) == 0 ? true : null);
}
