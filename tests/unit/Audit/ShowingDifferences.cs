using FsCheck.Xunit;
using Serm.Defaults;

namespace Serm.Tests.Unit.Audit;

public sealed class ShowingDifferences
{
    [Fact]
    public void Only_what_differs_is_told_by_the_names_of_the_API()
    {
        var fields = Differences.Of(
            new { Version = 1, Name = "Acme", Query = "acme", Languages = new[] { "en" }, Filter = new { Words = new[] { "bad" }, Reach = (int?)5 } },
            new { Version = 2, Name = "Acme", Query = "acme OR akme", Languages = Array.Empty<string>(), Filter = new { Words = new[] { "bad", "poor" }, Reach = (int?)null } },
            "version");
        fields.ShouldBe([new("query", "acme", "acme OR akme"), new("languages", "en", null), new("filter.words", "bad", "bad, poor"), new("filter.reach", "5", null)]);
    }

    [Fact]
    public void Things_of_a_list_that_have_names_are_told_one_by_one()
    {
        var fields = Differences.Of(
            new { Policies = new[] { new { Name = "Gold", Minutes = 5 }, new { Name = "Other", Minutes = 60 } } },
            new { Policies = new[] { new { Name = "Gold", Minutes = 15 }, new { Name = "Other", Minutes = 60 } } });
        fields.ShouldBe([new("policies.Gold.minutes", "5", "15")]);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("options.apiKey")]
    [InlineData("botToken")]
    [InlineData("client_secret")]
    [InlineData("options.credentials")]
    public void What_is_a_secret_by_its_name_is_not_told(string field)
    {
        var parts = field.Split('.');
        object Holding(string value) => parts.Reverse().Aggregate((object)value, (inner, name) => new Dictionary<string, object>(StringComparer.Ordinal) { [name] = inner });
        Differences.Of(Holding("hunter2"), Holding("hunter3")).ShouldBe([new(field, null, null, Secret: true)]);
        Differences.Of(null, Holding("hunter2")).ShouldBe([new(field, null, null, Secret: true)]);
    }

    [Theory]
    [InlineData("https://ana:hunter2@feeds.example/rss")]
    [InlineData("https://hunter2@feeds.example/rss")]
    [InlineData("https://feeds.example/rss?page=2&api_key=hunter2")]
    [InlineData("https://feeds.example/rss?access_token=hunter2&page=2#top")]
    [InlineData("https://hooks.example/services/T012345/hunter2hunter2hunter2")]
    public void What_is_a_secret_in_an_address_is_left_out(string address)
    {
        var field = Differences.Of(null, new { Url = address }).ShouldHaveSingleItem();
        field.After!.ShouldNotContain("hunter2");
        field.After!.ShouldContain("•••");
        Differences.Of(new { Url = address }, new { Url = address.Replace("hunter2", "hunter3", StringComparison.Ordinal) }).ShouldBe([new("url", null, null, Secret: true)], "that it was changed is told");
    }

    [Theory]
    [InlineData("https://feeds.example/rss?page=2&lang=en")]
    [InlineData("https://www.youtube.com/feeds/videos.xml?channel_id=UC38IQsAvIsxxjztdMZQtwHA")]
    [InlineData("https://news.example/2026/11/01/0198c0de-0000-7000-8000-000000000000/a-long-name-of-an-article-in-2026")]
    [InlineData("hashtags, keyboards and tokens of appreciation")]
    public void What_is_no_secret_is_told(string text) => Differences.Of(null, new { Url = text }).ShouldBe([new("url", null, text)]);

    [Property]
    public void Of_two_texts_the_place_is_shown_where_they_part(string start, string end, ushort length)
    {
        var long_ = string.Concat(Enumerable.Repeat("abc ", length % 500)) + start;
        var (before, after) = (long_ + "x" + end, long_ + "y" + end);
        var field = Differences.Of(new { Text = before }, new { Text = after }).ShouldHaveSingleItem();
        if (!field.Secret)
        {
            field.Before.ShouldNotBe(field.After);
            field.Before!.Length.ShouldBeLessThanOrEqualTo(Differences.Longest);
            field.After!.Length.ShouldBeLessThanOrEqualTo(Differences.Longest);
        }
    }

    [Fact]
    public void What_no_text_can_keep_is_left_out_and_no_character_is_halved()
    {
        var shown = Differences.Shown("a\0b\ud800c" + string.Concat(Enumerable.Repeat("😀", 300)));
        shown.ShouldStartWith("ab\uFFFDc😀");
        shown.Length.ShouldBeLessThanOrEqualTo(Differences.Longest);
        shown.EnumerateRunes().Skip(4).ShouldAllBe(r => r.Value == 0x1F600 || r.Value == '…');
    }

    [Fact]
    public void A_change_is_of_a_microsecond_as_it_is_stored()
    {
        var change = ChangeRow.Of("brand.added", Guid.Empty, new string('n', 500), "ana", new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.FromHours(3)).AddTicks(12_345_678));
        change.At.ShouldBe(new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero).AddTicks(12_345_670));
        change.About!.Length.ShouldBe(200);
    }
}
