using FsCheck.Xunit;
using Serm.Sentiments.Features;

namespace Serm.Tests.Unit.Sentiments;

public sealed class ReadingFeatures
{
    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void A_reused_featurizer_gives_what_a_new_one_gives(HostileText before, HostileText text)
    {
        var reused = new Featurizer();
        reused.Read(before.Value, before.Value, "ru");
        reused.Read(default, text.Value, "en");

        Features(reused).ShouldBe(Read(text.Value));
    }

    [Property(MaxTest = 300, Arbitrary = [typeof(Texts)])]
    public void Features_count_something_and_each_bucket_once(HostileText text)
    {
        var read = new Featurizer();
        read.Read(default, text.Value, "en");

        read.Values.ToArray().ShouldAllBe(v => v > 0 && float.IsFinite(v));
        read.Buckets.ToArray().ShouldBeUnique();
        read.Buckets.ToArray().ShouldAllBe(b => b >= 0 && b < 1 << Featurizer.Bits);
    }

    [Theory]
    [InlineData("Caf\u00E9", "Cafe\u0301")]
    [InlineData("SOOOOO good", "soo good")]
    [InlineData("go\u200Bod", "good")]
    [InlineData("don\u2019t", "don't")]
    [InlineData("İyi", "iyi")]
    [InlineData("всё", "ВСЕ")]
    [InlineData("@anna", "@boris_2")]
    [InlineData("https://example.org/x", "www.example.com")]
    [InlineData("\U0001F44D\U0001F3FD", "\U0001F44D")]
    [InlineData("call 88005553535", "call 12345")]
    public void What_looks_the_same_is_the_same(string one, string other) => Read(one).ShouldBe(Read(other));

    [Theory]
    [InlineData("not good", "good not")]
    [InlineData(":)", ":(")]
    [InlineData("\U0001F60D", "\U0001F621")]
    [InlineData("not a good day", "a good day not")]
    public void What_says_another_thing_is_another_thing(string one, string other) => Read(one).ShouldNotBe(Read(other));

    [Fact]
    public void A_negation_reaches_the_next_words_and_ends_with_but()
    {
        Added("not", "good").ShouldBeGreaterThan(Added("a", "good"));
        Added("не", "хорошо").ShouldBeGreaterThan(Added("и", "хорошо"));
        Added("inte but", "bra").ShouldBe(Added("a but", "bra"));

        // Buckets of its own that a word adds behind others, the pair not counted.
        static int Added(string before, string word) => Read($"{before} {word}").Select(f => f.Bucket).Except(Read(before).Select(f => f.Bucket)).Except(Read(word).Select(f => f.Bucket)).Count();
    }

    [Fact]
    public void Words_of_one_stem_share_more_than_their_letters() =>
        Read("hayalkırıklığı").Select(f => f.Bucket).Intersect(Read("hayalkırıklıkları").Select(f => f.Bucket)).Count().ShouldBeGreaterThan(20);

    [Theory]
    [InlineData("excellent", "отлично")]
    [InlineData("not excellent", "не отлично")]
    [InlineData("disgustingly", "отвратительными")]
    [InlineData("awful", "ужасно")]
    [InlineData("fed up", "устал от")]
    public void Praise_and_blame_are_the_same_in_every_language(string english, string russian) =>
        Shared(english, russian).ShouldBeGreaterThan(Shared("table", "столами"));

    [Fact]
    public void Praise_is_not_blame_nor_what_a_negation_made_of_it()
    {
        Shared("excellent", "ужасно").ShouldBe(0);
        Shared("not excellent", "не отлично").ShouldBeGreaterThan(Shared("excellent", "отлично"));
    }

    [Fact]
    public void The_hashes_are_the_same_in_every_process() => Read("good").Select(f => f.Bucket).ShouldBe(GoodBuckets);

    private static readonly int[] GoodBuckets = [203123, 339640, 883069, 1293626, 1463455, 2834797, 2930392, 2991887, 3055764, 3401107, 3555341, 3906019];

    private static int Shared(string english, string russian) => Read(english).Select(f => f.Bucket).Intersect(Read(russian, "ru").Select(f => f.Bucket)).Count();

    private static List<(int Bucket, float Value)> Read(string text, string language = "en")
    {
        var read = new Featurizer();
        read.Read(default, text, language);
        return Features(read);
    }

    private static List<(int Bucket, float Value)> Features(Featurizer read) =>
        [.. read.Buckets.ToArray().Zip(read.Values.ToArray()).OrderBy(f => f.First).Select(f => (f.First, MathF.Round(f.Second, 5)))];
}
