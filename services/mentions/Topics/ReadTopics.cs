using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A time whose mentions were looked at.</summary>
/// <param name="Mentions">How many there are that are not dismissed.</param>
/// <param name="LookedAt">How many of them were looked at: those that still have a text, at most 2,000, spread over the time as the mentions are.</param>
/// <param name="Complete">True when all were looked at that have a text.</param>
/// <param name="Voices">Authors of those that were looked at, or stories, whichever are fewer: what shares are of.</param>
/// <param name="Blind">A source was blind in it.</param>
public sealed record TopicTime(DateTimeOffset From, DateTimeOffset To, long Mentions, int LookedAt, bool Complete, int Voices, bool Blind);

/// <summary>The story that most of those looked at tell.</summary>
/// <param name="Id">The mention that leads it.</param>
/// <param name="Mentions">How many of those looked at tell it.</param>
/// <param name="Example">One of them.</param>
public sealed record LargestStory(Guid Id, int Mentions, Guid Example);

/// <summary>What is said of a brand in a time, and not before.</summary>
/// <param name="Sentiment">Only mentions of this label were looked at, now and before; null: of all.</param>
/// <param name="Now">The time asked for, in whole hours.</param>
/// <param name="Before">What it is compared with: the time that ends where it begins, as long, and at least a week.</param>
/// <param name="Compared">False when too little was said before: then nothing rises, and topics are what is told most.</param>
/// <param name="FewestVoices">Voices that are needed now for any topic to be told.</param>
/// <param name="Topics">What rises first, the most surprising first; then what is told often.</param>
/// <param name="Story">The largest story; null when none is told twice.</param>
/// <param name="Farthest">The mention that most people can have seen; null when of none that is known.</param>
public sealed record TopicsView(
    Guid BrandId, string? Sentiment, TopicTime Now, TopicTime Before, bool Compared, int FewestVoices, IReadOnlyList<BrandTopic> Topics, LargestStory? Story, Guid? Farthest);

/// <summary>Reading what is said of a brand. Which brands there are the service of mentions does not know: one that has none, or that is of no brand of the workspace, has no topics.</summary>
internal static class ReadTopics
{
    private const int DefaultLimit = 20;
    private const int MostTopics = 50;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    // An hour has too few neighbours to be compared with one of them, and a week has all hours of the day and all days.
    private static readonly TimeSpan ShortestBefore = TimeSpan.FromDays(7);

    /// <summary>What is said of a brand.</summary>
    /// <param name="sentiment"><c>negative</c>, <c>neutral</c>, <c>positive</c> or <c>unscored</c>; all without it.</param>
    /// <param name="limit">1 to 50 topics; 20 by default.</param>
    public static async Task<Ok<TopicsView>> Handle(
        Guid id, DateTimeOffset? from, DateTimeOffset? to, string? sentiment, int? limit, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostTopics)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {MostTopics}.");
        }

        var label = string.IsNullOrEmpty(sentiment) ? null : (short?)(sentiment == "unscored" ? InboxRows.Unscored : (short)InboxQuery.Parse<Sentiment>(sentiment, "sentiment"));
        var (asked, until, _) = ReadDynamics.Asked(from, to, "day", clock.GetUtcNow());
        if (until - asked > Longest || asked < DateTimeOffset.UnixEpoch.AddYears(1))
        {
            throw RuleViolation.Invalid("from", "out_of_range", $"from takes a time since 1971, at most {Longest.TotalDays:0} days before to.");
        }

        // Counts are kept by whole hours: the range grows outwards, as that of the dynamics does.
        var start = ReadDynamics.Hour(asked);
        var end = ReadDynamics.Hour(until.AddHours(1).AddTicks(-1));
        var back = start - (end - start > ShortestBefore ? end - start : ShortestBefore);
        back = back < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : back;
        var now = await TopicSamples.ReadAsync(dataSource, caller.Workspace, id, start, end, label, cancellationToken);
        var before = now.Posts.Count == 0 ? new(0, true, [], null) : await TopicSamples.ReadAsync(dataSource, caller.Workspace, id, back, start, label, cancellationToken);
        var topics = TopicFinder.Find(now.Posts, before.Posts, now.BrandName, limit ?? DefaultLimit, cancellationToken);
        var sides = (Now: await TimeAsync(start, end, now), Before: await TimeAsync(back, start, before));
        return TypedResults.Ok(new TopicsView(
            id, label is null ? null : sentiment!.ToLowerInvariant(), sides.Now, sides.Before, sides.Before.Voices >= TopicFinder.FewestBefore, TopicFinder.FewestVoices, topics, Largest(now.Posts), Farthest(now.Posts)));

        async Task<TopicTime> TimeAsync(DateTimeOffset begins, DateTimeOffset ends, TopicSample sample) => new(
            begins, ends, sample.Mentions, sample.Posts.Count, sample.Complete, TopicFinder.Voices(sample.Posts), (await ReadDynamics.GapsAsync(dataSource, caller.Workspace, begins, ends, cancellationToken)).Count > 0);
    }

    /// <summary>The story that most tell, the first by its id of several.</summary>
    internal static LargestStory? Largest(IReadOnlyList<TopicPost> posts) => posts
        .GroupBy(p => p.Story)
        .Where(g => g.Skip(1).Any())
        .OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
        .Select(g => new LargestStory(g.Key, g.Count(), g.OrderByDescending(p => p.Id == g.Key).ThenByDescending(p => p.Reach ?? 0).ThenBy(p => p.Id).First().Id))
        .FirstOrDefault();

    /// <summary>The mention that most people can have seen.</summary>
    internal static Guid? Farthest(IReadOnlyList<TopicPost> posts) => posts.Where(p => p.Reach > 0).OrderByDescending(p => p.Reach).ThenBy(p => p.Id).FirstOrDefault()?.Id;
}
