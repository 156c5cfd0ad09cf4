using System.Runtime.InteropServices;
using Serm.Contracts;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Towards;

/// <summary>The part of a post that speaks of the brand that matched, when it speaks of others too: "X failed me, Y saved me" is one thing for X and another for Y.</summary>
/// <param name="Title">The title with what speaks of others replaced by spaces, so that offsets stay.</param>
/// <param name="Text">The text, likewise.</param>
/// <param name="IsComparedWith">The brand is the one that another is better or worse than, or that was left for another: what is good for the other is bad for it.</param>
/// <param name="Ignored">What was replaced, in order.</param>
internal sealed record BrandPart(string? Title, string Text, bool IsComparedWith, IReadOnlyList<TextSpan> Ignored)
{
    /// <summary>Gives each clause to the brand that it names, or else to the brand of the clause before (before the first name: of the first name), and keeps those of the mention's brand.</summary>
    /// <param name="title">Null where there is none.</param>
    /// <param name="text">Any text.</param>
    /// <param name="names">Where it names the mention's brand and others.</param>
    /// <param name="language">ISO code, which decides on the words that part clauses.</param>
    /// <returns>Null when the whole post is to be judged: it names no other brand, or not the own one.</returns>
    public static BrandPart? Of(string? title, string text, IReadOnlyList<NameSpan>? names, string language)
    {
        if (names is null or { Count: 0 })
        {
            return null;
        }

        var read = new List<Word>();
        Word.Read(PostPart.Title, title, Featurizer.TitleWindow, names, read);
        Word.Read(PostPart.Text, text, Featurizer.TextWindow, names, read);
        var words = CollectionsMarshal.AsSpan(read);
        var lexicon = ClauseWords.For(language);
        var (own, other) = Clause.Names(words);
        if (own && !other)
        {
            OtherNames.Guess(words, title, text, language, lexicon);
            (own, other) = Clause.Names(words);
        }

        return own && other ? Keep(words, Clause.Cut(words, lexicon), lexicon, title, text) : null;
    }

    private static BrandPart? Keep(ReadOnlySpan<Word> words, List<Clause> clauses, ClauseWords lexicon, string? title, string text)
    {
        var first = clauses.First(c => c.Own || c.Other);
        var (own, other) = (first.Own, first.Other);
        List<Clause> alone = [], shared = [], lost = [], others = [];
        foreach (var clause in clauses)
        {
            if (clause.Own || clause.Other)
            {
                (own, other) = (clause.Own, clause.Other);
            }

            var isLost = clause is { Own: true, Other: true } && Comparison.IsLost(words[clause.From..clause.To], lexicon);
            (isLost ? lost : own && other ? shared : own ? alone : others).Add(clause);
        }

        var saysOfOwn = shared.Count > 0;
        foreach (var clause in alone)
        {
            saysOfOwn |= Clause.Saying(words[clause.From..clause.To], lexicon) > 0;
        }

        if (lost.Count > 0 && saysOfOwn)
        {
            others.AddRange(lost);
            lost.Clear();
        }

        var ignored = Spans(words, others);
        return ignored.Count == 0 && lost.Count == 0 ? null : new BrandPart(Without(title, PostPart.Title, ignored), Without(text, PostPart.Text, ignored)!, lost.Count > 0, ignored);
    }

    private static List<TextSpan> Spans(ReadOnlySpan<Word> words, List<Clause> clauses)
    {
        var spans = new List<TextSpan>(clauses.Count);
        foreach (var clause in clauses.OrderBy(c => c.From))
        {
            var (part, start) = (words[clause.From].Part, words[clause.From].Start);
            // Up to the next clause: signs and emoji at the end of a clause belong to it.
            var end = clause.To < words.Length && words[clause.To].Part == part ? words[clause.To].Start : words[clause.To - 1].End;
            if (spans is [.., var last] && last.Part == part && last.Start + last.Length == start)
            {
                spans[^1] = last with { Length = end - last.Start };
            }
            else
            {
                spans.Add(new TextSpan(part, start, end - start));
            }
        }

        return spans;
    }

    private static string? Without(string? text, PostPart part, List<TextSpan> ignored) =>
        text is null || !ignored.Exists(s => s.Part == part) ? text : string.Create(text.Length, (text, part, ignored), static (characters, state) =>
        {
            state.text.CopyTo(characters);
            foreach (var span in state.ignored.Where(s => s.Part == state.part))
            {
                characters.Slice(span.Start, span.Length).Fill(' ');
            }
        });
}
