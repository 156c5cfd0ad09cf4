using System.Diagnostics;
using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

public sealed class ModelFile
{
    [Fact]
    public void The_card_names_the_model_that_is_built_in() =>
        File.ReadAllText(Path.Combine(Repository(), "services/sentiment/Models/sentiment.md")).ShouldContain($"`{SentimentModel.Embedded().Version}`");

    [Fact]
    public void The_model_is_read_within_half_a_second()
    {
        SentimentModel.Embedded();
        var watch = Stopwatch.StartNew();
        SentimentModel.Embedded();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromMilliseconds(500));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(6291476)]
    public void A_file_that_is_no_model_is_refused(int length) => Should.Throw<InvalidDataException>(() => SentimentModel.Read(new byte[length]));

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
