using System.Text;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Imports;

namespace Serm.Tests.Unit.Ingest.Imports;

public sealed class ImportTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_file_of_a_spreadsheet_is_read_as_it_is_saved()
    {
        // Semicolons, Windows-1251, a quoted value with a line break, a quotation mark and a separator in it.
        var bytes = Encoding.GetEncoding(1251).GetBytes("Автор;Дата;Комментарий;Лайки\r\nИван;01.03.2026 09:30;\"Заказ \"\"не\"\" приехал;\r\nвообще\";1 200\r\n");
        var (posts, errors) = Read(bytes, "dd.MM.yyyy HH:mm", "Europe/Moscow", "author:Автор", "publishedAt:Дата", "text:Комментарий", "likes:Лайки");

        errors.ShouldBeEmpty();
        var post = posts.ShouldHaveSingleItem();
        post.Text.ShouldBe("Заказ \"не\" приехал;\nвообще");
        post.PublishedAt.ShouldBe(new DateTimeOffset(2026, 3, 1, 6, 30, 0, TimeSpan.Zero));
        (post.Author!.Name, post.Engagement!.Likes, post.Language).ShouldBe(("Иван", 1_200, "ru"));
    }

    [Fact]
    public void Columns_with_common_names_need_no_mapping_and_what_is_unused_is_told()
    {
        var file = ImportFile.Read("id,Created_At,MESSAGE,link,colour\n1,2026-03-01T09:30:00Z,acme is fine,https://example.org/1,red\n"u8);
        var fields = ImportFields.Of(file.Columns, []);

        fields.ByField.ShouldBe(new Dictionary<string, string> { ["id"] = "id", ["text"] = "MESSAGE", ["url"] = "link", ["publishedAt"] = "Created_At" }, ignoreOrder: true);
        fields.Unused.ShouldBe(["colour"]);
    }

    [Theory]
    [InlineData("Дата;Автор;Комментарий;Лайки")]
    [InlineData("Tarih;Yazar;Yorum;Beğeni")]
    [InlineData("Datum;Författare;Kommentar;Gillar")]
    [InlineData("Ngày;Tác giả;Bình luận;Lượt thích")]
    public void Columns_are_known_by_their_names_in_the_users_language(string heading)
    {
        var file = ImportFile.Read(Encoding.UTF8.GetBytes($"{heading}\n2026-03-01;a;acme;3\n"));
        ImportFields.Of(file.Columns, []).ByField.Keys.ShouldBe(["publishedAt", "author", "text", "likes"], ignoreOrder: true);
    }

    [Fact]
    public void Half_a_surrogate_pair_in_a_json_line_costs_only_itself() =>
        Read("""{"id": 1, "text": "acme broke \ud83d", "date": "2026-03-01"}"""u8, null, null).Posts.ShouldHaveSingleItem().Text.ShouldBe("acme broke \uFFFD");

    [Fact]
    public void Json_lines_are_read_by_the_paths_of_their_members()
    {
        var (posts, errors) = Read("""
            {"guid": 17, "post": {"text": "acme är dåligt 👎🏽"}, "when": 1772357400, "author": {"name": "Åsa", "id": "a1"}, "tags": ["x"]}

            {"guid": 18, "post": {"text": "acme igen"}, "when": "2026-03-01T10:30:00+01:00", "parent": 17}
            """u8, null, null, "text:post.text", "publishedAt:when");

        errors.ShouldBeEmpty();
        posts.Select(p => (p.NativeId, p.Text, p.PublishedAt)).ShouldBe([("old forum/17", "acme är dåligt 👎🏽", new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero)), ("old forum/18", "acme igen", new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero))]);
        (posts[0].Author!.Id, posts[0].Author!.Name, posts[1].ParentNativeId).ShouldBe(("a1", "Åsa", "old forum/17"));
    }

    [Fact]
    public void What_is_wrong_names_its_line_and_its_column_and_spoils_no_other_row()
    {
        var (posts, errors) = Read("nr,date,text,link\n1,2026-03-01,fine,\n2,yesterday,x,\n3,2026-03-01,,\n4,2026-03-01,\"two\nlines\",nowhere\n5,2026-03-01,a,b,c\n6,,text,\n"u8, null, null, "id:nr");

        posts.ShouldHaveSingleItem().Text.ShouldBe("fine");
        errors.Select(e => (e.Row, e.Column, e.Code)).ShouldBe([(3, "date", "date_invalid"), (4, "text", "text_missing"), (5, "link", "url_invalid"), (7, null, "row_broken"), (8, "date", "date_missing")]);
    }

    [Fact]
    public void Rows_without_an_id_keep_the_same_one_whenever_they_are_imported()
    {
        string[] Ids() => [.. Read("date,text\n2026-03-01,one\n2026-03-01,two\n"u8, null, null).Posts.Select(p => p.NativeId)];

        Ids().ShouldBe(Ids());
        Ids().ShouldBeUnique();
    }

    [Theory]
    [InlineData("", "file_empty")]
    [InlineData("a,a\n1,2\n", "heading_invalid")]
    [InlineData("date,words\n2026-03-01,x\n", "text_unmapped")]
    [InlineData("text,words\nx,y\n", "date_unmapped")]
    public void A_file_that_cannot_be_understood_is_refused_with_the_remedy(string file, string code) =>
        Should.Throw<RuleViolation>(() => Read(Encoding.UTF8.GetBytes(file), null, null)).Code.ShouldBe(code);

    [Fact]
    public void An_open_quotation_mark_does_not_swallow_a_large_file()
    {
        var file = "date,text\n2026-03-01,\"never closed\n" + string.Concat(Enumerable.Repeat("2026-03-01,and so on, and on, and on\n", 60_000));

        Should.Throw<RuleViolation>(() => ImportFile.Read(Encoding.UTF8.GetBytes(file))).Code.ShouldBe("quote_open");
    }

    [Fact]
    public void Too_many_rows_are_refused_before_they_are_all_read() =>
        Should.Throw<RuleViolation>(() => ImportFile.Read(Encoding.UTF8.GetBytes("date,text\n" + string.Concat(Enumerable.Repeat("2026-03-01,x\n", ImportFile.MaxRows + 1))))).Code.ShouldBe("too_many_rows");

    [Theory]
    [InlineData("colour:text", "field_unknown")]
    [InlineData("text:words", "column_unknown")]
    public void A_mapping_of_what_is_not_there_is_refused(string map, string code) =>
        Should.Throw<RuleViolation>(() => Read("date,text\n2026-03-01,x\n"u8, null, null, map)).Code.ShouldBe(code);

    private static (IReadOnlyList<Post> Posts, IReadOnlyList<ImportError> Errors) Read(ReadOnlySpan<byte> bytes, string? format, string? zone, params string[] map)
    {
        var file = ImportFile.Read(bytes);
        return ImportRows.Read(file, ImportFields.Of(file.Columns, map), new("kit", "old forum", "push", format, zone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(zone)), Now);
    }
}
