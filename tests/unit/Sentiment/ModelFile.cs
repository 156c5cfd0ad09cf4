using System.Runtime.Intrinsics;
using Serm.Sentiments.Features;
using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

public sealed class ModelFile
{
    [Fact]
    public void The_card_names_the_model_that_is_built_in() =>
        File.ReadAllText(Path.Combine(Repository(), "services/sentiment/Models/sentiment.md")).ShouldContain($"`{SentimentModel.Embedded().Version}`");

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(16_777_240)]
    public void A_file_that_is_no_model_is_refused(int length) => Should.Throw<InvalidDataException>(() => SentimentModel.Read(new byte[length]));

    [Fact]
    public void A_model_is_read_as_it_was_written()
    {
        float[] flat = new float[1 << Featurizer.Bits];
        var telling = Enumerable.Repeat(0.5f, 1 << Featurizer.Bits).ToArray();
        var negative = flat.ToArray();
        negative[7] = 2;
        var file = SentimentModel.Write([negative, flat, flat], [0.25f, 0, -0.25f], telling, [Calibrated.None with { Scale = 2 }, new Calibrated("sv", 3, Vector128.Create(1f, 0, -1, 0), Vector128.Create(-0.5f, 0, 0.5f, 0), 0.4f)]);

        var model = SentimentModel.Read(file);

        // Two features of length 1 together: half of the square each.
        var logits = model.Logits([7, 9], [1, 1]);
        logits[0].ShouldBe(0.25f + (2 / MathF.Sqrt(2)), 1e-3f);
        logits[1].ShouldBe(0);
        logits[2].ShouldBe(-0.25f);
        model.Weights(7)[0].ShouldBe(1, 1e-3f);
        model.For("sv").Apply(logits)[2].ShouldBe(-1.75f);
        model.For("sv").Decision.ShouldBe(Vector128.Create(-0.5f, 0, 0.5f, 0));
        model.For("sv").Urgent.ShouldBe(0.4f);
        model.For("de").Scale.ShouldBe(2);
        Should.Throw<InvalidDataException>(() => SentimentModel.Read(file.AsSpan(0, file.Length - 1)));
    }

    [Fact]
    public void A_number_in_one_byte_is_near_and_keeps_its_sign()
    {
        for (var value = 0.0041f; value < 120; value *= 1.003f)
        {
            foreach (var signed in (float[])[value, -value])
            {
                Read(signed).ShouldBe(signed, 0.0626 * value);
            }
        }

        Read(0).ShouldBe(0);
        Read(1e-6f).ShouldBe(0);
        Read(1000).ShouldBe(120);
        Read(-1000).ShouldBe(-120);
        for (var code = 8; code < 128; code++)
        {
            SmallFloat.Nearest(SmallFloat.Read((uint)code)[0]).ShouldBe((byte)code);
        }

        static float Read(float value) => SmallFloat.Read((uint)SmallFloat.Nearest(value) << 16)[2];
    }

    [Fact]
    public void The_five_languages_have_thresholds_of_their_own() =>
        SentimentModel.Embedded().Languages.Select(l => l.Language).Intersect(["en", "ru", "tr", "sv", "vi"]).Count().ShouldBe(5);

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Serm.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
