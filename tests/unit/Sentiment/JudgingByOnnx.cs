using Microsoft.Extensions.Configuration;
using Serm.Contracts;
using Serm.Sentiments.Onnx;
using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

/// <summary>A tiny transformer-shaped classifier, written here byte by byte: ids, an embedding of three logits a token, their sum.</summary>
public sealed class JudgingByOnnx : IDisposable
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "awful", "lovely", "acme", "globex", "is", "but", ".", "and"];

    private readonly string folder = Directory.CreateTempSubdirectory("serm-onnx").FullName;

    [Fact]
    public void Its_logits_are_read_in_the_order_of_its_labels_and_shorter_texts_are_filled_up()
    {
        using var judge = OnnxJudge.Open(Options());

        var judged = judge.ScoreAll([new(null, "acme is awful"), new(null, "lovely"), new(null, "acme is acme and globex is globex and acme is acme"), new("awful", "acme")]);

        judged.Select(j => j.Label).ShouldBe([Sentiment.Negative, Sentiment.Positive, Sentiment.Neutral, Sentiment.Negative]);
        judge.Score(null, "acme is awful").Negative.ShouldBe(judged[0].Negative, 1e-5f);
        (judged[0].Negative + judged[0].Neutral + judged[0].Positive).ShouldBe(1, 1e-5f);
    }

    [Fact]
    public void Its_evidence_is_what_covering_a_word_takes_away_and_does_not_claim_to_add_up()
    {
        using var judge = OnnxJudge.Open(Options());

        var why = judge.Score(null, "acme is awful").Why;

        why.Rest.ShouldBeNull();
        why.Spans.MaxBy(s => s.Weight).ShouldSatisfyAllConditions(s => s!.Start.ShouldBe(8), s => s!.Length.ShouldBe(5), s => s!.Weight.ShouldBe(4.5f, 1e-3f));
    }

    [Fact]
    public void Labels_of_the_configuration_stand_alone_and_may_be_left_out()
    {
        var written = new ConfigurationBuilder().AddInMemoryCollection([new("Labels:0", "positive"), new("Labels:1", "negative"), new("Labels:2", "neutral")]).Build().Get<OnnxOptions>()!;
        var (usual, own) = (Options(), Options());
        (usual.Labels, own.Labels) = (null, written.Labels);

        using var judge = OnnxJudge.Open(own);
        using var other = OnnxJudge.Open(usual);

        judge.Score(null, "acme is awful").Label.ShouldBe(Sentiment.Negative);
        other.Score(null, "acme is awful").Label.ShouldBe(Sentiment.Neutral);
    }

    [Fact]
    public void It_too_judges_the_part_that_speaks_of_the_brand()
    {
        using var judge = OnnxJudge.Open(Options());
        const string Text = "acme is awful but globex is lovely";

        judge.Score(null, Text, "en", [new(PostPart.Text, 0, 4), new(PostPart.Text, 18, 6, Other: true)]).Label.ShouldBe(Sentiment.Negative);
        judge.Score(null, Text, "en", [new(PostPart.Text, 0, 4, Other: true), new(PostPart.Text, 18, 6)]).Label.ShouldBe(Sentiment.Positive);
    }

    [Fact]
    public void A_sensitivity_shifts_its_negative_logit_too()
    {
        using var judge = OnnxJudge.Open(Options());

        new ShiftedJudge(judge, 2).Score(null, "acme is").Negative.ShouldBeGreaterThan(judge.Score(null, "acme is").Negative);
        new ShiftedJudge(judge, 2).Version.ShouldBe("tiny+2.00");
    }

    [Fact]
    public void A_label_alone_costs_no_look_at_each_word()
    {
        using var judge = OnnxJudge.Open(Options());

        judge.Score(null, "acme is awful", explain: false).ShouldSatisfyAllConditions(j => j.Label.ShouldBe(Sentiment.Negative), j => j.Evidence.ShouldBeEmpty());
        new ShiftedJudge(judge, 1).Score(null, "acme is awful", explain: false).Evidence.ShouldBeEmpty();
    }

    public static TheoryData<string, string> Broken() => new()
    {
        { "model", "ModelPath" },
        { "missing", "ModelPath" },
        { "tokenizer", "TokenizerPath" },
        { "input", "InputIds" },
        { "output", "Output" },
        { "labels", "Labels" },
        { "merges", "MergesPath" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_does_not_fit_is_named_at_start_with_the_remedy(string what, string setting)
    {
        var options = Options();
        switch (what)
        {
            case "model":
                File.WriteAllText(options.ModelPath!, "not a model");
                break;
            case "missing":
                options.ModelPath += ".not";
                break;
            case "tokenizer":
                File.Delete(options.TokenizerPath!);
                break;
            case "input":
                options.InputIds = "ids";
                break;
            case "output":
                options.Output = "probabilities";
                break;
            case "merges":
                options.Tokenizer = TokenizerKind.Bpe;
                break;
            default:
                options.Labels = ["bad", "good"];
                break;
        }

        var refusal = Should.Throw<InvalidOperationException>(() => OnnxJudge.Open(options));
        refusal.Message.ShouldContain($"Sentiment:Onnx:{setting}");
        refusal.Message.ShouldContain("shipped model");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // The model's labels are in another order than ours, as those of many are.
    private OnnxOptions Options()
    {
        var (model, vocabulary) = (Path.Combine(folder, "tiny.onnx"), Path.Combine(folder, "vocab.txt"));
        File.WriteAllLines(vocabulary, Vocabulary);
        var weights = new float[Vocabulary.Length * 3];
        (weights[(5 * 3) + 1], weights[(6 * 3) + 0], weights[(2 * 3) + 2]) = (3, 3, 1);
        (weights[(5 * 3) + 2], weights[(6 * 3) + 2]) = (-1.5f - 1.5f, -1);
        File.WriteAllBytes(model, TinyOnnx.SumOfEmbeddings(Vocabulary.Length, 3, weights));
        return new OnnxOptions { ModelPath = model, TokenizerPath = vocabulary, Labels = ["positive", "negative", "neutral"], Version = "tiny", BatchSize = 2, MaxTokens = 32 };
    }
}
