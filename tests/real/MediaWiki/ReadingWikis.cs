using Serm.Contracts;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Tests.Real.MediaWiki;

public sealed class ReadingWikis(Wiki wiki) : IClassFixture<Wiki>
{
    [Theory]
    [InlineData("/index.php?title=Special:NewPages&feed=rss&limit=50")]
    [InlineData("/index.php?title=Special:NewPages&feed=atom&limit=50")]
    public async Task New_pages_are_read_whole_in_every_language(string feed)
    {
        var run = $"{Guid.CreateVersion7():N}";
        var source = RealServer.Source("feed", new FeedOptions { Url = wiki.Address + feed });
        await source.ReadAsync();
        foreach (var (number, text) in Texts.All.Index())
        {
            await wiki.WriteAsync($"{run} отзыв ığ 评论 {number}", text);
        }

        var posts = Of(await source.ReadAsync(), run);
        posts.Count.ShouldBe(Texts.All.Count);
        foreach (var (number, text) in Texts.All.Index())
        {
            var post = posts.Single(p => p.Title!.EndsWith($" {number}", StringComparison.Ordinal));
            Texts.Plain(post.Text).ShouldContain(Texts.Plain(text));
            (post.Title, post.Author?.Name).ShouldBe(($"{Upper(run)} отзыв ığ 评论 {number}", "Editor"));
            post.Url.ShouldStartWith($"{wiki.Address}/index.php/");
        }
    }

    [Theory]
    [InlineData("rss")]
    [InlineData("atom")]
    public async Task Recent_changes_bring_talk_edits_and_deletions_as_posts_of_their_own(string format)
    {
        var page = $"Talk:T{Guid.CreateVersion7():N}";
        var source = RealServer.Source("feed", new FeedOptions { Url = $"{wiki.Address}/api.php?action=feedrecentchanges&feedformat={format}&hideminor=&limit=50" });
        await source.ReadAsync();
        await wiki.WriteAsync(page, "== acme ==\nThe order is late.\n:Mine too. 😡");
        await wiki.WriteAsync(page, "== acme ==\nThe order is late.\n:Mine too. 😡\n::Моя приехала 🙂", "an answer");
        var posts = Of(await source.ReadAsync(), page);
        posts.Count.ShouldBe(2);
        posts.ShouldContain(p => Texts.Plain(p.Text).Contains("Mine too. 😡", StringComparison.Ordinal) && p.Author!.Name == "Editor");
        posts.ShouldContain(p => Texts.Plain(p.Text).Contains("Моя приехала 🙂", StringComparison.Ordinal));

        await wiki.DeleteAsync(page, "settled");
        Of(await source.ReadAsync(), page).ShouldContain(p => p.Text.Contains("settled", StringComparison.Ordinal));
        source.Host.Published.CountBy(p => (p.NativeId, p.Revision)).ShouldAllBe(c => c.Value == 1);
    }

    private static List<Post> Of(Unit.Ingest.Connectors.Host host, string about) =>
        [.. host.Now.Values.Where(p => $"{p.Title} {p.Text} {p.Url}".Contains(about, StringComparison.OrdinalIgnoreCase))];

    // Titles begin with a capital.
    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
