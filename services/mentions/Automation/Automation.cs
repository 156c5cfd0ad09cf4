using System.Runtime.CompilerServices;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>What a rule asks of a mention.</summary>
/// <param name="AuthorList">The author's list; null when on none.</param>
/// <param name="Words">Folded words of title and text; see <see cref="FoldedWords"/>.</param>
internal sealed record AutomationFacts(
    Guid BrandId,
    Guid SourceId,
    string SourceKind,
    string Language,
    Sentiment? Sentiment,
    float? Negative,
    long? Reach,
    string? AuthorList,
    IReadOnlyCollection<string> Tags,
    FoldedWords Words);

/// <summary>Applies the rules of the house to a mention once it is judged. Pure; each rule once a mention.</summary>
internal static class Automation
{
    /// <summary>Name of what puts posts of ignored authors aside.</summary>
    public const string IgnoredAuthor = "Ignored author";

    private static readonly ConditionalWeakTable<AutomationConditions, Phrases> Folded = [];

    /// <summary>What was decided, and what the rules make of it.</summary>
    /// <param name="events">What the message led to; rules are asked when a verdict is among it.</param>
    /// <param name="state">Before these.</param>
    /// <param name="found">What the message carries.</param>
    /// <param name="book">The rules and lists.</param>
    /// <param name="now">Now.</param>
    public static IReadOnlyList<object> After(IReadOnlyList<object> events, Mention state, MentionFound found, Playbook book, DateTimeOffset now)
    {
        if ((book.Rules.Rules.Count == 0 && book.Authors.Count == 0) || !events.Any(e => e is Scored or Found { Verdict: not null }))
        {
            return events;
        }

        var after = events.Aggregate(state, Evolve.Apply);
        var list = after.AuthorKey is { } author ? book.Authors.GetValueOrDefault(author) : null;
        var done = new List<object>(events);
        if (list == AuthorLists.Ignore && !after.Rules.Contains(after.AuthorKey!.Value) && IsUntouched(after))
        {
            Do(new(new(after.AuthorKey.Value, 1, IgnoredAuthor), now, [], null, DismissReason.Ignored, null, false, found.TraceParent));
        }

        FoldedWords? words = null;
        foreach (var rule in book.Rules.Rules)
        {
            if (!rule.Enabled || after.Rules.Contains(rule.Id) || after.Status == MentionStatus.Dismissed)
            {
                continue;
            }

            words ??= FoldedWords.Of(found.Post.Title, found.Post.Text);
            var facts = new AutomationFacts(
                found.Brand.Id, after.SourceId, after.SourceKind, after.Latest!.Language, after.Verdict?.Label, after.Verdict?.Negative, after.Latest.Reach, list, after.Tags, words);
            if (Fits(rule.Conditions, facts) && Of(rule, after, now, found.TraceParent) is { } automated)
            {
                Do(automated);
            }
        }

        return done;

        void Do(Automated e)
        {
            done.Add(e);
            after = Evolve.Apply(after, e);
        }
    }

    /// <summary>True when all conditions hold.</summary>
    public static bool Fits(AutomationConditions c, AutomationFacts m) =>
        Any(c.Brands, m.BrandId)
        && Any(c.Sources, m.SourceId)
        && Any(c.SourceKinds, m.SourceKind)
        && Any(c.Languages, m.Language)
        && (c.Sentiments is not { Count: > 0 } || (m.Sentiment is { } s && c.Sentiments.Contains(s)))
        && (c.MinNegative is null || m.Negative >= c.MinNegative)
        && (c.MaxNegative is null || m.Negative <= c.MaxNegative)
        && (c.MinReach is null || m.Reach >= c.MinReach)
        && (c.MaxReach is null || (m.Reach ?? 0) <= c.MaxReach)
        && (c.AuthorList is null || c.AuthorList == (m.AuthorList ?? AuthorLists.None))
        && (c.Tags is not { Count: > 0 } || c.Tags.Any(m.Tags.Contains))
        && (c.Words is not { Count: > 0 } || Array.Exists(PhrasesOf(c).Words, m.Words.Has))
        && (c.WithoutWords is not { Count: > 0 } || !Array.Exists(PhrasesOf(c).WithoutWords, m.Words.Has));

    // People have the last word: what they have begun with is theirs.
    private static bool IsUntouched(Mention m) => m is { Status: MentionStatus.New, Owner: null };

    private static Automated? Of(AutomationRule rule, Mention m, DateTimeOffset now, string? trace)
    {
        var a = rule.Actions;
        var free = IsUntouched(m);
        var tags = (a.Tags ?? []).Where(t => !m.Tags.Contains(t)).Take(Decide.MaxTags - m.Tags.Count).ToList();
        var e = new Automated(
            new(rule.Id, rule.Version, rule.Name), now, tags, free ? a.AssignTo : null, free ? a.Dismiss : null, free && a.Severity != m.Severity ? a.Severity : null, a.Flag && !m.Flagged, trace);
        return e is { Tags.Count: 0, AssignTo: null, Dismiss: null, Severity: null, Flag: false } ? null : e;
    }

    // Folded once for each time that rules are read, not for each mention.
    private static Phrases PhrasesOf(AutomationConditions c) => Folded.GetValue(c, k => new([.. (k.Words ?? []).Select(Phrase.Of)], [.. (k.WithoutWords ?? []).Select(Phrase.Of)]));

    private sealed record Phrases(Phrase[] Words, Phrase[] WithoutWords);

    private static bool Any<T>(IReadOnlyList<T>? wanted, T value) => wanted is not { Count: > 0 } || wanted.Contains(value);
}
