using System.Security.Cryptography;
using System.Text;
using Serm.Demo.Posts;
using Serm.Simulator;

namespace Serm.Demo.Networks;

/// <summary>Posts on the networks, those of the history and then others without end. The same number always gives the same post, so that a restart changes nothing.</summary>
internal static class NetworkTrickle
{
    /// <summary>How long after its publication a post is edited.</summary>
    public static readonly TimeSpan EditAfter = TimeSpan.FromSeconds(90);

    /// <summary>How long after its publication a post is deleted.</summary>
    public static readonly TimeSpan DeleteAfter = TimeSpan.FromMinutes(4);

    /// <summary>When reactions are counted: ages of a post, in minutes.</summary>
    public static readonly IReadOnlyList<int> Countings = [2, 6, 15, 40, 90, 240, 720];

    // Ids of the history are minutes before the start; those that come later lie above all of them.
    private const long FirstLater = 1_000_000;

    private static readonly IReadOnlyList<NetworkSample> Samples = NetworkSamples.Later();

    /// <summary>Seconds until the post of this number, 20 to 80 and about 45 on average.</summary>
    public static double SecondsBefore(int number)
    {
        var random = new Random(unchecked((number * 6_101) + 23));
        return 20 + (60 * Math.Pow(random.NextDouble(), 1.4));
    }

    /// <summary>A post of the history.</summary>
    /// <param name="known">Posts of the history by the sample's id: those that it may answer.</param>
    public static SimPost Make(NetworkSample sample, DateTimeOffset start, IReadOnlyDictionary<string, SimPost> known)
    {
        var at = sample.PublishedAt(start);
        return Post(sample, 10 * (long)(at - new DateTimeOffset(start.UtcDateTime.Date, TimeSpan.Zero).AddDays(-15)).TotalMinutes, at, sample.Author, sample.Text, sample.Title, known);
    }

    /// <summary>A post that appears while the demo runs, its sample, and the text after its edit.</summary>
    public static (NetworkSample Sample, SimPost Post, string? After) Make(Appeared appeared, IReadOnlyDictionary<string, SimPost> known)
    {
        var (round, place) = Math.DivRem(appeared.Number, Samples.Count);
        var order = Enumerable.Range(0, Samples.Count).ToArray();
        new Random(round).Shuffle(order);
        var sample = Samples[order[place]];
        var random = new Random(unchecked((appeared.Number * 104_729) + 11));
        var values = Blanks.Draw(random, sample.Language);

        // What comes again is written by somebody else of the same place.
        var authors = Samples.Where(s => s.Network == sample.Network && s.Language == sample.Language).Select(s => s.Author).Distinct(StringComparer.Ordinal).ToList();
        var author = round == 0 ? sample.Author : authors[random.Next(authors.Count)];
        var post = Post(sample, FirstLater + appeared.Number, appeared.At, author, Blanks.Fill(sample.Text, values), sample.Title, known);
        return (sample, post, sample.After is null or NetworkSample.Gone ? sample.After : Blanks.Fill(sample.After, values));
    }

    /// <summary>Likes at some age: fast at first, and all of them in the end.</summary>
    public static long Likes(NetworkSample sample, TimeSpan age) => (long)Math.Round(sample.Likes * (1 - Math.Exp(-age.TotalMinutes / 60)));

    private static SimPost Post(NetworkSample sample, long id, DateTimeOffset at, string author, string text, string? title, IReadOnlyDictionary<string, SimPost> known) => new(
        id + SampleNetwork.All.First(n => n.Name == sample.Network).FirstId, "main", Author(author, sample.Followers), text, at)
    {
        Parent = sample.Parent is { } parent ? known[parent] : null,
        Title = title,
        Language = sample.Language,
        Shares = 0,
        Views = 0,
    };

    // No network gives a handle that ends so.
    private static SimAuthor Author(string name, long followers) =>
        new(BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(name))) & 0xFF_FFFF_FFFF, name, $"{name.ToLowerInvariant().Replace(' ', '_')}_", followers);
}
