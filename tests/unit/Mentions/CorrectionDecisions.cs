using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

public sealed class CorrectionDecisions
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Person Anna = new("anna", Role.Moderator, Now, null);

    [Fact]
    public void What_a_person_says_counts_instead_of_the_model_and_both_are_kept()
    {
        var state = Judged();

        var corrected = Fold(state, CorrectionDecider.Correct(state, Anna, Sentiment.Neutral, null));

        corrected.Label.ShouldBe(Sentiment.Neutral);
        corrected.Negative.ShouldBe(0);
        corrected.Verdict!.Label.ShouldBe(Sentiment.Negative);
        corrected.Correction.ShouldBe(new Correction(Sentiment.Neutral, "anna", Now, 1, Sentiment.Negative));
    }

    [Fact]
    public void The_models_own_label_confirms_it_and_a_repeat_changes_nothing()
    {
        var state = Judged();
        var confirmed = Fold(state, CorrectionDecider.Correct(state, Anna, Sentiment.Negative, null));

        confirmed.Label.ShouldBe(Sentiment.Negative);
        CorrectionDecider.Correct(confirmed, Anna, Sentiment.Negative, null).ShouldBeEmpty();
    }

    [Fact]
    public void A_correction_taken_back_leaves_the_models_verdict()
    {
        var state = Judged();
        var corrected = Fold(state, CorrectionDecider.Correct(state, Anna, Sentiment.Positive, null));

        var withdrawn = Fold(corrected, CorrectionDecider.Withdraw(corrected, Anna));

        withdrawn.Label.ShouldBe(Sentiment.Negative);
        CorrectionDecider.Withdraw(withdrawn, Anna).ShouldBeEmpty();
    }

    [Fact]
    public void A_correction_is_of_one_text_and_not_of_its_edits()
    {
        var state = Judged();
        var corrected = Fold(state, CorrectionDecider.Correct(state, Anna, Sentiment.Positive, null));

        var edited = Fold(corrected, [new Edited(2, "ff", "en", null, Now, Now, Now, null)]);

        edited.Label.ShouldBe(Sentiment.Negative);
        edited.Correction.ShouldNotBeNull();
    }

    [Fact]
    public void A_rescored_mention_keeps_its_old_verdict_and_a_repeat_adds_nothing()
    {
        var state = Judged();
        var again = new MentionRescored("main", Guid.CreateVersion7(), state.Id, 1, AVerdict(Sentiment.Neutral, "model-2", Now.AddHours(1)));

        var rescored = Fold(state, MentionRescoredConsumer.Decide(again, state));

        rescored.Verdict!.ModelVersion.ShouldBe("model-2");
        rescored.Verdicts.Keys.Select(k => k.Model).Order().ShouldBe(["model-1", "model-2"]);
        MentionRescoredConsumer.Decide(again, rescored).ShouldBeEmpty();
    }

    [Fact]
    public void Going_back_to_an_earlier_model_makes_its_verdict_count_again()
    {
        var state = Judged();
        var second = Fold(state, MentionRescoredConsumer.Decide(new("main", Guid.CreateVersion7(), state.Id, 1, AVerdict(Sentiment.Neutral, "model-2", Now.AddHours(1))), state));

        var back = Fold(second, MentionRescoredConsumer.Decide(new("main", Guid.CreateVersion7(), state.Id, 1, AVerdict(Sentiment.Negative, "model-1", Now.AddHours(2))), second));

        back.Verdict!.ModelVersion.ShouldBe("model-1");
        back.Version.ShouldBe(second.Version + 1);
    }

    [Fact]
    public void A_mention_or_revision_that_is_not_known_is_not_rescored()
    {
        var state = Judged();

        MentionRescoredConsumer.Decide(new("main", Guid.CreateVersion7(), state.Id, 9, AVerdict(Sentiment.Neutral, "model-2", Now)), state).ShouldBeEmpty();
        MentionRescoredConsumer.Decide(new("main", Guid.CreateVersion7(), state.Id, 1, AVerdict(Sentiment.Neutral, "model-2", Now)), new Mention(state.Id)).ShouldBeEmpty();
    }

    private static Mention Judged() => Fold(
        new Mention(Guid.CreateVersion7()),
        [
            new Found(new(Guid.CreateVersion7(), "Acme"), "push", Guid.Empty, "tests", "1", "en", 1, Now, Now, Now, Now, null, null, 1, "00", false, null),
            new Scored(1, AVerdict(Sentiment.Negative, "model-1", Now), null),
        ]);

    private static Verdict AVerdict(Sentiment label, string model, DateTimeOffset at) => new(label, label == Sentiment.Negative ? 0.9f : 0.1f, 0.05f, label == Sentiment.Negative ? 0.05f : 0.85f, model, [], at);

    private static Mention Fold(Mention state, IReadOnlyList<object> events) => events.Aggregate(state, Evolve.Apply);
}
