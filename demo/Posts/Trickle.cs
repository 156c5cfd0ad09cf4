using System.Globalization;
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

    private static readonly Dictionary<string, string[]> Cities = new(StringComparer.Ordinal)
    {
        ["en"] = ["Leeds", "Bristol", "Cork", "Dundee", "Norwich", "Swansea"],
        ["ru"] = ["Казань", "Тверь", "Пермь", "Самара", "Рязань", "Томск"],
        ["tr"] = ["Bursa", "Eskişehir", "Konya", "Trabzon", "Mersin", "Kayseri"],
        ["sv"] = ["Umeå", "Örebro", "Lund", "Gävle", "Borås", "Visby"],
        ["vi"] = ["Đà Nẵng", "Huế", "Cần Thơ", "Hải Phòng", "Nha Trang", "Vinh"],
    };

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
        var cities = Cities[SampleFeed.All.First(f => f.Name == sample.Feed).Language];
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["{code}"] = $"PV{random.Next(100_000, 999_999)}",
            ["{city}"] = cities[random.Next(cities.Length)],
            ["{n}"] = random.Next(2, 9).ToString(CultureInfo.InvariantCulture),
            ["{time}"] = $"{random.Next(8, 20)}:{random.Next(0, 12) * 5:00}",
        };
        var author = round == 0 ? sample.Author : $"{Names[random.Next(Names.Length)]}_{random.Next(10, 99)}";
        DateTimeOffset? edited = sample.Edit is not null && now >= appeared.At + EditAfter ? appeared.At + EditAfter : null;
        return new(
            $"t{start.ToUnixTimeSeconds() / 60}-{appeared.Number}",
            sample.Feed,
            author,
            sample.Title is null ? null : Fill(sample.Title, values),
            Fill(edited is null ? sample.Text : sample.Edit!, values),
            appeared.At,
            edited);
    }

    private static string Fill(string text, Dictionary<string, string> values) => values.Aggregate(text, (filled, value) => filled.Replace(value.Key, value.Value, StringComparison.Ordinal));
}
