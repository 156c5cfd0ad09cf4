using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>What a rule about a single mention looks at: the same for a live mention and for a row of history.</summary>
/// <param name="BrandId">The brand.</param>
/// <param name="SourceId">The source.</param>
/// <param name="Language">ISO 639 code.</param>
/// <param name="Negative">Probability, 0 to 1.</param>
/// <param name="Reach">Null when not known.</param>
/// <param name="Words">Hashes of the words in order: all of a live mention, the first <see cref="Serm.Alerts.Words.Kept"/> of a row of history.</param>
/// <param name="Authors">Hashes of id, name and handle.</param>
/// <param name="Urgent">What the verdict says of itself; null where it says nothing.</param>
internal readonly record struct MentionFacts(Guid BrandId, Guid SourceId, string Language, float Negative, long? Reach, int[] Words, int[] Authors, bool? Urgent = null)
{
    /// <summary>From this probability on a verdict is urgent that does not say it of itself: it was made by a model without thresholds for languages, or before verdicts told.</summary>
    public const float UrgentFrom = 0.8f;

    private static readonly ThreadLocal<List<int>> Scratch = new(() => new(Alerts.Words.Kept));

    /// <summary>The facts of a judged mention.</summary>
    public static MentionFacts Of(MentionScored scored)
    {
        var post = scored.Mention.Post;
        var words = Scratch.Value!;
        words.Clear();
        Alerts.Words.Read(post.Title, words);
        Alerts.Words.Read(post.Text, words);
        int[] authors = post.Author is { } a ? [.. new[] { a.Handle, a.Name, a.Id }.Where(n => !string.IsNullOrEmpty(n)).Select(n => Alerts.Words.Hash(n)).Distinct()] : [];
        return new(scored.Mention.Brand.Id, post.SourceId, post.Language, scored.Verdict.Negative, post.Reach, [.. words], authors, scored.Verdict.Urgent);
    }
}

/// <summary>The terms of a rule about single mentions, made ready for many of them.</summary>
internal sealed class RuleMatcher(string kind, RuleTerms terms)
{
    private readonly bool single = RuleKinds.IsSingle(kind);
    private readonly int[][]? phrases = terms.Filter?.Words is { Count: > 0 } w ? [.. w.Select(Words.Of)] : null;
    private readonly HashSet<int>? authors = terms.Filter?.Authors is { Count: > 0 } a ? [.. a.Select(n => Words.Hash(n.TrimStart('@')))] : null;
    private readonly HashSet<string>? languages = terms.Filter?.Languages is { Count: > 0 } l ? new(l, StringComparer.OrdinalIgnoreCase) : null;
    private readonly HashSet<Guid>? sources = terms.Filter?.Sources is { Count: > 0 } s ? [.. s] : null;

    // Compared as floats, because 0.9f is less than 0.9.
    private readonly float threshold = (float)terms.Threshold;

    /// <summary>True when the rule wants to be told of the mention.</summary>
    public bool Fires(in MentionFacts mention) =>
        single
        && terms.Enabled
        && (terms.BrandId is null || terms.BrandId == mention.BrandId)
        && mention.Negative >= threshold
        && (!terms.Urgent || (mention.Urgent ?? mention.Negative >= MentionFacts.UrgentFrom))
        && (terms.MinReach is null || (mention.Reach is { } reach ? reach >= terms.MinReach : terms.UnknownReach == UnknownReach.Alert))
        && (languages is null || languages.Contains(mention.Language))
        && (sources is null || sources.Contains(mention.SourceId))
        && (authors is null || Array.Exists(mention.Authors, authors.Contains))
        && (phrases is null || Said(mention.Words));

    private bool Said(int[] words) => Array.Exists(phrases!, p => Words.Contain(words, p));
}
