using System.Globalization;
using Serm.Demo.Posts;

namespace Serm.Demo.Networks;

/// <summary>One invented post on a network.</summary>
/// <param name="Id">Never changes.</param>
/// <param name="Network">Name of one of <see cref="SampleNetwork.All"/>.</param>
/// <param name="DaysAgo">Whole days before the first start; 0 for those that appear later.</param>
/// <param name="At">Time of day, UTC.</param>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Author">A pseudonym of two words where the network has first and last names.</param>
/// <param name="Followers">Of the author; 0 where the network does not tell.</param>
/// <param name="Likes">How many come in the end.</param>
/// <param name="Parent">Id of the post of the history that it answers; null for none.</param>
/// <param name="Title">Null where there is none.</param>
/// <param name="Text">Plain text.</param>
/// <param name="After">The text after an edit, or <see cref="Gone"/>; null when nothing becomes of it.</param>
internal sealed record NetworkSample(string Id, string Network, int DaysAgo, TimeOnly At, string Language, string Author, long Followers, long Likes, string? Parent, string? Title, string Text, string? After)
{
    /// <summary>What stands for a post that its author deletes.</summary>
    public const string Gone = "(deleted)";

    /// <summary>When it was published, given when the demo was first started.</summary>
    public DateTimeOffset PublishedAt(DateTimeOffset start) => SamplePost.Before(start, DaysAgo, At);
}

/// <summary>The samples, which are tab-separated lines in <c>Networks/*.tsv</c>.</summary>
internal static class NetworkSamples
{
    /// <summary>What was there before the start, answers behind what they answer. Columns: id, network, days ago, time, tone, language, author, followers, likes, parent, title, text.</summary>
    public static IReadOnlyList<NetworkSample> History() =>
        [.. SamplePosts.Lines("Networks/history.tsv").Select(l => SamplePosts.Parts(l, 12, 12)).Select(p => Of(p[0], p[1], int.Parse(p[2], CultureInfo.InvariantCulture), TimeOnly.ParseExact(p[3], "HH:mm", CultureInfo.InvariantCulture), p[5..], null))];

    /// <summary>What appears while the demo runs. Columns: id, network, tone, language, author, followers, likes, parent, title, text, and what becomes of it (may be missing).</summary>
    public static IReadOnlyList<NetworkSample> Later() =>
        [.. SamplePosts.Lines("Networks/later.tsv").Select(l => SamplePosts.Parts(l, 10, 11)).Select(p => Of(p[0], p[1], 0, default, p[3..10], p.Length > 10 ? p[10] : null))];

    private static NetworkSample Of(string id, string network, int daysAgo, TimeOnly at, string[] rest, string? after) => new(
        id, network, daysAgo, at, rest[0], rest[1], long.Parse(rest[2], CultureInfo.InvariantCulture), long.Parse(rest[3], CultureInfo.InvariantCulture), SamplePosts.Maybe(rest[4]), SamplePosts.Maybe(rest[5]), SamplePosts.Text(rest[6]), after is null ? null : SamplePosts.Text(after));
}
