using Serm.Ingest.Connectors.Bluesky;

namespace Serm.Tests.Real.AtProto;

public sealed class ReadingBluesky
{
    private static readonly string[] Languages = ["en", "ru", "tr", "sv", "vi", "ar", "zh", "ja", "en", "en"];

    [Fact]
    public async Task A_search_finds_posts_with_their_threads_reactions_and_deletions()
    {
        using var writer = await AtPerson.JoinAsync();
        using var reader = await AtPerson.JoinAsync();
        var run = $"r{Guid.CreateVersion7().ToString("N")[^10..]}";
        var posts = new List<(string Uri, string Cid)>();
        foreach (var (text, language) in Texts.All.Zip(Languages))
        {
            // The first begins the thread, each further one answers the one before it.
            posts.Add(posts.Count == 0 ? await writer.PostAsync($"{text} {run}", language) : await writer.PostAsync($"{text} {run}", language, posts[0], posts[^1]));
        }

        await reader.LikeAsync(posts[0]);
        RealSource Search() => RealServer.Source("bluesky", new BlueskyOptions { Mode = "search", Service = RealServer.Address("ATPROTO"), Handle = reader.Handle, AppPassword = reader.Password, Terms = [run] });
        var source = Search();
        await source.UntilAsync(h => posts.TrueForAll(p => h.Now.ContainsKey(p.Uri)));
        var now = source.Host.Now;
        foreach (var (number, text) in Texts.All.Index())
        {
            var post = now[posts[number].Uri];
            (post.Text, post.Language, post.Author?.Handle, post.ParentNativeId, post.RootNativeId).ShouldBe(
                ($"{text} {run}", Languages[number], writer.Handle, number == 0 ? null : posts[number - 1].Uri, number == 0 ? null : posts[0].Uri));
        }

        // The reaction was counted some moment after the post was found.
        await RealSource.UntilAsync(async () => (await Search().ReadAsync()).Now.GetValueOrDefault(posts[0].Uri)?.Engagement is { Likes: 1, Replies: 1 });

        await writer.DeleteAsync(posts[3].Uri);
        await source.UntilAsync(h => h.Removed.Count > 0, recheck: true);
        source.Host.Removed.ShouldBe([posts[3].Uri]);
    }
}
