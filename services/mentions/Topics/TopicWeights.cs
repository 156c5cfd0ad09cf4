namespace Serm.Mentions;

/// <summary>Weighs how many voices tell something now and before.</summary>
/// <param name="corpus">Whose mentions they are.</param>
/// <param name="comparisons">How many phrases are compared.</param>
internal sealed class TopicWeights(TopicCorpus corpus, int comparisons)
{
    // A share rises when it is this many times what it was: of many voices less would be more than chance, but no news.
    private const double LeastRise = 1.5;

    private readonly bool compared = TopicFinder.Voices(corpus.Before.Select(p => p.Post)) >= TopicFinder.FewestBefore;
    private readonly double surprising = LogLikelihood.OnceIn(comparisons);
    private readonly Dictionary<ulong, (int Now, int Before)> voices = [];

    /// <summary>The score, and whether it is a rise.</summary>
    public (double Score, bool Rising) Of((int Voices, ulong Languages) now, (int Voices, ulong Languages) before)
    {
        if (!compared)
        {
            return (0, false);
        }

        var (all, allBefore) = In(now.Languages | before.Languages);
        var score = LogLikelihood.Signed(now.Voices, all, before.Voices, allBefore);
        return (score, score >= surprising && (double)now.Voices * allBefore >= LeastRise * before.Voices * all);
    }

    // Voices in some languages.
    private (int Now, int Before) In(ulong languages)
    {
        if (!voices.TryGetValue(languages, out var found))
        {
            voices[languages] = found = (Count(corpus.Now), Count(corpus.Before));
        }

        return found;

        int Count(CutPost[] posts) => TopicFinder.Voices(posts.Where(p => (p.Language & languages) != 0).Select(p => p.Post));
    }
}
