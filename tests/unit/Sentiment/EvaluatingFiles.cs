using System.Text;
using System.Text.Json;
using Serm.Contracts;
using Serm.Sentiments.Evaluation;
using Serm.Sentiments.Scoring;

namespace Serm.Tests.Unit.Sentiments;

public sealed class EvaluatingFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serm-evaluate");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("negative\ten\tbad\nneutral\ten\tso\npositive\ten\tgood\n")]
    [InlineData("0\ten\tbad\n1\ten\tso\n2\ten\tgood\n")]
    [InlineData("-1\ten\tbad\n0\ten\tso\n1\ten\tgood\n")]
    [InlineData("label\tlang\ttext\nNegative\ten\tbad\nNEU\ten\tso\npos\ten\tgood")]
    [InlineData("\uFEFFtext\tid\tsentiment\tlanguage\r\nbad\t1\t-1\ten\r\nso\t2\t0\ten\r\n\r\ngood\t3\t1\ten\r\n")]
    public void Labels_may_be_words_or_numbers_and_a_header_may_name_the_columns(string file)
    {
        var rows = LabelledFile.Read(Write("set", file));

        rows.Select(r => (r.Source, r.Label, r.Language, r.Text)).ShouldBe([("set", Sentiment.Negative, "en", "bad"), ("set", Sentiment.Neutral, "en", "so"), ("set", Sentiment.Positive, "en", "good")]);
    }

    [Fact]
    public void Without_a_language_column_the_language_is_not_known() =>
        LabelledFile.Read(Write("set", "label\ttext\nnegative\tbad")).ShouldHaveSingleItem().Language.ShouldBe("und");

    [Fact]
    public void Two_numbers_must_be_explained()
    {
        var path = Write("two", "0\ten\tbad\n1\ten\tgood\n");

        Should.Throw<InvalidDataException>(() => LabelledFile.Read(path)).Message.ShouldContain("--numbers");
        LabelledFile.Read(path, NumberedLabels.TwoClasses).Select(r => r.Label).ShouldBe([Sentiment.Negative, Sentiment.Positive]);
    }

    [Theory]
    [InlineData("negative\ten\tbad\nangry\ten\tworse", ":2: 'angry' is no label")]
    [InlineData("negative\ten\tbad\nnegative\ten", ":2: 2 of 3 columns")]
    [InlineData("-1\ten\tbad\n2\ten\tgood", "numbers from -1 to 2")]
    [InlineData("1\ten\tbad\n2\ten\tgood", "--numbers from-zero (1 neutral")]
    [InlineData("0\ten\tbad\n4\ten\tgood", ":2: '4' is no label")]
    [InlineData("negative\ten\t\"bad\nworse\"", ":2: 1 of 3 columns; a row is a label, a tab, the language, a tab, the text, all on one line")]
    [InlineData("", "holds no rows")]
    [InlineData("label\tlang\ttext", "holds no rows")]
    public void What_cannot_be_read_is_told_with_its_line(string file, string message)
    {
        var errors = new StringWriter();

        EvaluateCommand.Run(["evaluate", Write("bad", file)], TextWriter.Null, errors).ShouldBe(1);

        errors.ToString().ShouldContain(message);
        errors.ToString().ShouldContain("bad.tsv");
    }

    [Theory]
    [InlineData("negative\ten\tbad\nnegative\ten\tworse", "")]
    [InlineData("negative\ten-US\t\"bad\"\nnegative\tzh_Hans\tworse", "")]
    [InlineData("negative\ten\t\"bad\"\nnegative\ten\t\"\"\"worse\"\"\"", "all texts are in quotation marks")]
    [InlineData("label\tlang\ttext\nnegative\ten\tbad\nnegative\tEnglish\tworse", ":3: 'English' is no code")]
    [InlineData("negative\tru\tplain\nnegative\tru\t\u041F\u043B\u043E\u0445\u043E", ":2: there are letters that are not UTF-8", "windows-1251")]
    [InlineData("negative\tru\t\u041F\u043B\u043E\u0445\u043E", "", "utf-16")]
    [InlineData("negative\tde\tschlecht \uFFFD", "")]
    public void What_was_probably_not_meant_is_told_and_measured_all_the_same(string file, string note, string encoding = "utf-8")
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        File.WriteAllText(Write("doubt", ""), file, Encoding.GetEncoding(encoding));
        var (output, errors) = (new StringWriter(), new StringWriter());

        EvaluateCommand.Run(["evaluate", Path.Combine(_folder.FullName, "doubt.tsv"), "--json"], output, errors).ShouldBe(0);

        output.ToString().ShouldContain("\"macroF1\"");
        errors.ToString().ShouldMatch(note.Length == 0 ? "^$" : $"^Note: .*doubt.tsv.*{System.Text.RegularExpressions.Regex.Escape(note)}");
    }

    [Fact]
    public void A_group_without_negative_rows_has_no_recall_of_them()
    {
        Write("fine", "positive\ten\tI love it, thank you so much\n");
        var (json, text) = (new StringWriter(), new StringWriter());

        EvaluateCommand.Run(["evaluate", _folder.FullName, "--json"], json, TextWriter.Null).ShouldBe(0);
        EvaluateCommand.Run(["evaluate", _folder.FullName], text, TextWriter.Null).ShouldBe(0);

        var all = JsonDocument.Parse(json.ToString()).RootElement.GetProperty("all");
        (all.GetProperty("negative").GetProperty("recall").ValueKind, all.GetProperty("urgent").GetProperty("recall").ValueKind).ShouldBe((JsonValueKind.Null, JsonValueKind.Null));
        text.ToString().ShouldMatch(@"fine +1 .* - +- ");
    }

    [Fact]
    public void Samples_of_few_rows_have_each_label_of_them()
    {
        (Sentiment, Judgement)[] rows =
        [
            (Sentiment.Negative, Judged(Sentiment.Negative, urgent: true)),
            .. Enumerable.Repeat((Sentiment.Positive, Judged(Sentiment.Positive, urgent: false)), 5),
        ];

        // All is right, so it is in every sample that can be measured: one without the negative row would have a recall of 0.
        GroupFigures.Of("few", rows).NegativeRecall.ShouldBe(new Estimate(1, 1, 1));
    }

    [Theory]
    [InlineData("--jsn")]
    [InlineData("--numbers", "roman")]
    [InlineData]
    public void Arguments_that_make_no_sense_get_the_usage(params string[] args)
    {
        var errors = new StringWriter();

        EvaluateCommand.Run(["evaluate", .. args], TextWriter.Null, errors).ShouldBe(2);

        errors.ToString().ShouldContain("usage: evaluate");
    }

    [Fact]
    public void A_folder_is_measured_by_file_and_by_language()
    {
        Write("shop", "negative\ten\tTerrible service, I want my money back\npositive\ten\tI love it, thank you so much\n");
        Write("bank", "negative\tru\tУжасный сервис, обман и хамство\n");
        var output = new StringWriter();

        EvaluateCommand.Run(["evaluate", _folder.FullName, "--json"], output, TextWriter.Null).ShouldBe(0);

        var json = JsonDocument.Parse(output.ToString()).RootElement;
        json.GetProperty("model").GetString().ShouldBe(SentimentModel.Embedded().Version);
        json.GetProperty("bySource").EnumerateArray().Select(g => g.GetProperty("name").GetString()).ShouldBe(["bank", "shop"]);
        json.GetProperty("byLanguage").EnumerateArray().Select(g => g.GetProperty("name").GetString()).ShouldBe(["en", "ru"]);
        json.GetProperty("all").GetProperty("confusion").EnumerateArray().SelectMany(r => r.EnumerateArray()).Sum(c => c.GetInt32()).ShouldBe(3);
    }

    [Fact]
    public void Figures_are_what_the_counts_say()
    {
        (Sentiment, Judgement)[] rows =
        [
            .. Enumerable.Repeat((Sentiment.Negative, Judged(Sentiment.Negative, urgent: true)), 6),
            .. Enumerable.Repeat((Sentiment.Negative, Judged(Sentiment.Positive, urgent: true)), 2),
            .. Enumerable.Repeat((Sentiment.Positive, Judged(Sentiment.Positive, urgent: false)), 8),
            .. Enumerable.Repeat((Sentiment.Positive, Judged(Sentiment.Neutral, urgent: true)), 2),
        ];

        var figures = GroupFigures.Of("set", rows);

        // Precision 6/6, recall 6/8; and 8/10, 8/10: there is no neutral row, so neutral has no part in the mean.
        figures.MacroF1.Value.ShouldBe(((2 * 6.0 / 14) + 0.8) / 2, 1e-9);
        (figures.Negative.Precision, figures.Negative.Recall).ShouldBe((1.0, 0.75));
        (figures.Urgent.Precision, figures.Urgent.Recall).ShouldBe((0.8, 1.0));
        figures.Confusion[(int)Sentiment.Positive].ShouldBe([0, 2, 8]);
        figures.CalibrationError.ShouldBe(Math.Abs(0.7 - (14 / 18.0)), 1e-6);
        (figures.MacroF1.Low < figures.MacroF1.Value && figures.MacroF1.Value < figures.MacroF1.High).ShouldBeTrue();
        GroupFigures.Of("set", rows).MacroF1.ShouldBe(figures.MacroF1);
    }

    private static Judgement Judged(Sentiment label, bool urgent) => new(
        label, label == Sentiment.Negative ? 0.7f : 0.15f, label == Sentiment.Neutral ? 0.7f : 0.15f, label == Sentiment.Positive ? 0.7f : 0.15f, "en", Explanation.Nothing, urgent);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name + ".tsv");
        File.WriteAllText(path, text, Encoding.UTF8);
        return path;
    }
}
