using Serm.Ingest.Connectors.Feed;
using Serm.Tests.Feeds;

namespace Serm.Tests.Unit.Ingest.Feeds;

/// <summary>The corpus of the bench: every dialect in every state of damage is read as it was meant.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Every_feed_is_read_without_loss()
    {
        var lost = new List<string>();
        foreach (var feed in FeedCorpus.All())
        {
            var items = FeedReader.Read(feed.Bytes, new(new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero))) is FeedReading.Read { Document.Items: var read } ? read : [];
            lost.AddRange(feed.Posts.Select((p, i) => (p, Item: items.ElementAtOrDefault(i)))
                .Where(x => x.Item is null || Bare(x.Item.Title) != Bare(x.p.Title) || x.Item.Link != x.p.Link || !Bare(x.Item.Text).Contains(Bare(x.p.Body), StringComparison.Ordinal)
                    || x.Item.Author?.Name != x.p.Author || x.Item.Published != x.p.Published)
                .Select(x => $"{feed.Name}: {x.Item}"));
        }

        lost.ShouldBeEmpty();
    }

    private static string Bare(string? text) => string.Concat((text ?? "").Where(c => !char.IsWhiteSpace(c)));
}
