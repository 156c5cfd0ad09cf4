using System.Text;
using Serm.Contracts;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Training;

namespace Serm.Tests.Unit.Sentiments;

public sealed class TrainingModels
{
    private static readonly List<Row> Rows =
    [
        .. Enumerable.Range(0, 60).SelectMany(i => new[]
        {
            new Row("reviews", Sentiment.Negative, "en", $"awful broken thing number {i}, I hate it"),
            new Row("reviews", Sentiment.Positive, "en", $"lovely useful thing number {i}, I adore it"),
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
        scorer.Score(null, "an awful, broken one", "en").Label.ShouldBe(Sentiment.Negative);
        scorer.Score(null, "a lovely one, I adore it", "en").Label.ShouldBe(Sentiment.Positive);
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
