using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Alerts;
using Serm.Contracts;

namespace Serm.Tests.Unit.Alerts;

/// <summary>Which rules fire.</summary>
public sealed class AlertDecisions
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(48);
    private static readonly BrandRef Acme = new(new("22222222-2222-5222-8222-222222222222"), "Acme");
    private static readonly BrandRef Other = new(new("33333333-3333-5333-8333-333333333333"), "Other");

    [Theory]
    [InlineData(0.8, 0.8f, true)]
    [InlineData(0.9, 0.9f, true)]
    [InlineData(0.1, 0.1f, true)]
    [InlineData(0.8, 0.79999f, false)]
    [InlineData(1, 1f, true)]
    [InlineData(1, 0.99999f, false)]
    public void The_threshold_itself_fires(double threshold, float negative, bool fires) =>
        Fires(ARule(threshold: threshold), AScored(negative: negative)).ShouldBe(fires);

    [Theory]
    [InlineData(true, 0.3f, true)]
    [InlineData(false, 0.95f, false)]
    [InlineData(null, 0.8f, true)]
    [InlineData(null, 0.79f, false)]
    public void An_urgent_rule_goes_by_what_the_verdict_says_of_itself_and_else_by_its_probability(bool? urgent, float negative, bool fires)
    {
        var scored = AScored(negative: negative);
        Fires(ARule(threshold: 0) with { Terms = ARule(threshold: 0).Terms with { Urgent = true } }, scored with { Verdict = scored.Verdict with { Urgent = urgent } }).ShouldBe(fires);
    }

    [Theory]
    [InlineData(null, null, UnknownReach.Ignore, true)]
    [InlineData(100L, 100L, UnknownReach.Alert, true)]
    [InlineData(100L, 99L, UnknownReach.Alert, false)]
    [InlineData(100L, null, UnknownReach.Alert, true)]
    [InlineData(100L, null, UnknownReach.Ignore, false)]
    [InlineData(0L, null, UnknownReach.Ignore, false)]
    public void A_least_reach_holds_and_an_unknown_one_is_as_the_rule_says(long? least, long? reach, UnknownReach unknown, bool fires) =>
        Fires(ARule(minReach: least, unknown: unknown), AScored(reach: reach)).ShouldBe(fires);

    [Fact]
    public void A_rule_of_one_brand_leaves_the_others()
    {
        Fires(ARule(brand: Acme.Id), AScored()).ShouldBeTrue();
        Fires(ARule(brand: Acme.Id), AScored(brand: Other)).ShouldBeFalse();
        Fires(ARule(), AScored(brand: Other)).ShouldBeTrue();
    }

    [Fact]
    public void A_rule_that_is_off_is_silent() => Fires(ARule(enabled: false), AScored(negative: 1)).ShouldBeFalse();

    [Fact]
    public void Old_news_read_on_purpose_alerts_nobody() => Fires(ARule(), AScored(backfill: true)).ShouldBeFalse();

    [Theory]
    [InlineData(48 * 60, true)]
    [InlineData((48 * 60) + 1, false)]
    [InlineData(-10, true)]
    public void What_is_older_than_two_days_alerts_nobody(int minutesOld, bool fires) =>
        Fires(ARule(), AScored(publishedAt: Now.AddMinutes(-minutesOld))).ShouldBe(fires);

    [Fact]
    public void An_alert_says_what_made_it_fire()
    {
        var rule = ARule() with { Version = 3 };
        var scored = AScored(reach: 7) with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        var alert = AlertDecider.Decide([rule], scored, MentionFacts.Of(scored), MaxAge, Now).ShouldHaveSingleItem();

        alert.ShouldBe(new Raised(rule.Id, "rule", 3, scored.Mention.MentionId, Acme, 1, "model-1", 0.9f, 7, scored.Mention.SeenAt, scored.Verdict.ScoredAt, Now, scored.TraceParent, Story.KeyOf(scored.Mention.Post), Severity: IncidentSeverity.Warning));
    }

    [Theory]
    [InlineData("refund", "I want a REFUND, now", true)]
    [InlineData("refund", "refunds are slow", false)]
    [InlineData("never again", "never, again!", true)]
    [InlineData("never again", "again never", false)]
    [InlineData("ДЕНЬГИ", "верните деньги", true)]
    public void Words_are_whole_words_and_phrases_stand_together(string word, string text, bool fires)
    {
        var scored = AScored();
        scored = scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { Text = text } } };

        Fires(ARule() with { Terms = ARule().Terms with { Filter = new(Words: [word]) } }, scored).ShouldBe(fires);
    }

    [Fact]
    public void The_last_word_of_the_longest_post_counts_for_a_rule_and_for_a_silence()
    {
        var scored = AScored();
        scored = scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { Title = "a title of its own", Text = string.Concat(Enumerable.Repeat("a ", 49_997)) + "refund" } } };
        var opened = new IncidentOpened(RuleKinds.Mention, Guid.Empty, "rule", IncidentSeverity.Info, Acme, "story:1", null, null, 60, null, null, Now);
        var silence = new Silence(Guid.Empty, null, null, null, null, ["refund"], "known", "ann", Now, Now.AddHours(1));

        Fires(ARule() with { Terms = ARule().Terms with { Filter = new(Words: ["refund"]) } }, scored).ShouldBeTrue();
        silence.Covers(opened, MentionFacts.Of(scored).Words, Now).ShouldBeTrue();
    }

    [Theory]
    [InlineData("iade", "İADE istiyorum")]
    [InlineData("İADE", "iade istiyorum")]
    [InlineData("IADE", "İade istiyorum")]
    [InlineData("ıade", "i\u0307ade istiyorum")]
    [InlineData("kayıp", "KARGOM KAYIP")]
    [InlineData("kayip", "kargom kayıp")]
    public void Turkish_letters_are_one_with_their_capitals(string word, string text)
    {
        var scored = AScored();
        scored = scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { Text = text } } };

        Fires(ARule() with { Terms = ARule().Terms with { Filter = new(Words: [word]) } }, scored).ShouldBeTrue();
    }

    [Theory]
    [InlineData("@Ann_K", true)]
    [InlineData("ann_k", true)]
    [InlineData("Ann Known", true)]
    [InlineData("ann", false)]
    public void An_author_is_known_by_handle_or_name(string listed, bool fires)
    {
        var scored = AScored();
        scored = scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { Author = new("42", "Ann Known", "ann_k") } } };

        Fires(ARule() with { Terms = ARule().Terms with { Filter = new(Authors: [listed]) } }, scored).ShouldBe(fires);
    }

    [Fact]
    public void A_rule_without_a_threshold_does_not_ask_for_the_verdict()
    {
        var rule = ARule() with { Kind = RuleKinds.Mention, Terms = ARule().Terms with { Threshold = 0, Filter = new(Languages: ["EN"], Sources: [Guid.Empty]) } };

        Fires(rule, AScored(negative: 0)).ShouldBeTrue();
        Fires(rule with { Terms = rule.Terms with { Filter = new(Languages: ["sv"]) } }, AScored(negative: 0)).ShouldBeFalse();
        Fires(rule with { Kind = RuleKinds.NegativeSpike }, AScored()).ShouldBeFalse();
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Messages)])]
    public void Any_order_and_any_repeats_give_the_same_alerts(Delivery delivery, int seed)
    {
        MentionScored[] shuffled = [.. delivery.Messages, .. delivery.Messages, .. delivery.Messages];
        new Random(seed).Shuffle(shuffled);

        Deliver(shuffled, seed).Order().ShouldBe(Deliver(delivery.Messages, 1).Order());
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Messages)])]
    public void A_rule_fires_at_most_once_a_mention_whatever_is_edited_or_judged_again(Delivery delivery)
    {
        var mentions = delivery.Messages.Select(m => m.Mention.MentionId).Distinct().Count();

        Deliver(delivery.Messages, 1).Count.ShouldBeLessThanOrEqualTo(mentions * Messages.Rules.Count);
    }

    [Fact]
    public void Each_workspace_rule_and_mention_has_an_alert_of_its_own()
    {
        Guid a = new(1, 0, 0, new byte[8]), b = new(2, 0, 0, new byte[8]);
        Guid[] ids = [AlertIds.Of("main", a, b), AlertIds.Of("main", b, a), AlertIds.Of("other", a, b), AlertIds.Of("main", a, a)];

        ids.Distinct().Count().ShouldBe(4);
        AlertIds.Of("main", a, b).ShouldBe(ids[0]);
    }

    // As the store does it: batches of any size, and the first alert of an id stays.
    private static HashSet<Guid> Deliver(IReadOnlyList<MentionScored> messages, int seed)
    {
        var stored = new HashSet<Guid>();
        foreach (var batch in messages.Chunk(1 + (Math.Abs(seed % 5))))
        {
            stored.UnionWith(batch.SelectMany(m => AlertDecider.Decide(Messages.Rules, m, MentionFacts.Of(m), MaxAge, Now)).Select(a => AlertIds.Of("main", a.RuleId, a.MentionId)));
        }

        return stored;
    }

    private static bool Fires(Rule rule, MentionScored scored) => AlertDecider.Decide([rule], scored, MentionFacts.Of(scored), MaxAge, Now).Any();

    private static Rule ARule(int n = 1, double threshold = 0.8, Guid? brand = null, long? minReach = null, UnknownReach unknown = UnknownReach.Alert, bool enabled = true) =>
        new(new Guid(n, 0, 0, new byte[8])) { Version = 1, Terms = new("rule", brand, threshold, minReach, unknown, enabled) };

    private static MentionScored AScored(
        int mention = 1, float negative = 0.9f, long? reach = null, BrandRef? brand = null, int revision = 1, DateTimeOffset? publishedAt = null, bool backfill = false) => new(
        new(
            "main",
            new Guid(0, (short)mention, 0, new byte[8]),
            brand ?? Acme,
            new("push", Guid.Empty, "tests", $"n{mention}", null, null, "text", null, publishedAt ?? Now.AddMinutes(-5), "en", 1, reach, null, revision, $"hash-{revision}"),
            Now.AddMinutes(-4),
            Now.AddMinutes(-3),
            backfill),
        new(Sentiment.Negative, negative, 1 - negative, 0, "model-1", [], Now.AddSeconds(-1)));

    public sealed record Delivery(IReadOnlyList<MentionScored> Messages)
    {
        public override string ToString() => string.Join("; ", Messages.Select(m => $"{m.Mention.MentionId}/{m.Mention.Post.Revision}: {m.Verdict.Negative}"));
    }

    public static class Messages
    {
        internal static readonly IReadOnlyList<Rule> Rules =
        [
            ARule(1, 0.5), ARule(2, 0.8, brand: Acme.Id), ARule(3, 0.2, minReach: 50, unknown: UnknownReach.Ignore), ARule(4, 0.1, enabled: false),
        ];

        public static Arbitrary<Delivery> Deliveries() => Gen.Choose(0, 9)
            .SelectMany(n => Gen.ArrayOf(One(), n + 1))
            .Select(messages => new Delivery(messages))
            .ToArbitrary();

        private static Gen<MentionScored> One() =>
            from mention in Gen.Choose(1, 4)
            from revision in Gen.Choose(1, 3)
            from negative in Gen.Choose(0, 10)
            from reach in Gen.Elements<long?>(null, 10, 100)
            from old in Gen.Choose(0, 6)
            from backfill in Gen.Choose(0, 6)
            select AScored(mention, negative / 10f, reach, mention % 2 == 0 ? Acme : Other, revision, Now.AddHours(old == 0 ? -72 : -1), backfill == 0);
    }
}
