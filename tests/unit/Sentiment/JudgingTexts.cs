using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

public sealed class JudgingTexts
{
    private static readonly SentimentModel Model = SentimentModel.Embedded();
    private static readonly Scorer Scorer = new(Model);

    [Property(MaxTest = 500, Arbitrary = [typeof(Texts)])]
    public void Evidence_lies_inside_its_part_in_order_and_apart(HostileText title, HostileText text)
    {
        var evidence = Scorer.Score(title.Value, text.Value, "en").Evidence;

        evidence.Count.ShouldBeLessThanOrEqualTo(8);
        foreach (var span in evidence)
        {
            var part = span.Part == PostPart.Title ? title.Value : text.Value;
            span.Start.ShouldBeGreaterThanOrEqualTo(0);
            span.Length.ShouldBeGreaterThan(0);
            (span.Start + span.Length).ShouldBeLessThanOrEqualTo(part.Length);
            float.IsFinite(span.Weight).ShouldBeTrue();
            Splits(part, span.Start).ShouldBeFalse();
            Splits(part, span.Start + span.Length).ShouldBeFalse();
        }

        foreach (var (before, after) in evidence.Zip(evidence.Skip(1)))
        {
            (before.Part < after.Part || before.Start + before.Length <= after.Start).ShouldBeTrue();
        }
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Texts)])]
    public void Evidence_and_rest_add_up_to_the_verdict(HostileText title, HostileText text)
    {
        var scorer = new Scorer(new WorkspaceModel(SentimentModel.Embedded(), sensitivity: 0.3f));

        var j = scorer.Score(title.Value, text.Value, "en");

        if (j.Why.Rest is { } rest)
        {
            (j.Evidence.Sum(e => (double)e.Weight) + rest).ShouldBe(Math.Log(j.Negative) - ((Math.Log(j.Neutral) + Math.Log(j.Positive)) / 2), 0.02);
        }
        else
        {
            j.Evidence.ShouldBeEmpty();
        }
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void What_would_flip_a_verdict_is_few_words_that_speak_for_it(HostileText text)
    {
        var j = Scorer.Score(null, text.Value, "en");

        (j.Why.Flip is null).ShouldBe(j.Why.FlipsTo is null);
        j.Why.FlipsTo.ShouldNotBe(j.Label);
        j.Why.Flip?.Count.ShouldBeInRange(1, FewestToFlip.Most);
    }

    [Theory]
    [InlineData("My sister ordered it for her birthday, and it was terrible.", "terrible")]
    [InlineData("Заказ привезли вчера днём, и это ужасно", "ужасно")]
    public void Without_the_words_that_would_flip_it_the_label_is_another(string text, string word)
    {
        var j = Scorer.Score(null, text);

        j.Label.ShouldBe(Sentiment.Negative);
        j.Why.Flip.ShouldNotBeNull().ShouldContain(f => text.Substring(f.Start, f.Length) == word);
        var without = j.Why.Flip!.Aggregate(text, (t, f) => t.Remove(f.Start, f.Length).Insert(f.Start, new string(' ', f.Length)));
        Scorer.Score(null, without, j.Language).Label.ShouldNotBe(Sentiment.Negative);
    }

    [Property(MaxTest = 500, Arbitrary = [typeof(Texts)])]
    public void Probabilities_sum_to_one_and_the_label_is_what_the_language_decides_for(HostileText text)
    {
        var judgement = Scorer.Score(null, text.Value);

        float[] probabilities = [judgement.Negative, judgement.Neutral, judgement.Positive];
        probabilities.ShouldAllBe(p => p >= 0 && p <= 1);
        probabilities.Sum().ShouldBe(1, 1e-4f);
        var decision = Model.For(judgement.Language).Decision;
        var decided = probabilities.Select((p, i) => MathF.Log(p) + decision[i]).ToArray();
        decided[(int)judgement.Label].ShouldBe(decided.Max(), 1e-3f);
    }

    [Property(MaxTest = 200, Arbitrary = [typeof(Texts)])]
    public void The_same_text_gives_the_same_judgement_whatever_was_read_before(HostileText text, HostileText other)
    {
        var first = Scorer.Score(null, text.Value, "en");
        Scorer.Score(other.Value, other.Value + text.Value, "ru");
        var again = Scorer.Score(null, text.Value, "en");

        (again.Negative, again.Neutral, again.Positive).ShouldBe((first.Negative, first.Neutral, first.Positive));
        again.Evidence.ShouldBe(first.Evidence);
    }

    [Theory]
    [InlineData("en", "Terrible service, the worst company I have ever dealt with. I want my money back!")]
    [InlineData("en", "This is disgusting, I hate it and I am so angry")]
    [InlineData("ru", "Ужасный сервис, хамство и обман, никогда больше не обращусь, очень разочарован")]
    [InlineData("ru", "Какой кошмар, меня это бесит, отвратительно")]
    [InlineData("tr", "Berbat bir ürün, tam bir rezalet, paramı çöpe attım, kesinlikle almayın")]
    [InlineData("sv", "Det är hemskt och jag är så arg och besviken, vilken skandal")]
    [InlineData("vi", "Phòng rất bẩn, nhân viên thô lỗ, dịch vụ quá tệ, thất vọng")]
    public void A_plain_complaint_is_negative(string language, string text) =>
        Scorer.Score(null, text, language).Label.ShouldBe(Sentiment.Negative);

    [Theory]
    [InlineData("en", "Great support, thank you so much, I love it!")]
    [InlineData("en", "Amazing, best experience ever, so happy \U0001F60D")]
    [InlineData("ru", "Спасибо большое, всё отлично, очень рад и счастлив!")]
    [InlineData("tr", "Harika bir film, çok beğendim, mükemmel, herkese tavsiye ederim")]
    [InlineData("sv", "Tack så mycket, det är underbart och jag är så glad!")]
    [InlineData("vi", "Khách sạn tuyệt vời, phòng sạch sẽ, nhân viên thân thiện, rất hài lòng")]
    public void Plain_praise_is_positive(string language, string text) =>
        Scorer.Score(null, text, language).Label.ShouldBe(Sentiment.Positive);

    // Not an InlineData: attributes are stored as UTF-8, which has no lone surrogates.
    [Fact]
    public void Half_a_character_shows_nothing() => Scorer.Score("\uDE21", new string('\uD83D', 100_000)).Evidence.ShouldBeEmpty();

    [Fact]
    public void The_words_that_complain_are_the_evidence()
    {
        const string Text = "I was in the shop on Monday. The service was terrible and the staff were disgusting.";

        var evidence = Scorer.Score(null, Text, "en").Evidence;

        Heaviest(evidence).ShouldSatisfyAllConditions(
            words => words.ShouldContain("terrible"),
            _ => evidence.Where(e => e.Weight > 0).Select(e => Text.Substring(e.Start, e.Length)).ShouldContain(w => w.Contains("disgusting", StringComparison.Ordinal)));

        static string Heaviest(IReadOnlyList<EvidenceSpan> spans) => string.Join('|', spans.OrderByDescending(s => s.Weight).Take(2).Select(s => Text.Substring(s.Start, s.Length)));
    }

    [Fact]
    public void A_title_is_read_and_its_evidence_counts_in_the_title()
    {
        var evidence = Scorer.Score("Terrible, disgusting scandal", "On Monday.", "en").Evidence;

        evidence.ShouldContain(e => e.Part == PostPart.Title && e.Weight > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n\t")]
    [InlineData("\u200B\u200D\uFEFF")]
    public void A_text_that_shows_nothing_is_neutral_without_evidence(string text)
    {
        var judgement = Scorer.Score(null, text);

        judgement.Label.ShouldBe(Sentiment.Neutral);
        judgement.Evidence.ShouldBeEmpty();
    }

    // Not InlineData: attributes are stored as UTF-8, which has no lone surrogates.
    public static TheoryData<int> Million => [.. Enumerable.Range(0, Pieces.Length)];

    private static readonly string[] Pieces =
    [
        "a", "awful service ", "\U0001F621", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "很差劲", "\u200B\u200D\uFEFF", "a\u0301", "\u0301", "\0", "\uD83D", "\uDE21\uD83D",
        "\u202E\u2066x\u2069", "@", "not ", "http://", "\uFFFF", "ко", "!",
    ];

    [Theory]
    [MemberData(nameof(Million))]
    public void Of_a_million_characters_of_anything_what_lies_behind_the_window_decides_nothing(int piece)
    {
        var text = string.Concat(Enumerable.Repeat(Pieces[piece], 1_000_000 / Pieces[piece].Length));

        var judgement = Scorer.Score(text, text, "en");

        judgement.Negative.ShouldBe(Scorer.Score(text[..(2 * Featurizer.TitleWindow)], text[..(2 * Featurizer.TextWindow)], "en").Negative, 1e-6f);
        judgement.Evidence.ShouldAllBe(e => e.Start + e.Length <= Math.Max(Featurizer.TextWindow, Featurizer.TitleWindow));
        (judgement.Negative + judgement.Neutral + judgement.Positive).ShouldBe(1, 1e-4f);
    }

    [Theory]
    [InlineData("terr\u200Bible ser\u00ADvice, I h\u2060ate it")]
    [InlineData("\u202Aterrible service, I hate it\u202C")]
    [InlineData("\uFEFFterrible service,\u0000 I hate it\u0000")]
    public void What_is_not_seen_changes_no_verdict(string text)
    {
        var plain = Scorer.Score(null, "terrible service, I hate it", "en");

        Scorer.Score(null, text, "en").Negative.ShouldBe(plain.Negative, 1e-5f);
    }

    [Fact]
    public void The_urgent_threshold_finds_what_the_label_finds_or_more()
    {
        var model = SentimentModel.Embedded();
        var scorer = new Scorer(model);

        foreach (var l in model.Languages)
        {
            var judgement = scorer.Score(null, "terrible, I hate it, awful, disgusting, ужасно, berbat, hemskt, tệ quá", l.Language);
            judgement.Urgent.ShouldBe(judgement.Negative >= l.Urgent);
        }
    }

    [Theory]
    [InlineData("terrible service, I hate it", true)]
    [InlineData("thank you, lovely service", false)]
    [InlineData("", false)]
    public void A_verdict_says_itself_whether_a_text_is_urgent(string text, bool urgent) =>
        Scorer.Score(null, text, "en").Verdict("m1", DateTimeOffset.UnixEpoch).Urgent.ShouldBe(urgent);

    [Theory]
    [InlineData("\U0001F621\U0001F621\U0001F621", Sentiment.Negative)]
    [InlineData("\U0001F60D\U0001F60D", Sentiment.Positive)]
    public void Emoji_alone_are_judged(string text, Sentiment label) => Scorer.Score(null, text).Label.ShouldBe(label);

    private static bool Splits(string text, int at) => at > 0 && at < text.Length && char.IsHighSurrogate(text[at - 1]) && char.IsLowSurrogate(text[at]);
}
