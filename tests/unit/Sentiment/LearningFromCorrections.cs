using Serm.Contracts;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Shadow;

namespace Serm.Tests.Unit.Sentiments;

public sealed class LearningFromCorrections
{
    private static readonly SentimentModel Shipped = SentimentModel.Embedded();

    private static readonly string[] Complaints = ["The wobblix is flumpy again", "My new wobblix came flumpy", "flumpy as ever, this wobblix", "Another flumpy wobblix on Monday", "wobblix number four, flumpy too", "It is flumpy"];
    private static readonly string[] Notices = ["The wobblix opens at nine", "A wobblix was seen on Monday", "New wobblix in town", "Where is the wobblix", "wobblix number four is here", "It is a wobblix"];

    [Fact]
    public async Task The_words_of_a_workspace_are_learnt_and_what_nobody_corrected_stays()
    {
        var (weights, comparison) = await TrainModel.LearnAsync(Shipped, new Scorer(Shipped), 0, Corrections(), Held(), _ => ValueTask.CompletedTask);
        var learnt = new Scorer(new WorkspaceModel(Shipped, ModelDelta.Read(weights)));

        learnt.Score(null, "Mine was flumpy from the start", "en").Label.ShouldBe(Sentiment.Negative);
        learnt.Score(null, "The wobblix is by the door", "en").Label.ShouldBe(Sentiment.Neutral);
        foreach (var held in Uncorrected())
        {
            learnt.Score(null, held.Text, "en").Label.ShouldBe(new Scorer(Shipped).Score(null, held.Text, "en").Label);
        }

        comparison.Falls.ShouldBeEmpty();
        comparison.Rows.Single(r => r.Name == "corrections").ShouldSatisfyAllConditions(r => r.After.Rows.ShouldBe(Corrections().Count), r => r.After.MacroF1.ShouldBeGreaterThan(r.Before.MacroF1));
    }

    [Fact]
    public async Task The_same_corrections_give_the_same_bytes_and_progress_goes_up()
    {
        var told = new List<float>();
        var (first, _) = await TrainModel.LearnAsync(Shipped, new Scorer(Shipped), 0, Corrections(), Held(), p =>
        {
            told.Add(p);
            return ValueTask.CompletedTask;
        });
        var (second, _) = await TrainModel.LearnAsync(Shipped, new Scorer(Shipped), 0, Corrections(), Held(), _ => ValueTask.CompletedTask);

        second.ShouldBe(first);
        told.ShouldBe(told.Order());
        told.ShouldAllBe(p => p >= 0 && p <= 1);
    }

    [Fact]
    public async Task A_training_can_be_given_up_at_any_time()
    {
        using var end = new CancellationTokenSource();
        var learning = TrainModel.LearnAsync(Shipped, new Scorer(Shipped), 0, Corrections(), Held(), async p =>
        {
            if (p > 0.3)
            {
                await end.CancelAsync();
            }

            end.Token.ThrowIfCancellationRequested();
        });

        await learning.ShouldThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Corrections_are_judged_by_models_that_have_not_seen_them()
    {
        // What is said in each is said in no other: only a model that was trained on it can know its label.
        List<CorrectedText> corrections = [.. Corrections().Take(12).Select((c, i) => c with { Title = null, Text = $"zq{i}x vu{i}k", Label = (Sentiment)(i % 3) })];

        var (weights, comparison) = await TrainModel.LearnAsync(Shipped, new Scorer(Shipped), 0, corrections, [], _ => ValueTask.CompletedTask);

        var learnt = new Scorer(new WorkspaceModel(Shipped, ModelDelta.Read(weights)));
        corrections.Count(c => learnt.Score(null, c.Text, c.Language).Label == c.Label).ShouldBeGreaterThan(9);
        comparison.Rows.Single(r => r.Name == "corrections").After.Right.ShouldBeLessThan(0.7);
    }

    [Theory]
    [InlineData("held_out", 0.009, false)]
    [InlineData("held_out", 0.011, true)]
    [InlineData("held_out:tr", 0.039, false)]
    [InlineData("held_out:tr", 0.041, true)]
    [InlineData("corrections", 0.011, true)]
    public void A_new_model_may_be_a_little_worse_and_where_there_are_few_texts_a_little_more(string rows, double by, bool falls) =>
        Comparison.Of([Compared(rows, 0.8, 0.8 - by)]).Falls.ShouldBe(falls ? [rows] : []);

    [Fact]
    public void A_gain_is_one_on_the_corrections()
    {
        Comparison.Of([Compared("held_out", 0.5, 0.9), Compared("corrections", 0.8, 0.8)]).Gains.ShouldBeFalse();
        Comparison.Of([Compared("held_out", 0.8, 0.8), Compared("corrections", 0.8, 0.801)]).Gains.ShouldBeTrue();
    }

    [Fact]
    public void Figures_are_means_of_the_labels_that_there_are()
    {
        var figures = Figures.Of([(Sentiment.Negative, Sentiment.Negative), (Sentiment.Negative, Sentiment.Positive), (Sentiment.Positive, Sentiment.Positive), (Sentiment.Positive, Sentiment.Positive)]);

        figures.MacroF1.ShouldBe(((2 / 3d) + 0.8) / 2, 1e-9);
        (figures.Rows, figures.NegativeRecall, figures.NegativePrecision, figures.Right).ShouldBe((4, 0.5, 1, 0.75));
        Figures.Of([(Sentiment.Neutral, Sentiment.Neutral)]).NegativeRecall.ShouldBeNull();
    }

    [Fact]
    public void Wrong_labels_that_unlearn_what_is_shipped_are_noticed()
    {
        var upside = new Scorer(new WorkspaceModel(Shipped, sensitivity: -6));

        Comparison.Of([.. Comparison.OnHeldOut(new Scorer(Shipped), upside)]).Falls.ShouldContain("held_out");
        Comparison.Of([.. Comparison.OnHeldOut(new Scorer(Shipped), new Scorer(Shipped))]).Falls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(19)]
    public async Task A_damaged_file_is_refused(int length)
    {
        var file = await DeltaTraining.TrainAsync(Shipped, [new Lesson("en", null, Complaints[0], null, Sentiment.Negative)], _ => ValueTask.CompletedTask);

        Should.Throw<InvalidDataException>(() => ModelDelta.Read(file.AsSpan(0, length)));
    }

    [Fact]
    public void Whatever_makes_another_verdict_has_another_version()
    {
        var delta = ModelDelta.Read(ModelDelta.Write([KeyValuePair.Create(7, System.Runtime.Intrinsics.Vector128.Create(1f, 0, 0, 0))]));

        string[] versions = [new WorkspaceModel(Shipped).Version, new WorkspaceModel(Shipped, delta).Version, new WorkspaceModel(Shipped, null, 0.3f).Version, new WorkspaceModel(Shipped, delta, -0.3f).Version];

        versions.Distinct().Count().ShouldBe(4);
        versions[2].ShouldBe(Shipped.Version + "+0.30");
    }

    private static Compared Compared(string rows, double before, double after) => new(rows, new(100, before, null, null, 0), new(100, after, null, null, 0));

    private static List<CorrectedText> Corrections() =>
        [.. Enumerable.Range(0, 4).SelectMany(i => Complaints.Select(c => Correct($"{c} {i}", Sentiment.Negative)).Concat(Notices.Select(n => Correct($"{n} {i}", Sentiment.Neutral)))).OrderBy(c => c.MentionId)];

    private static CorrectedText Correct(string text, Sentiment label) =>
        new(Serm.Defaults.NameBasedGuid.Create(Guid.Empty, text), "en", null, text, null, label, Sentiment.Positive);

    private static List<Lesson> Held() => [.. Uncorrected(), .. SeedTexts.All];

    private static List<Lesson> Uncorrected() =>
        [.. new[] { "Great support, thank you so much, I love it!", "Terrible service, the worst company ever", "The shop opens at nine on Monday" }.Select(t => new Lesson("en", null, t, null, null))];
}
