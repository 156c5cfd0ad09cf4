using Serm.Ingest.Connectors.Feed;
using Serm.Ingest.Connectors.WordPress;

namespace Serm.Tests.Real.WordPress;

public sealed class ReadingWordPress(WordPressSite site) : IClassFixture<WordPressSite>
{
    [Fact]
    public async Task Comments_are_read_whole_with_their_threads_edits_and_deletions()
    {
        var article = await site.ArticleAsync("A thread", "Say what you think.");
        var expected = new Dictionary<string, (string Text, string? Parent)>(StringComparer.Ordinal);
        var ids = new List<long>();
        foreach (var text in Texts.All)
        {
            // Every other one answers the one before it.
            var parent = ids.Count % 2 == 1 ? ids[^1] : 0;
            ids.Add(await site.CommentAsync(article, text, "Åsa & Żółć", parent));
            expected[Id(ids[^1])] = (text, parent == 0 ? null : Id(parent));
        }

        var source = RealServer.Source("wordpress", new WordPressOptions { Url = site.Address });
        var host = await source.ReadAsync();
        foreach (var (id, (text, parent)) in expected)
        {
            var post = host.Now[id];
            (Texts.Plain(post.Text), post.ParentNativeId, post.RootNativeId, post.Author?.Name).ShouldBe((Texts.Plain(text), parent, $"{site.Host}/post-{article}", "Åsa & Żółć"));
            post.Url.ShouldEndWith($"#comment-{id[(id.LastIndexOf('-') + 1)..]}");
            (TimeProvider.System.GetUtcNow() - post.PublishedAt).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromMinutes(10));
        }

        await site.ChangeCommentAsync(ids[1], "acme: я передумал, всё хорошо 🙂");
        await site.DeleteCommentAsync(ids[^1]);
        await source.RecheckAsync();
        (host.Now[Id(ids[1])].Text, host.Now[Id(ids[1])].Revision).ShouldBe(("acme: я передумал, всё хорошо 🙂", 2));
        host.Removed.ShouldBe([Id(ids[^1])]);
        host.Published.CountBy(p => (p.NativeId, p.Revision)).ShouldAllBe(c => c.Value == 1);
    }

    [Fact]
    public async Task More_comments_than_a_page_holds_are_all_read_once()
    {
        var article = await site.ArticleAsync("Many", "Many say something.");
        var ids = new System.Collections.Concurrent.ConcurrentBag<long>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 120), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) => ids.Add(await site.CommentAsync(article, $"acme {i}", $"visitor {i}")));
        var host = await RealServer.Source("wordpress", new WordPressOptions { Url = site.Address }).ReadAsync();
        host.Published.Where(p => p.RootNativeId == $"{site.Host}/post-{article}").Select(p => p.NativeId).ShouldBe(ids.Select(Id), ignoreOrder: true);
    }

    [Fact]
    public async Task A_site_with_plain_permalinks_is_read_all_the_same()
    {
        var id = await site.CommentAsync(await site.ArticleAsync("Plain", "Nothing is rewritten here."), "acme, plainly", "visitor");
        var source = RealServer.Source("wordpress", new WordPressOptions { Url = $"{site.Address}/plain" });
        (await source.ReadAsync()).Now[Id(id)].Text.ShouldBe("acme, plainly");
        await site.DeleteCommentAsync(id);
        (await source.RecheckAsync()).Removed.ShouldContain(Id(id));
    }

    [Fact]
    public async Task The_feed_of_articles_brings_new_ones_and_what_is_changed_in_the_second_of_a_read()
    {
        var ids = new List<long>();
        foreach (var text in Texts.All)
        {
            ids.Add(await site.ArticleAsync($"Title: {text}", text));
        }

        var source = RealServer.Source("feed", new FeedOptions { Url = $"{site.Address}/feed/" });
        var host = await source.ReadAsync();
        var read = host.Now.Values.Where(p => p.Title?.StartsWith("Title: ", StringComparison.Ordinal) == true).ToDictionary(p => Texts.Plain(p.Text), StringComparer.Ordinal);
        read.Keys.ShouldBe(Texts.All.Select(Texts.Plain), ignoreOrder: true);
        read.Values.ShouldAllBe(p => Texts.Plain(p.Title!) == $"Title: {Texts.Plain(p.Text)}" && p.Author!.Name == "editor");

        var before = host.Published.Count;
        await site.ChangeArticleAsync(ids[0], "acme: all is well again");
        await source.ReadAsync();
        host.Published.Skip(before).ShouldHaveSingleItem().ShouldSatisfyAllConditions(p => p.Text.ShouldBe("acme: all is well again"), p => p.Revision.ShouldBe(2));
    }

    [Fact]
    public async Task The_feed_of_comments_names_who_wrote_each()
    {
        var article = await site.ArticleAsync("In the feed", "Comment here.");
        foreach (var text in Texts.All)
        {
            await site.CommentAsync(article, text, "Åsa & Żółć");
        }

        var host = await RealServer.Source("feed", new FeedOptions { Url = $"{site.Address}/in-the-feed/feed/" }).ReadAsync();
        host.Now.Values.Select(p => Texts.Plain(p.Text)).ShouldBe(Texts.All.Select(Texts.Plain), ignoreOrder: true);
        host.Now.Values.ShouldAllBe(p => p.Author!.Name == "Åsa & Żółć" && p.Url!.Contains("#comment-", StringComparison.Ordinal));
    }

    private string Id(long comment) => $"{site.Host}/comment-{comment}";
}
