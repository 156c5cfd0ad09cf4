using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Mentions;

namespace Serm.Tests.Integration.Mentions;

public sealed class ExportingMentions(MentionsFixture fixture) : IClassFixture<MentionsFixture>
{
    private const int Many = 2_500;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private static readonly string[] Hostile =
    [
        "The parcel never came.", "=HYPERLINK(\"http://evil.example\",\"refund\")", "@acme\r\n-1+1", "\"quoted\", and; =cmd|' /C calc'!A0", "tab\there, \u0001\u0008control \uFFFE_x0041_ 😀", "  <script>alert(1)</script> & co", "+7 999, +SUM(A1)",
    ];

    private readonly BrandRef _brand = new(Guid.CreateVersion7(), "=Acme & Söhne");

    [Fact]
    public async Task Every_format_tells_what_going_through_the_pages_tells()
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(-2);
        await fixture.PublishAsync(Enumerable.Range(0, Many).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(_brand, $"many-{i}", text: Hostile[i % Hostile.Length] + (i % 500 == 0 ? new string('x', 40_000) : ""), at: from.AddSeconds(i)), negative: i % 3 == 0 ? 0.9f : 0.1f)));
        var filter = $"brand={_brand.Id}&from={Iso(from)}&to={Iso(from.AddSeconds(Many))}";
        await StoredAsync(Many);
        var gone = NameBasedGuid.Create(_brand.Id, "many-7");
        await fixture.PublishAsync([new PostRemoved("main", gone, 1, TimeProvider.System.GetUtcNow(), "deleted")]);
        await Eventually.Async(_ => fixture.GetAsync<JsonElement>($"/api/mentions/{gone}"), m => m.GetProperty("removed").GetBoolean(), Soon, TestContext.Current.CancellationToken);

        var pages = await PagesAsync(filter);
        pages.Count.ShouldBe(Many);

        var lines = (await TextAsync($"format=jsonl&{filter}")).Split('\n');
        lines[^1].ShouldBe("");
        lines[..^1].Select(Plain).ShouldBe(pages.Select(p => Plain(p.GetRawText())));

        var text = await TextAsync($"format=csv&{filter}&zone=Europe/Stockholm", "attachment", more: false);
        text[0].ShouldBe('\uFEFF');
        var rows = CsvReading.Read(text[1..]);
        rows[0].ShouldBe(ExportColumns.Names);
        rows.Skip(1).Select(r => r[0]).ShouldBe(pages.Select(p => Text(p, "id")));
        rows.Skip(1).Select(r => Cell(r, "text")).ShouldBe(pages.Select(p => Csv.Harmless(Text(p, "text")!)));
        rows.Skip(1).Select(r => Cell(r, "sentiment")).ShouldBe(pages.Select(p => Text(p, "sentiment")));
        rows.Skip(1).Select(r => Cell(r, "brand")).Distinct().ShouldBe(["'=Acme & Söhne"]);
        var first = rows[1];
        (Cell(first, "authorName"), Cell(first, "url"), Cell(first, "reach"), Cell(first, "status"), Cell(first, "severity"), Cell(first, "zone")).ShouldBe(("somebody", $"https://example.org/many-{Many - 1}", "100", "new", "normal", "Europe/Stockholm"));
        Cell(first, "publishedAt").ShouldBe(TimeZoneInfo.ConvertTimeBySystemTimeZoneId(from.AddSeconds(Many - 1), "Europe/Stockholm").ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        var removed = rows.Single(r => r[0] == gone.ToString());
        (Cell(removed, "removed"), Cell(removed, "text"), Cell(removed, "authorName"), Cell(removed, "url")).ShouldBe(("true", "", "", ""));

        var sheet = await SheetAsync($"format=xlsx&{filter}&zone=Europe/Stockholm");
        sheet[0].ShouldBe(ExportColumns.Names);
        sheet.Skip(1).Select(r => r[0]).ShouldBe(pages.Select(p => Text(p, "id")));
        sheet.Skip(1).Select(r => Cell(r, "text")).ShouldBe(pages.Select(p => InSheet(Text(p, "text")!)));
        DateTime.FromOADate(double.Parse(Cell(sheet[1], "publishedAt"), System.Globalization.CultureInfo.InvariantCulture)).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture).ShouldBe(Cell(first, "publishedAt"));
        Cell(sheet[1], "negative").ShouldBe(Cell(first, "negative"));
    }

    [Fact]
    public async Task Only_what_the_filters_show_is_told_and_that_there_is_more()
    {
        await fixture.PublishAsync(Enumerable.Range(0, 30).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(_brand, $"some-{i}", text: i % 2 == 0 ? "Late again" : "Great"), negative: i % 2 == 0 ? 0.9f : 0.1f)));
        await fixture.PublishAsync([MentionsFixture.AScored(MentionsFixture.AFound(_brand, "theirs") with { Workspace = "other" })]);
        await StoredAsync(31);

        foreach (var filter in new[] { "sentiment=negative", "q=late&sort=urgent", "status=new&stories=one&sort=urgent", "status=resolved", "q=-late" })
        {
            var shown = (await PagesAsync($"brand={_brand.Id}&{filter}")).Select(p => Text(p, "id")!).ToList();
            CsvReading.Read((await TextAsync($"format=csv&brand={_brand.Id}&{filter}"))[1..]).Skip(1).Select(r => r[0]).ShouldBe(shown, filter);
            var counted = await fixture.GetAsync<JsonElement>($"/api/mentions/export/count?brand={_brand.Id}&{filter}");
            (counted.GetProperty("mentions").GetInt64(), counted.GetProperty("more").GetBoolean(), counted.GetProperty("most").GetInt32()).ShouldBe((shown.Count, false, ExportMentions.Most));
        }

        CsvReading.Read((await TextAsync($"format=csv&brand={_brand.Id}&limit=12", more: true))[1..]).Count.ShouldBe(13);
        CsvReading.Read((await TextAsync($"format=csv&brand={_brand.Id}&limit=30", more: false))[1..]).Count.ShouldBe(31);
        (await SheetAsync($"format=xlsx&brand={_brand.Id}&status=resolved")).ShouldHaveSingleItem().ShouldBe(ExportColumns.Names);
        (await TextAsync($"format=jsonl&brand={_brand.Id}", workspace: "other")).Split('\n').Length.ShouldBe(2, "one line, and its end");
        (await TextAsync("format=jsonl", workspace: "empty")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "format", "value_unknown")]
    [InlineData("format=pdf", "format", "value_unknown")]
    [InlineData("format=csv&limit=0", "limit", "out_of_range")]
    [InlineData("format=csv&limit=100001", "limit", "out_of_range")]
    [InlineData("format=csv&cursor=AAAA", "cursor", "not_taken")]
    [InlineData("format=csv&zone=Nowhere", "zone", "value_unknown")]
    [InlineData("format=csv&sentiment=angry", "sentiment", "value_unknown")]
    [InlineData("format=csv&from=2026-02-01&to=2026-01-01", "from", "out_of_range")]
    public async Task What_cannot_be_exported_is_refused_before_anything_is_sent(string query, string field, string code)
    {
        using var request = Stack.Request(HttpMethod.Get, $"/api/mentions/export?{query}");
        using var answer = await fixture.Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        (Text(problem, "field"), Text(problem, "code")).ShouldBe((field, code));
    }

    [Fact]
    public async Task The_numbers_as_a_table_add_up_to_what_they_are_as_json()
    {
        await fixture.PublishAsync(Enumerable.Range(0, 40).Select(i => MentionsFixture.AScored(MentionsFixture.AFound(_brand, $"hour-{i}", at: TimeProvider.System.GetUtcNow().AddMinutes(-30 * i)), negative: i % 4 == 0 ? 0.9f : 0.1f)));
        await StoredAsync(40);
        var other = Guid.CreateVersion7();
        var to = TimeProvider.System.GetUtcNow();
        var time = $"from={Iso(to.AddDays(-2))}&to={Iso(to)}&bucket=hour&zone=Asia/Kolkata";
        foreach (var (path, points) in new (string, Func<JsonElement, IEnumerable<JsonElement>>)[]
        {
            ($"/api/brands/{_brand.Id}/dynamics?{time}", d => d.GetProperty("points").EnumerateArray()),
            ($"/api/dynamics/compare?brand={_brand.Id}&brand={other}&{time}", d => d.GetProperty("brands").EnumerateArray().SelectMany(b => b.GetProperty("points").EnumerateArray())),
        })
        {
            var json = await fixture.GetAsync<JsonElement>(path);
            using var request = Stack.Request(HttpMethod.Get, path + "&format=csv");
            using var answer = await fixture.Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
            answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
            var rows = CsvReading.Read((await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimStart('\uFEFF'));
            foreach (var column in new[] { "negative", "neutral", "positive", "unscored", "reach" })
            {
                var at = Array.IndexOf(rows[0], column);
                rows.Skip(1).Sum(r => long.Parse(r[at], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(points(json).Sum(p => p.GetProperty(column).GetInt64()), column);
            }

            rows.Skip(1).Sum(r => long.Parse(r[8], System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(40);
            rows.Skip(1).Where(r => r[0] == _brand.Id.ToString()).Select(r => r[1]).Distinct().ShouldBe(["'=Acme & Söhne"]);
            rows.Skip(1).Count(r => r[0] == _brand.Id.ToString()).ShouldBe(json.GetProperty("starts").GetArrayLength());
        }

        using var wrong = Stack.Request(HttpMethod.Get, $"/api/brands/{_brand.Id}/dynamics?format=xml");
        using var refused = await fixture.Stack.Mentions.Http.SendAsync(wrong, TestContext.Current.CancellationToken);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private Task<long> StoredAsync(int mentions) => Eventually.Async(_ => fixture.ScalarAsync($"select count(*) from mentions.inbox where brand_id = '{_brand.Id}'"), n => n == mentions, Soon, TestContext.Current.CancellationToken);

    private async Task<List<JsonElement>> PagesAsync(string query)
    {
        var (all, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await fixture.GetAsync<JsonElement>($"/api/mentions?{query}&limit=200&cursor={cursor}");
            all.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = Text(page, "nextCursor");
        }
        while (cursor is not null);
        return all;
    }

    private async Task<HttpContent> ExportAsync(string query, string workspace, bool? more)
    {
        using var request = Stack.Request(HttpMethod.Get, $"/api/mentions/export?{query}", workspace, role: Role.Integrator);
        var answer = await fixture.Stack.Mentions.Http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        answer.Headers.GetValues(ExportMentions.MoreHeader).ShouldBe([more == true ? "true" : "false"]);
        answer.Content.Headers.ContentDisposition!.FileNameStar.ShouldNotBeNull().ShouldStartWith(query.Contains("brand=", StringComparison.Ordinal) && workspace == "main" ? "serm-acme-söhne-" : "serm-");
        return answer.Content;
    }

    private async Task<string> TextAsync(string query, string kind = "attachment", bool? more = null, string workspace = "main")
    {
        using var content = await ExportAsync(query, workspace, more);
        content.Headers.ContentDisposition!.DispositionType.ShouldBe(kind);

        // By hand, as reading it as text takes the mark at the beginning away.
        return System.Text.Encoding.UTF8.GetString(await content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    // Opened by another library than the one that wrote it, which also checks it against the format's own schemas.
    private async Task<List<string[]>> SheetAsync(string query)
    {
        using var content = await ExportAsync(query, "main", null);
        await using var bytes = await content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var whole = new MemoryStream();
        await bytes.CopyToAsync(whole, TestContext.Current.CancellationToken);
        using var document = SpreadsheetDocument.Open(whole, isEditable: false);
        new OpenXmlValidator().Validate(document, TestContext.Current.CancellationToken).Select(e => $"{e.Path?.XPath}: {e.Description}").Take(5).ShouldBeEmpty();
        return [.. document.WorkbookPart!.WorksheetParts.Single().Worksheet!.Descendants<Row>().Select(r => r.Elements<DocumentFormat.OpenXml.Spreadsheet.Cell>().Select(Value).ToArray())];

        static string Value(DocumentFormat.OpenXml.Spreadsheet.Cell cell)
        {
            cell.CellFormula.ShouldBeNull();
            return cell.InlineString is { } text ? XmlConvert.DecodeName(text.InnerText)! : cell.CellValue?.Text ?? "";
        }
    }

    // XML reads a line break of two characters as one.
    private static string InSheet(string text) => XmlConvert.DecodeName(SheetText.Of(text))!.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    // What it is urgent by changes with the time of reading.
    private static string Plain(string json)
    {
        var view = JsonNode.Parse(json)!.AsObject();
        view.Remove("urgencyParts");
        return view.ToJsonString();
    }

    private static string Cell(string[] row, string column) => row[Array.IndexOf(ExportColumns.Names, column)];

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Iso(DateTimeOffset time) => Uri.EscapeDataString(time.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
}
