using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions.Relevance;

public sealed class RelevanceModelTests
{
    private static readonly Guid Stranger = new("11111111-1111-1111-1111-111111111111");

    [Fact]
    public void What_is_like_the_dismissed_is_told_with_the_signs_that_say_so()
    {
        var model = new RelevanceModel([.. Many(20, false, "mountain hiking acme trail"), .. Many(20, true, "acme app crashed again")]);
        var view = model.Judge(Of("acme mountain trail photos")).ShouldNotBeNull();

        view.Unlikely.ShouldBeTrue();
        view.Signs.Select(s => s.Text).ShouldBe(["mountain", "trail"], ignoreOrder: true);
        view.Signs[0].ShouldSatisfyAllConditions(s => s.Dismissed.ShouldBe(20), s => s.TakenUp.ShouldBe(0), s => s.Weight.ShouldBeGreaterThan(0));
    }

    [Fact]
    public void What_is_like_the_taken_up_and_what_was_never_seen_is_not_marked()
    {
        var model = new RelevanceModel([.. Many(20, false, "mountain hiking acme trail"), .. Many(20, true, "acme app crashed again")]);

        model.Judge(Of("the acme app crashed")).ShouldNotBeNull().Unlikely.ShouldBeFalse();
        model.Judge(Of("acme opened a shop in town")).ShouldNotBeNull().Unlikely.ShouldBeFalse();
    }

    [Fact]
    public void Where_few_are_dismissed_rare_words_do_not_speak_against_a_mention()
    {
        // Texts of words that come now and again everywhere; what is dismissed stands in one forum.
        var random = new Random(7);
        IReadOnlyList<string> Text(string source) => RelevanceModel.Signs(Enumerable.Range(0, 14).Select(_ => $"w{(int)(400 * Math.Pow(random.NextDouble(), 2))}"), null, source);
        var model = new RelevanceModel([.. Enumerable.Range(0, 14).Select(_ => new RelevanceExample(false, Text("hikers"))), .. Enumerable.Range(0, 100).Select(i => new RelevanceExample(true, Text($"forum {i % 4}")))]);

        model.MarkedRightly.ShouldBeGreaterThanOrEqualTo(10);
        (model.Marked - model.MarkedRightly).ShouldBeLessThanOrEqualTo(1);
        Enumerable.Range(0, 40).Count(_ => model.Judge(Text("hikers"))!.Unlikely).ShouldBeGreaterThanOrEqualTo(28);
        Enumerable.Range(0, 40).Count(_ => model.Judge(Text("forum 1"))!.Unlikely).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void An_author_who_is_always_dismissed_is_a_sign_of_its_own()
    {
        var dismissed = Enumerable.Range(0, 20).Select(i => new RelevanceExample(false, RelevanceModel.Signs([$"w{i}"], Stranger, "forum")));
        var model = new RelevanceModel([.. dismissed, .. Many(20, true, "acme app crashed again")]);

        var view = model.Judge(RelevanceModel.Signs(["something"], Stranger, "forum")).ShouldNotBeNull();
        view.Unlikely.ShouldBeTrue();
        view.Signs[0].ShouldSatisfyAllConditions(s => s.Kind.ShouldBe("author"), s => s.Text.ShouldBeNull());
    }

    [Theory]
    [InlineData(9, 50)]
    [InlineData(50, 9)]
    public void Few_decisions_teach_nothing(int dismissed, int takenUp)
    {
        var model = new RelevanceModel([.. Many(dismissed, false, "mountain hiking"), .. Many(takenUp, true, "app crashed")]);

        model.Judge(Of("mountain hiking")).ShouldBeNull();
    }

    [Fact]
    public void A_model_that_its_own_decisions_contradict_stays_silent()
    {
        // The same words dismissed and taken up: whatever it marked it would mark wrongly half the time.
        var random = new Random(4);
        var model = new RelevanceModel([.. Enumerable.Range(0, 200).Select(_ => new RelevanceExample(random.Next(2) == 0, Of(string.Join(' ', Enumerable.Range(0, 6).Select(_ => $"w{random.Next(40)}")))))]);

        model.Speaks.ShouldBeFalse();
        model.Judge(Of("w1 w2 w3")).ShouldBeNull();
    }

    [Fact]
    public void The_card_counts_each_decision_by_the_others_only()
    {
        // Each dismissed text has words of its own: known after it was told, unknown before.
        var dismissed = Enumerable.Range(0, 30).Select(i => new RelevanceExample(false, RelevanceModel.Signs([$"only{i}", $"once{i}"], null, $"s{i}")));
        var model = new RelevanceModel([.. dismissed, .. Many(30, true, "acme app crashed again")]);

        (model.Marked, model.Speaks).ShouldBe((0, false));
    }

    private static IEnumerable<RelevanceExample> Many(int count, bool relevant, string words) => Enumerable.Repeat(new RelevanceExample(relevant, Of(words)), count);

    private static IReadOnlyList<string> Of(string words) => RelevanceModel.Signs(words.Split(' '), null, "forum");
}
