using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Mentions;
using static Serm.Tests.Unit.Mentions.Topics.TopicPosts;

namespace Serm.Tests.Unit.Mentions.Topics;

/// <summary>What is told of a brand, and was not before.</summary>
public sealed class FindingTopics
{
    [Theory]
    [InlineData("en", "The driver was friendly and the parcel came on time", "the sorting centre stands still", "nothing leaves the Sorting Centres", "sorting centre")]
    [InlineData("ru", "Курьер приехал вовремя, коробка целая", "в приложении пропала посылка", "Пропали посылки, пропало терпение", "пропала посылка")]
    [InlineData("tr", "Kurye zamanında geldi ve kibardı", "KARGOM DAĞITIM MERKEZİNDE BEKLİYOR", "kargo dağıtım merkezinde kayboldu", "kargo dağıtım merkezinde")]
    [InlineData("sv", "Budet kom i tid och var trevligt", "terminalen i Malmö står stilla", "Ingenting lämnar terminalen", "terminalen")]
    [InlineData("vi", "Nhân viên thân thiện và đúng hẹn", "đơn của tôi bị kẹt ở kho trung tâm", "Lại kẹt ở kho trung tâm rồi", "kho trung tâm")]
    public void What_is_new_rises_in_each_language_with_its_forms_as_one(string language, string ordinary, string one, string other, string topic)
    {
        var topics = Find(
            [.. Ordinary(20, "now", language, ordinary), .. Ordinary(5, "one", language, one), .. Ordinary(5, "other", language, other)], Ordinary(60, "before", language, ordinary));
        var found = topics.Where(t => t.Rising).ToList().Find(t => t.Text == topic);
        found.ShouldNotBeNull(string.Join(", ", topics.Select(t => t.Text)));
        (found.Mentions, found.MentionsBefore, found.Voices, found.Authors, found.Sources, found.Language).ShouldBe((10, 0, 10, 10, 10, language));
        topics.Rising().ShouldAllBe(t => !t.Split(' ').Any(w => StopWords.Has(language, w)) || t.Contains(' ', StringComparison.Ordinal));
    }

    [Fact]
    public void A_text_without_spaces_does_no_harm() =>
        Find([.. Ordinary(15, "now", "ja", "配達員はとても親切でした。荷物が届かない。"), .. Ordinary(15, "late", "th", "พัสดุไม่มาเลย")], Ordinary(40, "before", "ja", "配達員はとても親切でした。")).Rising().ShouldContain("荷物が届かない");

    [Fact]
    public void The_longer_phrase_wins_where_it_explains_the_shorter_and_other_words_of_the_same_mentions_go_with_it()
    {
        var topics = Find([.. Ordinary(20, "now"), .. Ordinary(8, "lost", text: "My refund form was lost. Helpline dead.")], Ordinary(60, "before"));
        topics.Rising().ShouldHaveSingleItem().ShouldBe("refund form was lost");
        topics[0].Also.ShouldBe(["helpline dead"]);
        topics[0].Q.ShouldBe("refund form lost");
    }

    [Fact]
    public void Somebody_who_repeats_it_and_a_text_that_is_copied_are_no_topic()
    {
        var bot = Enumerable.Range(0, 40).Select(i => Post($"bot-{i}", $"Free gift cards today, number {i}", "bot"));
        var copies = Enumerable.Range(0, 40).Select(i => Post($"copy-{i}", "Acme explodes spectacularly", story: "lead"));
        var topics = Find([.. Ordinary(30, "now"), .. bot, .. copies], Ordinary(60, "before"));
        topics.Rising().ShouldBeEmpty();
        topics.Select(t => t.Text).ShouldNotContain(t => t.Contains("gift", StringComparison.Ordinal) || t.Contains("explodes", StringComparison.Ordinal));
    }

    [Fact]
    public void What_chance_does_to_some_of_many_words_is_no_rise()
    {
        string Word(int n) => $"blim{(char)('a' + (n / 8))}{(char)('k' + (n % 8))}o";
        var now = Enumerable.Range(0, 120).Select(i => Post($"now-{i}", $"{Word(i % 40)} today"));
        var before = Enumerable.Range(0, 120).Select(i => Post($"before-{i}", $"{(i < 40 ? Word(i) : "nothing")} today"));

        // Each is told three times as often as before; of forty of them that is no surprise.
        Find(now, before).Rising().ShouldBeEmpty();
    }

    [Fact]
    public void A_day_on_which_more_is_written_in_a_language_is_no_rise_of_its_words() =>
        Find([.. Ordinary(10, "en-now"), .. Ordinary(40, "sv-now", "sv", "Budet kom med paketet")], [.. Ordinary(60, "en-before"), .. Ordinary(10, "sv-before", "sv", "Budet kom med paketet")]).Rising().ShouldBeEmpty();

    [Fact]
    public void The_brand_itself_addresses_numbers_and_people_are_no_topics_and_another_brand_is_one()
    {
        NameSpan[] names = [new(PostPart.Text, 0, 5), new(PostPart.Text, 6, 6, Other: true)];
        var now = Enumerable.Range(0, 10).Select(i => Post($"now-{i}", "Zyxel Globex www.zyxel.example/help zyxel.example @anna_berg mail@zyxel.example u/anna 4711 PV123 Anna Berg", i == 0 ? "Anna Berg" : null, names: names));
        var topics = Find([.. now, .. Ordinary(20, "same")], Ordinary(60, "before"), "Acme Zyx");
        topics.Rising().ShouldBe(["Globex"]);
    }

    [Fact]
    public void A_text_whose_language_was_not_told_right_makes_no_topics_of_stop_words() =>
        Find([.. Ordinary(20, "now", text: "The parcel waits in the hub at the port"), .. Ordinary(6, "hindi", "hi", "Posted in Cork at noon")], Ordinary(60, "before")).Select(t => t.Q)
            .ShouldNotContain(q => q.Split(' ').Any(w => w.Trim('"') == "in" || w.Trim('"') == "at"));

    [Fact]
    public void A_topic_counts_what_the_search_of_the_inbox_finds_for_it()
    {
        // Care begins as a car does: then the word is meant whole, or the topic would count what is no car.
        TopicPost[] now = [.. Ordinary(20, "now"), .. Ordinary(6, "car", text: "They scratched a car"), .. Ordinary(9, "care", text: "Nobody takes care"), Post("named", "Hello", "car thief"), Post("apart", "Car? Indeed they scratched it")];
        var topics = Find(now, Ordinary(60, "before"));
        foreach (var topic in topics.Where(t => t.Rising))
        {
            topic.Mentions.ShouldBe(now.Count(p => Finds(topic.Q, p)), topic.Q);
        }

        topics.Select(t => t.Q).ShouldContain("scratched \"car\"", string.Join(", ", topics.Select(t => t.Q)));
        topics.First(t => t.Text.Contains("car", StringComparison.Ordinal) && !t.Text.Contains("care", StringComparison.Ordinal)).Examples.Count.ShouldBe(2);
    }

    [Fact]
    public void Of_too_few_voices_nothing_is_told_and_without_a_time_before_only_what_is_told_often()
    {
        Find(Ordinary(TopicFinder.FewestVoices - 1, "now"), Ordinary(60, "before")).ShouldBeEmpty();
        Find(Enumerable.Range(0, 50).Select(i => Post($"now-{i}", "lost parcel", "one")), []).ShouldBeEmpty("that is one voice");
        var topics = Find(Ordinary(TopicFinder.FewestVoices, "now"), Ordinary(TopicFinder.FewestBefore - 1, "before", text: "Nothing like it"));
        topics.ShouldNotBeEmpty();
        topics.ShouldAllBe(t => !t.Rising && t.Score == 0);
    }

    [Fact]
    public void What_is_negative_is_told_of_what_is_judged()
    {
        var now = Enumerable.Range(0, 12).Select(i => Post($"lost-{i}", "lost parcel", label: (short)(i < 6 ? 0 : i < 8 ? 2 : 3)));
        Find(now, Ordinary(60, "before"))[0].NegativeShare.ShouldBe(0.75);
    }

    [Fact]
    public void Hostile_texts_are_read_as_far_as_any()
    {
        string[] texts =
        [
            new('a', 1_000_000), string.Concat(Enumerable.Repeat("word ", 200_000)), "\uD800\uDFFF\uDC00 \uFFFE lost\u200Bparcel \u202E", string.Concat(Enumerable.Repeat("\u0301", 10_000)), "", "\0\0", "i\u0307\u0307 İ I ı",
            string.Concat(Enumerable.Repeat("😀", 5_000)), "' | & ! :* \" -", "http://", "@", ".", "-"
        ];
        foreach (var text in texts)
        {
            var now = Enumerable.Range(0, 12).Select(i => Post($"{i}", text, title: text, language: i % 2 == 0 ? "tr" : "")).ToList();
            Find(now, Ordinary(60, "before")).ShouldAllBe(t => t.Text.Length <= 200 && t.Mentions <= 12);
        }
    }

    [Property(MaxTest = 30)]
    public Property The_order_of_mentions_does_not_matter() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        string[] words = ["lost", "parcels", "parcel", "late", "driver", "drivers", "rude", "refund", "app", "the", "broken", "Kargo", "kargom", "iade", "İade"];
        TopicPost[] Some(string prefix, int count) =>
            [.. Enumerable.Range(0, count).Select(i => Post($"{prefix}{i}", string.Join(random.Next(5) == 0 ? ". " : " ", random.GetItems(words, random.Next(1, 12))), $"author {random.Next(40)}", random.Next(4) == 0 ? $"story{random.Next(5)}" : null, random.Next(2) == 0 ? "en" : "tr"))];
        var (now, before) = (Some("n", 60), Some("b", 60));
        var first = Find(now, before);
        random.Shuffle(now);
        random.Shuffle(before);
        System.Text.Json.JsonSerializer.Serialize(Find(now, before)).ShouldBe(System.Text.Json.JsonSerializer.Serialize(first));
    });

    [Property(MaxTest = 30)]
    public Property Copies_of_a_story_do_not_make_a_topic() => Prop.ForAll(Gen.Choose(1, 60).ToArbitrary(), copies =>
    {
        var story = Enumerable.Range(0, copies).Select(i => Post($"copy-{i}", "Acme warehouse burns", story: "lead"));
        Find([.. Ordinary(20, "now"), .. story], Ordinary(60, "before")).ShouldNotContain(t => t.Text.Contains("warehouse", StringComparison.Ordinal));
    });

    // As PostgreSQL does, by the words of the query.
    private static bool Finds(string query, TopicPost post)
    {
        var stored = SearchText.Words(string.Join(' ', post.Title, post.Text, post.AuthorName, post.AuthorHandle));
        return query.Split(' ').All(q => q[0] == '"' ? stored.Contains(q.Trim('"')) : stored.Any(w => w.StartsWith(q, StringComparison.Ordinal)));
    }
}
