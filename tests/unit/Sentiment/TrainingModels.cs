using System.Text;
using Serm.Contracts;
using Serm.Language;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Training;

namespace Serm.Tests.Unit.Sentiments;

public sealed class TrainingModels
{
    // Words that are on no list of praise and blame, so that every language reads them alike.
    private static readonly List<Row> Rows =
    [
        .. Enumerable.Range(0, 60).SelectMany(i => new[]
        {
            new Row("reviews", Sentiment.Negative, "en", $"clunky rattling thing number {i}, I mind it"),
            new Row("reviews", Sentiment.Positive, "en", $"zippy gleaming thing number {i}, I keep it"),
            new Row("reviews", Sentiment.Neutral, "en", $"the thing number {i} arrived on a day of the week"),
        }),
    ];

    [Fact]
    public void The_same_rows_give_the_same_bytes_and_learn()
    {
        var first = SentimentTraining.Train(Rows, Rows, _ => { });
        var second = SentimentTraining.Train(Rows, Rows, _ => { });

        second.AsSpan().SequenceEqual(first).ShouldBeTrue();
        var scorer = new Scorer(SentimentModel.Read(first));
        scorer.Score(null, "a clunky, rattling one", "en").Label.ShouldBe(Sentiment.Negative);
        scorer.Score(null, "a zippy one, I keep it", "en").Label.ShouldBe(Sentiment.Positive);
    }

    [Theory]
    [InlineData(1, 0.3f, 0f)]
    [InlineData(1, -2f, 0.4f)]
    [InlineData(1, 3f, 1.5f)]
    [InlineData(-1, 0.3f, -0.7f)]
    public void A_dual_update_of_the_squared_hinge_goes_where_the_dual_is_highest(float label, float output, float dual)
    {
        const float Norm = 2.5f;
        var loss = new SquaredHinge();
        var best = loss.DualUpdate(output, label, dual, loss.ComputeDualUpdateInvariant(Norm), maxNumThreads: 1);

        // What a step of the variable gains: the conjugate less what the sums grow by.
        double Gain(double step) => loss.DualLoss(label, (float)(dual + step)) - (output * step) - (Norm / 2 * step * step);

        Enumerable.Range(-300, 601).Max(i => Gain(i / 100.0)).ShouldBeLessThanOrEqualTo(Gain(best) + 1e-4);
        loss.Derivative(output, label).ShouldBe((float)((loss.Loss(output + 0.001f, label) - loss.Loss(output - 0.001f, label)) / 0.002), 0.01f);
    }

    [Fact]
    public void Each_language_gets_a_scale_a_shift_and_a_threshold_that_keeps_what_is_asked()
    {
        // Dev rows say that half of what reads neutral is negative in Swedish.
        List<Row> dev = [.. Rows, .. Rows.Select((r, i) => r with { Language = "sv", Label = r.Label == Sentiment.Neutral && i % 2 == 0 ? Sentiment.Negative : r.Label })];

        var model = SentimentModel.Read(SentimentTraining.Train(Rows, dev, _ => { }));

        model.Languages.Select(l => l.Language).ShouldBe(["und", "en", "sv"]);
        model.For("sv").Shift[0].ShouldBeGreaterThan(model.For("en").Shift[0]);
        var scorer = new Scorer(model);
        var urgent = dev.Where(r => r.Language == "sv" && scorer.Score(null, r.Text, "sv").Urgent == true).ToList();
        (urgent.Count(r => r.Label == Sentiment.Negative) / (double)dev.Count(r => r.Language == "sv" && r.Label == Sentiment.Negative)).ShouldBeGreaterThanOrEqualTo(Calibration.UrgentRecall);
        (urgent.Count(r => r.Label == Sentiment.Negative) / (double)urgent.Count).ShouldBeGreaterThanOrEqualTo(Calibration.UrgentPrecision);
    }

    [Fact]
    public void A_source_without_dev_rows_gives_up_some_of_its_own()
    {
        var folder = Directory.CreateTempSubdirectory("serm-corpus");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "train"));
            File.WriteAllText(Path.Combine(folder.FullName, "SOURCES.md"), "| source | repository | commit | licence | train a shipped model? | domain |\n|---|---|---|---|---|---|\n| shops | r | c | MIT | yes | posts |\n| xed-en | r | c | MIT | yes | subtitles |\n");
            foreach (var source in (string[])["shops", "xed-en"])
            {
                File.WriteAllLines(Path.Combine(folder.FullName, "train", source + ".tsv"), Enumerable.Range(0, 100).Select(i => $"negative\ten\tbad number {i}"));
            }

            var (train, dev) = Corpus.Open(folder.FullName).Split();

            dev.ShouldAllBe(r => r.Source == "shops");
            dev.Count.ShouldBeInRange(10, 45);
            train.Count(r => r.Source == "xed-en").ShouldBe(100);
            train.Where(r => r.Source == "shops").Select(r => r.Text).Intersect(dev.Select(r => r.Text)).ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(null, "negative\ten\tbad", "test/ holds no rows")]
    [InlineData("2\ten\tgood", "negative\ten\tbad", ":1: a row is")]
    [InlineData("positive\ten\tgood", "negative\ten\tbad\n0\ten\tworse", ":2: a row is")]
    public void What_cannot_be_trained_on_or_measured_is_told_before_training(string? test, string train, string message)
    {
        var folder = Directory.CreateTempSubdirectory("serm-corpus");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "SOURCES.md"), "| source | repository | commit | licence | train a shipped model? | domain |\n|---|---|---|---|---|---|\n| free | r | c | MIT | yes | posts |\n");
            foreach (var (split, rows) in new[] { ("train", train), ("test", test) })
            {
                Directory.CreateDirectory(Path.Combine(folder.FullName, split));
                if (rows is not null)
                {
                    File.WriteAllText(Path.Combine(folder.FullName, split, "free.tsv"), rows);
                }
            }

            var output = new StringWriter();

            TrainCommand.Run(["train", "--data", folder.FullName, "--out", Path.Combine(folder.FullName, "out")], output).ShouldBe(1);

            output.ToString().ShouldContain(message);
            output.ToString().ShouldNotContain("to train on");
            Directory.GetFiles(Path.Combine(folder.FullName, "out")).ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_folder_without_a_language_model_takes_the_shipped_one()
    {
        var folder = Directory.CreateTempSubdirectory("serm-targets");
        try
        {
            TrainCommand.Languages(Targets.Find(folder.FullName)).ShouldBeSameAs(LanguageIdentifier.Shipped);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Sources_that_may_not_be_shipped_are_not_trained_on()
    {
        var folder = Directory.CreateTempSubdirectory("serm-corpus");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "train"));
            File.WriteAllText(Path.Combine(folder.FullName, "SOURCES.md"), "| source | repository | commit | licence | train a shipped model? | domain |\n|---|---|---|---|---|---|\n| free | r | c | MIT | yes | posts |\n| bound | r | c | CC BY-NC | NO - evaluation only | posts |\n");
            File.WriteAllText(Path.Combine(folder.FullName, "train", "free.tsv"), "negative\ten\tbad\n", Encoding.UTF8);
            File.WriteAllText(Path.Combine(folder.FullName, "train", "bound.tsv"), "positive\ten\tgood\n", Encoding.UTF8);

            Corpus.Open(folder.FullName).Trainable("train").Select(r => r.Source).ShouldBe(["free"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
