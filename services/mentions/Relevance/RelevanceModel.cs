namespace Serm.Mentions;

/// <summary>A mention on which people decided.</summary>
/// <param name="Relevant">True when somebody took it up, false when it was dismissed as irrelevant or as not about the brand.</param>
/// <param name="Signs">What it shows, each once; see <see cref="RelevanceModel.Signs"/>.</param>
internal sealed record RelevanceExample(bool Relevant, IReadOnlyList<string> Signs);

/// <summary>A sign and what it says.</summary>
/// <param name="Kind"><c>word</c>, <c>author</c> or <c>source</c>.</param>
/// <param name="Text">The word, or the name of the source; null for an author.</param>
/// <param name="Weight">Above 0 speaks against relevance, below 0 for it: the logarithm of how the odds are with it against how they are on the whole, less its standard error.</param>
/// <param name="Dismissed">Dismissed mentions with it.</param>
/// <param name="TakenUp">Mentions with it that somebody took up.</param>
public sealed record RelevanceSign(string Kind, string? Text, double Weight, int Dismissed, int TakenUp);

/// <summary>How likely a mention is one of those that this brand's people dismiss. A hint: nothing is hidden or moved by it.</summary>
/// <param name="Dismissal">Probability, 0 to 1, that it would be dismissed as irrelevant or as not about the brand.</param>
/// <param name="Unlikely">True when it is shown as probably not relevant.</param>
/// <param name="Signs">What weighed most, the heaviest first, at most 6.</param>
public sealed record RelevanceView(double Dismissal, bool Unlikely, IReadOnlyList<RelevanceSign> Signs);

/// <summary>What a brand's dismissals teach: naive Bayes over the words of a text, its author and its source. Simple on purpose: every weight is two counts that a person can check.</summary>
internal sealed class RelevanceModel
{
    /// <summary>From this probability on a mention is shown as probably not relevant.</summary>
    public const double Threshold = 0.9;

    /// <summary>Fewer decisions of either kind teach nothing.</summary>
    public const int Fewest = 10;

    /// <summary>Of the mentions that it would have marked, so many must have been dismissed indeed, or it marks none.</summary>
    public const double Precision = 0.8;

    // The words of one text depend on each other, so that all of them together would be far too sure.
    private const int Heaviest = 12;
    private const int Shown = 6;

    private readonly Dictionary<string, (int Dismissed, int TakenUp)> counts = new(StringComparer.Ordinal);

    /// <summary>Counts.</summary>
    public RelevanceModel(IReadOnlyList<RelevanceExample> examples)
    {
        foreach (var example in examples)
        {
            foreach (var sign in example.Signs)
            {
                var (dismissed, taken) = counts.GetValueOrDefault(sign);
                counts[sign] = example.Relevant ? (dismissed, taken + 1) : (dismissed + 1, taken);
            }
        }

        TakenUp = examples.Count(e => e.Relevant);
        Dismissed = examples.Count - TakenUp;

        // Each decision is asked of the others: what it would have said had it not been told.
        var marked = Teaches ? examples.Where(e => Score(e.Signs, without: e).Dismissal >= Threshold).ToList() : [];
        (Marked, MarkedRightly) = (marked.Count, marked.Count(e => !e.Relevant));
    }

    /// <summary>Mentions that were dismissed as irrelevant or as not about the brand.</summary>
    public int Dismissed { get; }

    /// <summary>Mentions that somebody took up.</summary>
    public int TakenUp { get; }

    /// <summary>Decisions that it would have marked, each judged without itself.</summary>
    public int Marked { get; }

    /// <summary>Of these, those that were dismissed indeed.</summary>
    public int MarkedRightly { get; }

    /// <summary>There is enough to learn from.</summary>
    public bool Teaches => Dismissed >= Fewest && TakenUp >= Fewest;

    /// <summary>It has shown that it may mark mentions.</summary>
    public bool Speaks => Teaches && Marked > 0 && MarkedRightly >= Precision * Marked;

    /// <summary>The signs of a mention.</summary>
    /// <param name="words">Of its title and text, in lower case.</param>
    /// <param name="author">Stands for its author; null when nobody is named.</param>
    /// <param name="source">Name of its source.</param>
    public static IReadOnlyList<string> Signs(IEnumerable<string> words, Guid? author, string source) =>
        [.. words.Where(w => w.Length > 1).Select(w => $"word:{w}").Concat(author is { } a ? [$"author:{a}"] : []).Append($"source:{source}").Distinct(StringComparer.Ordinal)];

    /// <summary>What it says of a mention; null while it may not speak.</summary>
    public RelevanceView? Judge(IReadOnlyList<string> signs) => Speaks ? Score(signs, without: null) : null;

    /// <summary>The signs that say most, of all that it knows.</summary>
    public IReadOnlyList<RelevanceSign> Strongest(bool against, int most) =>
        [.. counts.Where(c => c.Value.Dismissed + c.Value.TakenUp > 2).Select(c => Sign(c.Key, Weight(c.Key, null))).Where(s => s.Weight > 0 == against).OrderByDescending(s => Math.Abs(s.Weight)).ThenBy(s => s.Text, StringComparer.Ordinal).Take(most)];

    private RelevanceView Score(IReadOnlyList<string> signs, RelevanceExample? without)
    {
        var heaviest = signs.Select(s => (Sign: s, Weight: Weight(s, without))).Where(s => s.Weight != 0).OrderByDescending(s => Math.Abs(s.Weight)).ThenBy(s => s.Sign, StringComparer.Ordinal).Take(Heaviest).ToList();
        var odds = heaviest.Sum(s => s.Weight) + Math.Log((Dismissed + 1.0) / (TakenUp + 1.0));
        var dismissal = 1 / (1 + Math.Exp(-odds));
        return new(Math.Round(dismissal, 4), dismissal >= Threshold, [.. heaviest.Take(Shown).Select(s => Sign(s.Sign, s.Weight))]);
    }

    // Seen once says nothing: a name or a typing error.
    private double Weight(string sign, RelevanceExample? without)
    {
        var (dismissed, taken) = counts.GetValueOrDefault(sign);
        var (allDismissed, allTaken) = (Dismissed, TakenUp);
        if (without is { Relevant: false })
        {
            (dismissed, allDismissed) = (dismissed - 1, allDismissed - 1);
        }
        else if (without is not null)
        {
            (taken, allTaken) = (taken - 1, allTaken - 1);
        }

        if (dismissed + taken < 2)
        {
            return 0;
        }

        // Less one standard error of a logarithm of odds: a rare word says little, whichever side is the smaller.
        var odds = Math.Log((dismissed + 0.5) / (taken + 0.5)) - Math.Log((allDismissed + 1.0) / (allTaken + 1.0));
        var error = Math.Sqrt((1 / (dismissed + 0.5)) + (1 / (taken + 0.5)));
        return Math.Sign(odds) * Math.Max(0, Math.Abs(odds) - error);
    }

    private RelevanceSign Sign(string sign, double weight)
    {
        var (dismissed, taken) = counts[sign];
        var colon = sign.IndexOf(':', StringComparison.Ordinal);
        return new(sign[..colon], sign.StartsWith("author:", StringComparison.Ordinal) ? null : sign[(colon + 1)..], Math.Round(weight, 2), dismissed, taken);
    }
}
