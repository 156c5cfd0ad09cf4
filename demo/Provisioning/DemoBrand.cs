using Serm.Demo.Networks;
using Serm.Demo.Posts;

namespace Serm.Demo.Provisioning;

/// <summary>A brand of the demo. Neither company exists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Query">The boolean query that finds it.</param>
/// <param name="Stems">Every post with one of these, and none of <paramref name="Not"/>, is found.</param>
/// <param name="Not">What the query leaves out.</param>
internal sealed record DemoBrand(string Name, string Query, IReadOnlyList<string> Stems, IReadOnlyList<string> Not)
{
    private static readonly string[] Jobs = ["we are hiring", "вакансия", "iş ilanı", "vi söker", "tuyển dụng"];

    /// <summary>The brand that the demo looks after. Job advertisements are left out.</summary>
    public static readonly DemoBrand Ours = new("Parvelta", $"(parvelta* OR парвельт*) NOT ({string.Join(" OR ", Jobs.Select(j => $"\"{j}\""))})", ["parvelta", "парвельт"], Jobs);

    /// <summary>Whom people compare it with.</summary>
    public static readonly DemoBrand Competitor = new("Tovrix", "tovrix* OR товрикс*", ["tovrix", "товрикс"], []);

    /// <summary>True for a post that the query is to find.</summary>
    public bool Finds(SamplePost post) => Finds(post.Title, post.Text);

    /// <summary>True for a post on a network that the query is to find.</summary>
    public bool Finds(NetworkSample post) => Finds(post.Title, post.Text);

    private bool Finds(string? title, string body)
    {
        // Ordinal comparison does not know that İ is the capital of i.
        var text = $"{title}\n{body}".Replace('İ', 'i');
        return Stems.Any(Has) && !Not.Any(Has);

        bool Has(string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}
