using System.Collections;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>A topic with what the search of the inbox finds for it.</summary>
/// <param name="Key">Its key among <see cref="Phrases"/>.</param>
/// <param name="Words">What is searched for.</param>
/// <param name="Found">The mentions that are found, as <see cref="TopicIndex"/> numbers them.</param>
/// <param name="Now">How many of them are of now: the first.</param>
internal sealed record Counted(BrandTopic Topic, ulong Key, IReadOnlySet<string> Words, BitArray Found, int Now)
{
    // Topics with this share of mentions in common are one.
    private const double Same = 0.5;

    /// <summary>Counts a topic.</summary>
    public static Counted Of(TopicSurface surface, TopicCorpus corpus, TopicIndex index, TopicWeights weights)
    {
        var parts = Phrases.Groups(surface.Key).Distinct().Select(index.Word).ToList();
        var found = parts.Skip(1).Aggregate(new BitArray(parts[0].Found), (a, b) => a.And(b.Found));
        var now = Enumerable.Range(0, corpus.Now.Length).Where(i => found[i]).ToList();
        var before = Enumerable.Range(0, corpus.Before.Length).Where(i => found[corpus.Now.Length + i]).Select(i => corpus.Before[i]).ToList();
        var posts = now.ConvertAll(i => corpus.Now[i].Post);
        var (told, toldBefore) = (Told(now.ConvertAll(i => corpus.Now[i])), Told(before));
        var (score, rising) = weights.Of(told, toldBefore);
        var judged = posts.Count(p => p.Label != InboxRows.Unscored);
        var topic = new BrandTopic(
            surface.Text,
            string.Join(' ', parts.Select(p => p.Query).Distinct(StringComparer.Ordinal)),
            surface.Language,
            rising,
            Math.Round(score, 2),
            posts.Count,
            before.Count,
            told.Voices,
            toldBefore.Voices,
            posts.Select(p => p.Author ?? p.Id).Distinct().Count(),
            posts.Select(p => p.Source).Distinct().Count(),
            judged == 0 ? null : Math.Round(posts.Count(p => p.Label == (short)Sentiment.Negative) / (double)judged, 4),
            [],
            Examples(now, surface, corpus));
        return new(topic, surface.Key, parts.Select(p => p.Query).ToHashSet(StringComparer.Ordinal), found, corpus.Now.Length);
    }

    /// <summary>True when both are of the same mentions of now.</summary>
    public bool IsSame(Counted other)
    {
        if (Words.SetEquals(other.Words))
        {
            return true;
        }

        var (both, either) = (0, 0);
        for (var i = 0; i < Now; i++)
        {
            both += Found[i] && other.Found[i] ? 1 : 0;
            either += Found[i] || other.Found[i] ? 1 : 0;
        }

        return both >= Same * either;
    }

    /// <summary>True when it has a word that the topic has not told yet.</summary>
    public bool AddsTo(Counted topic)
    {
        var known = topic.Topic.Also.Append(topic.Topic.Text).SelectMany(t => t.Split(' ')).ToHashSet(StringComparer.Ordinal);
        return Topic.Text.Split(' ').Any(w => !known.Contains(w)) && !Words.Overlaps(topic.Words);
    }

    private static (int Voices, ulong Languages) Told(IReadOnlyList<CutPost> posts) => (TopicFinder.Voices(posts.Select(p => p.Post)), posts.Aggregate(0UL, (all, p) => all | p.Language));

    // That have it as it is written; one of a story.
    private static IReadOnlyList<Guid> Examples(List<int> now, TopicSurface surface, TopicCorpus corpus) =>
    [
        .. now.OrderByDescending(surface.Posts.Contains).ThenByDescending(i => corpus.Now[i].Post.Reach ?? 0).ThenBy(i => corpus.Now[i].Post.Id)
            .DistinctBy(i => corpus.Now[i].Story).Take(2).Select(i => corpus.Now[i].Post.Id),
    ];
}
