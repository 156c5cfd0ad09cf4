using Serm.Demo.Feeds;

namespace Serm.Demo.Posts;

/// <summary>A post that appeared while the demo ran.</summary>
/// <param name="Number">0, 1, 2, ... since the first start.</param>
/// <param name="At">When, UTC.</param>
internal sealed record Appeared(int Number, DateTimeOffset At);

/// <summary>New posts without end. The same number always gives the same post, so that a restart changes nothing.</summary>
internal static class Trickle
{
    /// <summary>How long after its publication a post with an edit is edited.</summary>
    public static readonly TimeSpan EditAfter = TimeSpan.FromSeconds(90);

    private static readonly IReadOnlyList<SamplePost> Samples = SamplePosts.Trickle();

    private static readonly string[] Names = ["otter", "linden", "granit", "mango", "pixel", "kestrel", "tundra", "saffran", "comet", "birch", "delta", "plum", "raven", "cedar", "nimbus", "quartz"];

    /// <summary>Seconds until the post of this number, 8 to 40 and about 20 on average.</summary>
    public static double SecondsBefore(int number)
    {
        var random = new Random(unchecked((number * 7_919) + 17));
        return 8 + (32 * Math.Pow(random.NextDouble(), 1.6));
    }

    /// <summary>The post as it stands at a moment.</summary>
    /// <param name="appeared">Which and when.</param>
    /// <param name="start">The first start: keeps the ids of two demos apart.</param>
    /// <param name="now">The moment.</param>
    public static Entry Make(Appeared appeared, DateTimeOffset start, DateTimeOffset now)
    {
        var (round, place) = Math.DivRem(appeared.Number, Samples.Count);
        var order = Enumerable.Range(0, Samples.Count).ToArray();
        new Random(round).Shuffle(order);
        var sample = Samples[order[place]];
        var random = new Random(unchecked((appeared.Number * 104_729) + 5));
        var values = Blanks.Draw(random, SampleFeed.All.First(f => f.Name == sample.Feed).Language);
        var author = round == 0 ? sample.Author : $"{Names[random.Next(Names.Length)]}_{random.Next(10, 99)}";
        DateTimeOffset? edited = sample.Edit is not null && now >= appeared.At + EditAfter ? appeared.At + EditAfter : null;
        return new(
            $"t{start.ToUnixTimeSeconds() / 60}-{appeared.Number}",
            sample.Feed,
            author,
            sample.Title is null ? null : Blanks.Fill(sample.Title, values),
            Blanks.Fill(edited is null ? sample.Text : sample.Edit!, values),
            appeared.At,
            edited);
    }
}
