namespace Serm.Mentions;

/// <summary>What is said of a brand, in a word or phrase.</summary>
/// <param name="Text">The phrase as it is written most often, in lower case but for names.</param>
/// <param name="Q">Finds its mentions in the inbox, with the same brand, time and sentiment, whatever their status but dismissed: as many as <paramref name="Mentions"/> where all were looked at.</param>
/// <param name="Language">In which it is written most often; ISO code.</param>
/// <param name="Rising">It is told by a larger share than before, by more than chance would do; false for what is merely told often.</param>
/// <param name="Score">Log-likelihood ratio G2 of the shares of voices now and before, below zero where the share has fallen; 0 where there is nothing to compare with.</param>
/// <param name="Mentions">Of those that were looked at, how many have it.</param>
/// <param name="MentionsBefore">Of those of the time before that were looked at.</param>
/// <param name="Voices">By how many authors it is told, or in how many stories, whichever are fewer: a text that is copied, and somebody who repeats it, count once.</param>
/// <param name="VoicesBefore">The same of the time before.</param>
/// <param name="Authors">Who tell it; of those that nobody is named for each is one.</param>
/// <param name="Sources">Where it is told.</param>
/// <param name="NegativeShare">Negative of its mentions that are judged, 0 to 1; null when none is.</param>
/// <param name="Also">Other words of the same mentions, at most 3.</param>
/// <param name="Examples">One or two of its mentions, those that most people can have seen first.</param>
public sealed record BrandTopic(
    string Text, string Q, string Language, bool Rising, double Score, int Mentions, int MentionsBefore, int Voices, int VoicesBefore, int Authors, int Sources, double? NegativeShare,
    IReadOnlyList<string> Also, IReadOnlyList<Guid> Examples);

/// <summary>
/// Finds the words and phrases that are told more than before. What counts are voices: stories or authors, whichever are fewer. The share of voices that tell a phrase, of those in the languages in which it is told (so
/// that a day on which more is written in one of them is no rise of all its words), is compared with that before by <see cref="LogLikelihood"/>; it has to be so much larger that chance would do it to about one of all that are compared. Of phrases that stand in each other the longer wins where it explains the shorter, and topics of the same mentions become one. At last all is counted anew as the search of the
/// inbox finds it, so that a topic says what a person finds behind it. Pure: the order of mentions changes nothing.
/// </summary>
internal static class TopicFinder
{
    /// <summary>Voices without which nothing is said.</summary>
    public const int FewestVoices = 10;

    /// <summary>Voices of the time before without which nothing is compared.</summary>
    public const int FewestBefore = 20;

    // Of a topic: at least so many voices, and this share of all.
    private const int FewestOfTopic = 3;
    private const double LeastShare = 0.005;

    // A phrase explains a shorter one that stands in it when it is told by this share of its voices.
    private const double Explains = 0.66;

    /// <summary>The topics of a sample: what rises first, by score, then what is told often, by voices.</summary>
    public static IReadOnlyList<BrandTopic> Find(IReadOnlyList<TopicPost> now, IReadOnlyList<TopicPost> before, string? brandName, int limit, CancellationToken cancellationToken)
    {
        if (Voices(now) < FewestVoices)
        {
            return [];
        }

        var corpus = TopicCorpus.Of(now, before, brandName, cancellationToken);
        var phrases = new Phrases(corpus, cancellationToken);
        var fewest = Math.Max(FewestOfTopic, (int)Math.Ceiling(Voices(now) * LeastShare));
        var words = phrases.Count(corpus.Now, (key, _) => key == 0);
        var told = phrases.Count(corpus.Now, (_, word) => words[word].Voices >= fewest).Where(t => t.Value.Voices >= fewest).ToDictionary();
        var toldBefore = phrases.Count(corpus.Before, (key, word) => told.ContainsKey(Phrases.Next(key, word)));
        var explained = told.SelectMany(t => Phrases.Parts(t.Key).Where(part => told.TryGetValue(part, out var p) && t.Value.Voices >= Explains * p.Voices)).ToHashSet();
        var weights = new TopicWeights(corpus, told.Count - explained.Count);
        var weighed = told
            .Where(t => !explained.Contains(t.Key))
            .Select(t => (t.Key, t.Value.Voices, Weight: weights.Of(t.Value, toldBefore.GetValueOrDefault(t.Key))))
            .ToList();

        // More than are asked for: some turn out to be the same, or no topics.
        var room = (limit * 3) + 20;
        var names = weighed.ToDictionary(w => w.Key, w => corpus.NameOf(w.Key));
        var risen = weighed.Where(w => w.Weight.Rising).OrderByDescending(w => w.Weight.Score).ThenBy(w => names[w.Key], StringComparer.Ordinal).Take(room);
        var often = weighed.Where(w => corpus.SaysEnough(w.Key)).OrderByDescending(w => w.Voices).ThenBy(w => names[w.Key], StringComparer.Ordinal).Take(room);
        var found = TopicSurfaces.Of(corpus, phrases, [.. risen.Concat(often).Select(w => w.Key)]);
        var index = new TopicIndex(corpus);
        var counted = found
            .Select(s => Counted.Of(s, corpus, index, weights))
            .Where(c => c.Topic.Voices >= fewest && (c.Topic.Rising || corpus.SaysEnough(c.Key)))
            .OrderByDescending(c => c.Topic.Rising).ThenByDescending(c => c.Topic.Rising ? c.Topic.Score : c.Topic.Voices).ThenByDescending(c => c.Words.Count).ThenBy(c => c.Topic.Text, StringComparer.Ordinal).ThenBy(c => names[c.Key], StringComparer.Ordinal);
        return Merge(counted, limit, cancellationToken);
    }

    /// <summary>Stories or authors, whichever are fewer.</summary>
    public static int Voices(IEnumerable<TopicPost> posts)
    {
        var (stories, authors) = (new HashSet<Guid>(), new HashSet<Guid>());
        foreach (var post in posts)
        {
            stories.Add(post.Story);
            authors.Add(post.Author ?? post.Id);
        }

        return Math.Min(stories.Count, authors.Count);
    }

    private static IReadOnlyList<BrandTopic> Merge(IEnumerable<Counted> counted, int limit, CancellationToken cancellationToken)
    {
        var topics = new List<Counted>();
        foreach (var next in counted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var at = topics.FindIndex(t => t.IsSame(next));
            if (at < 0)
            {
                topics.Add(next);
            }
            else if (topics[at].Topic.Also.Count < 3 && topics[at].Topic.Rising == next.Topic.Rising && next.AddsTo(topics[at]))
            {
                topics[at] = topics[at] with { Topic = topics[at].Topic with { Also = [.. topics[at].Topic.Also, next.Topic.Text] } };
            }
        }

        return [.. topics.Take(limit).Select(t => t.Topic)];
    }
}
