using System.Text;
using FsCheck.Xunit;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>What is written into files for spreadsheets, and what a program reads out of them.</summary>
public sealed class Exporting
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeZoneInfo Stockholm = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");

    [Property(MaxTest = 1_000)]
    public void Whatever_is_written_is_read_again(string?[][] rows)
    {
        var told = rows.Where(r => r.Length > 0).ToList();
        var lines = new StringBuilder();
        told.ForEach(r => Csv.Add(lines, r, TimeZoneInfo.Utc));
        var read = CsvReading.Read(lines.ToString());
        read.Count.ShouldBe(told.Count);
        read.Zip(told).ShouldAllBe(p => p.First.SequenceEqual(p.Second.Select(c => Csv.Harmless(c ?? ""))));
    }

    [Property(MaxTest = 1_000)]
    public void No_text_begins_a_formula_in_whatever_a_program_takes_for_a_separator(string? text, byte[] hostile)
    {
        // Made of what matters, as chance seldom does.
        const string Pieces = "=+-@＝ \"'\t\r\n;,\u00A0\u200Ba";
        var made = (text ?? "") + string.Concat(hostile.Select(b => Pieces[b % Pieces.Length]));
        var harmless = Csv.Harmless(made);
        foreach (var cell in harmless.Split('\t', '\r', '\n', ';'))
        {
            cell.TrimStart(' ', '"', '\u00A0', '\u200B').FirstOrDefault().ShouldNotBeOneOf('=', '+', '-', '@', '＝');
        }

        harmless.FirstOrDefault().ShouldNotBeOneOf('\t', '\r', '\n');
        Csv.Harmless(harmless).ShouldBe(harmless, "once is enough");
        Without(harmless).ShouldBe(Without(made), "nothing is lost");

        static string Without(string s) => s.Replace("'", "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")", "'=HYPERLINK(\"http://evil.example\")")]
    [InlineData("@acme why", "'@acme why")]
    [InlineData("  \"=1+1", "'  \"=1+1")]
    [InlineData("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0")]
    [InlineData("Bad:\n- late\n- broken", "Bad:\n'- late\n'- broken")]
    [InlineData("5 - 3 = 2", "5 - 3 = 2")]
    [InlineData("https://example.org/?a=1", "https://example.org/?a=1")]
    [InlineData("", "")]
    public void An_apostrophe_stands_before_what_a_spreadsheet_would_run(string text, string harmless) => Csv.Harmless(text).ShouldBe(harmless);

    [Fact]
    public void Numbers_times_and_truths_are_told_alike_wherever_it_runs()
    {
        var lines = new StringBuilder();
        Csv.Add(lines, [1_234_567L, -3L, 0.93456, true, null, Noon, "a,\"b\""], Stockholm);
        lines.ToString().ShouldBe("1234567,-3,0.9346,true,,2026-03-01 13:00:00,\"a,\"\"b\"\"\"\r\n");
    }

    [Theory]
    [InlineData("a\u0000\u0008b\tc\nd", "ab\tc\nd")]
    [InlineData("a\uFFFEb\uFFFF", "ab")]
    [InlineData("=1+1 😀", "=1+1 😀")]
    [InlineData("_x0041_ _x00zz_ _x0041", "_x005F_x0041_ _x00zz_ _x0041")]
    public void A_sheet_holds_no_character_that_breaks_it_and_none_that_says_another(string text, string cell) => SheetText.Of(text).ShouldBe(cell);

    [Fact]
    public void Half_a_character_in_a_sheet_is_its_replacement() => SheetText.Of("a\uD800b").ShouldBe("a\uFFFDb");

    [Fact]
    public void A_cell_is_no_longer_than_a_sheet_allows_and_no_character_is_cut_in_half()
    {
        SheetText.Of(new string('a', SheetText.Longest)).ShouldBe(new string('a', SheetText.Longest));
        SheetText.Of(new string('a', SheetText.Longest + 1)).ShouldBe(new string('a', SheetText.Longest - 1) + "…");
        SheetText.Of("a" + string.Concat(Enumerable.Repeat("😀", SheetText.Longest))).ShouldSatisfyAllConditions(
            t => t.Length.ShouldBe(SheetText.Longest - 1),
            t => t.ShouldEndWith("😀…"));
        SheetText.Of(string.Concat(Enumerable.Repeat("_x0041_", SheetText.Longest))).Length.ShouldBeLessThanOrEqualTo(SheetText.Longest);
    }

    [Property]
    public void Nothing_that_xml_forbids_comes_into_a_sheet(string? text) =>
        SheetText.Of(text ?? "").EnumerateRunes().ShouldAllBe(r => r.Value >= ' ' || r.Value == '\t' || r.Value == '\n' || r.Value == '\r');

    [Theory]
    [InlineData("Acme & Söhne", "2026-02-28T23:00Z", "2026-03-31T22:00Z", "serm-acme-söhne-2026-03-01-2026-03-31.csv")]
    [InlineData("../../etc/passwd\r\nX: y", null, null, "serm-etc-passwd-x-y-2026-03-01.csv")]
    [InlineData("Кофейня «Зерно»", null, "2026-02-01T00:00Z", "serm-кофейня-зерно-2026-02-01.csv")]
    [InlineData("😀", null, null, "serm-2026-03-01.csv")]
    public void A_file_is_called_by_its_brand_and_days(string brand, string? from, string? to, string name) =>
        ExportName.Of(brand, At(from), At(to), Noon, Stockholm, "csv").ShouldBe(name);

    [Fact]
    public void A_table_of_counts_adds_up_to_what_was_counted_and_says_where_nobody_looked()
    {
        var (ours, theirs) = (new Guid(1, 0, 0, new byte[8]), new Guid(2, 0, 0, new byte[8]));
        DateTimeOffset[] starts = [Noon, Noon.AddHours(1), Noon.AddHours(2)];
        var table = NumbersAsCsv.Table(
            new(Noon, Noon.AddHours(2.5), "Europe/Stockholm", starts, [new(ours, [new(starts[0], 1, 2, 3, 4, 50), new(starts[2], 5, 0, 0, 0, 7)]), new(theirs, [])], [new(Guid.Empty, "feed", Noon.AddHours(1.5), Noon.AddHours(1.75), "timeout")]),
            new Dictionary<Guid, string> { [ours] = "=Acme" });
        table[0].ShouldBe(Csv.Mark);
        var rows = CsvReading.Read(table[1..]);
        rows[0].ShouldBe(NumbersAsCsv.Columns);
        rows.Skip(1).Select(r => string.Join(' ', r.Skip(1))).ShouldBe([
            "'=Acme 2026-03-01 13:00:00 Europe/Stockholm 1 2 3 4 10 50 false",
            "'=Acme 2026-03-01 14:00:00 Europe/Stockholm 0 0 0 0 0 0 true",
            "'=Acme 2026-03-01 15:00:00 Europe/Stockholm 5 0 0 0 5 7 false",
            " 2026-03-01 13:00:00 Europe/Stockholm 0 0 0 0 0 0 false",
            " 2026-03-01 14:00:00 Europe/Stockholm 0 0 0 0 0 0 true",
            " 2026-03-01 15:00:00 Europe/Stockholm 0 0 0 0 0 0 false"]);
    }

    [Fact]
    public void Columns_keep_their_names_and_places() => string.Join(',', ExportColumns.Names).ShouldBe(
        "id,brand,sourceKind,source,url,authorName,authorHandle,publishedAt,seenAt,zone,language,title,text,removed,sentiment,corrected,negative,neutral,positive,modelVersion,"
        + "status,owner,tags,severity,reach,likes,shares,replies,views,repliedAt,replyUrl,resolvedAt,slaState,slaDueAt,storyId,sightings");

    [Fact]
    public void So_many_exports_run_at_once_and_the_next_is_asked_to_come_again()
    {
        var turns = new ExportTurns();
        var taken = Enumerable.Range(0, 4).Select(_ => turns.Take()).ToList();
        Should.Throw<Serm.Defaults.RuleViolation>(() => turns.Take()).Code.ShouldBe("exports_busy");
        taken[0].Dispose();
        turns.Take().Dispose();
    }

    private static DateTimeOffset? At(string? time) => time is null ? null : DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
}
