namespace Serm.Alerts;

/// <summary>A term and how often it was said.</summary>
/// <param name="Text">A word or two neighbouring ones.</param>
/// <param name="Recent">Mentions of the sample that say it in the recent hours.</param>
/// <param name="Before">Mentions of the sample that said it in the days before.</param>
/// <param name="Mentions">Some of the recent ones.</param>
internal sealed record TermCount(string Text, int Recent, int Before, IReadOnlyList<Guid> Mentions);

/// <summary>Terms that rise together.</summary>
/// <param name="Terms">The strongest first, at most 5.</param>
/// <param name="Observed">Recent mentions that say the strongest.</param>
/// <param name="Expected">What its share before lets expect.</param>
/// <param name="Score">Log-likelihood ratio.</param>
/// <param name="Mentions">Samples.</param>
internal sealed record Topic(IReadOnlyList<string> Terms, int Observed, double Expected, double Score, IReadOnlyList<Guid> Mentions);

/// <summary>Finds terms whose share of what is said has risen: log-likelihood ratio of Poisson counts (Dunning, "Accurate methods for the statistics of surprise and coincidence", 1993). Pure.</summary>
internal static class Rising
{
    /// <summary>Recent hours that are looked at.</summary>
    public const int Hours = 3;

    /// <summary>The time before that a share is compared with.</summary>
    public static readonly TimeSpan Before = TimeSpan.FromDays(7);

    /// <summary>Mentions of the days before without which nothing is said.</summary>
    public const int FewestBefore = 100;

    private const int MostTopics = 5;
    private const int MostTerms = 5;

    // A term that was never said is not infinitely surprising: so many mentions more, spread over the sample.
    private const double Prior = 0.5;

    // A share has to be this many times what it was.
    private const double LeastRatio = 3;

    /// <summary>The topics that rise, the strongest first.</summary>
    /// <param name="terms">All terms of the recent hours.</param>
    /// <param name="recent">Mentions in the recent sample.</param>
    /// <param name="before">Mentions in the sample before.</param>
    /// <param name="caution">How much evidence is wanted.</param>
    public static IReadOnlyList<Topic> Find(IReadOnlyList<TermCount> terms, int recent, int before, Caution caution)
    {
        if (before < FewestBefore || recent == 0)
        {
            return [];
        }

        var rising = terms
            .Where(t => t.Recent >= caution.Fewest)
            .Select(t => (Term: t, Expected: (t.Before + Prior) * recent / (before + (2 * Prior))))
            .Where(t => t.Term.Recent >= LeastRatio * t.Expected)
            .Select(t => (t.Term, t.Expected, Score: (t.Term.Recent * Math.Log(t.Term.Recent / t.Expected)) - (t.Term.Recent - t.Expected)))
            .Where(t => t.Score >= caution.Evidence)
            .OrderByDescending(t => t.Score).ThenByDescending(t => t.Term.Text.Length).ThenBy(t => t.Term.Text, StringComparer.Ordinal);
        var topics = new List<Topic>();
        foreach (var (term, expected, score) in rising)
        {
            // Terms of the same mentions are one topic.
            var at = topics.FindIndex(t => 2 * t.Mentions.Intersect(term.Mentions).Count() >= Math.Min(t.Mentions.Count, term.Mentions.Count));
            if (at < 0)
            {
                if (topics.Count < MostTopics)
                {
                    topics.Add(new([term.Text], term.Recent, Math.Round(expected, 2), Math.Round(score, 2), term.Mentions));
                }
            }
            else if (topics[at].Terms.Count < MostTerms && !topics[at].Terms.Any(known => known.Split(' ').Intersect(term.Text.Split(' '), StringComparer.Ordinal).Any()))
            {
                topics[at] = topics[at] with { Terms = [.. topics[at].Terms, term.Text] };
            }
        }

        return topics;
    }
}
