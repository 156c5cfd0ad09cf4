using Serm.Language;

namespace Serm.Ingest.Queries;

/// <summary>How a word is compared.</summary>
internal enum WordMatch : byte
{
    /// <summary>The folded word itself.</summary>
    Exact = 0,

    /// <summary>The word and its inflected forms in the language of the post.</summary>
    Inflected = 1,

    /// <summary>With <c>*</c> for any letters and <c>?</c> for one.</summary>
    Wildcard = 2,

    /// <summary>As written: case and accents count.</summary>
    Raw = 3,

    /// <summary>The word behind a <c>#</c>; may be a prefix or have wildcards.</summary>
    Tag = 4,

    /// <summary>The word behind an <c>@</c>; may be a prefix or have wildcards.</summary>
    User = 5,
}

/// <summary>A word to look for.</summary>
/// <param name="Text">Folded; as written (NFC) for <see cref="WordMatch.Raw"/>.</param>
/// <param name="IsPrefix">True to take every word that begins so; not with <see cref="WordMatch.Inflected"/> and <see cref="WordMatch.Raw"/>.</param>
/// <param name="Match">How it is compared.</param>
internal readonly record struct WordPattern(string Text, bool IsPrefix, WordMatch Match = WordMatch.Exact)
{
    /// <summary>True when it has stars or question marks elsewhere than as a prefix.</summary>
    public bool IsWild => Match == WordMatch.Wildcard || (Match is WordMatch.Tag or WordMatch.User && Text.AsSpan().ContainsAny('*', '?'));

    /// <summary>True when a word of a text is meant.</summary>
    /// <param name="folded">The folded word.</param>
    /// <param name="written">The word as it stands in the text.</param>
    /// <param name="before">The character before it; 0 at the beginning.</param>
    /// <param name="language">The language of the post.</param>
    public bool Takes(ReadOnlySpan<char> folded, ReadOnlySpan<char> written, char before, string language) => Match switch
    {
        WordMatch.Inflected => folded.SequenceEqual(Text) || Inflection.Same(Text, folded, language),
        WordMatch.Raw => written.SequenceEqual(Text),
        WordMatch.Tag => before is '#' or '\uFF03' && Fits(folded),
        WordMatch.User => before is '@' or '\uFF20' && Fits(folded),
        _ => Fits(folded),
    };

    private bool Fits(ReadOnlySpan<char> folded) => IsPrefix ? folded.StartsWith(Text, StringComparison.Ordinal) : IsWild ? Wildcards.Takes(Text, folded) : folded.SequenceEqual(Text);
}

/// <summary>A number that the network tells of a post or its author.</summary>
internal enum PostNumber : byte
{
    /// <summary>Followers of the author.</summary>
    Followers = 0,

    /// <summary>People who can have seen the post.</summary>
    Reach = 1,

    /// <summary>Likes, shares and replies together.</summary>
    Engagement = 2,
}

/// <summary>A parsed query.</summary>
internal abstract record QueryNode
{
    private QueryNode()
    {
    }

    /// <summary>One word, or several in a row.</summary>
    public sealed record Words(IReadOnlyList<WordPattern> Items) : QueryNode;

    /// <summary>One of the left and one of the right, not overlapping, the one beginning at most <paramref name="Distance"/> words after the end of the other.</summary>
    /// <param name="Ordered">True when the left one must come first.</param>
    public sealed record Near(int Distance, IReadOnlyList<Words> Left, IReadOnlyList<Words> Right, bool Ordered = false) : QueryNode;

    /// <summary>All the words in any order, from the first to the last at most <paramref name="Slack"/> words more than there are.</summary>
    public sealed record Window(int Slack, IReadOnlyList<WordPattern> Items) : QueryNode;

    /// <summary>Words in a row in the title; in any order with as many between as in a <see cref="Window"/>, unless <paramref name="Slack"/> is -1.</summary>
    public sealed record Title(IReadOnlyList<WordPattern> Items, int Slack = -1) : QueryNode;

    /// <summary>All of them.</summary>
    public sealed record And(IReadOnlyList<QueryNode> Items) : QueryNode;

    /// <summary>At least one of them.</summary>
    public sealed record Or(IReadOnlyList<QueryNode> Items) : QueryNode;

    /// <summary>Not this.</summary>
    public sealed record Not(QueryNode Item) : QueryNode;

    /// <summary>The language of the post.</summary>
    public sealed record Language(string Code) : QueryNode;

    /// <summary>Words in a row in the name or the handle of the author.</summary>
    public sealed record Author(IReadOnlyList<WordPattern> Items) : QueryNode;

    /// <summary>The host of the post's address, or a domain above it.</summary>
    public sealed record Site(string Host) : QueryNode;

    /// <summary>A piece of the post's address, in lower case.</summary>
    public sealed record Address(string Part) : QueryNode;

    /// <summary>The kind of the source (<c>feed</c>, <c>push</c>, a network), or words in a row in its name.</summary>
    public sealed record Source(string Kind, IReadOnlyList<WordPattern> Items) : QueryNode;

    /// <summary>A number within bounds, both inclusive. A number that is not known is in no bounds.</summary>
    public sealed record Range(PostNumber Number, long Least, long Most) : QueryNode;
}

/// <summary>Something that the linter says about a query.</summary>
/// <param name="Code">Stable, such as <c>quote_open</c>.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Column">First character, from 1, in UTF-16.</param>
/// <param name="Length">Characters; 0 at the very end.</param>
public sealed record QueryIssue(string Code, string Message, int Column, int Length);

/// <summary>What became of the text of a query.</summary>
/// <param name="Root">The query; null when there are errors.</param>
/// <param name="Errors">Why it is refused, in text order.</param>
/// <param name="Warnings">What is probably not meant.</param>
internal sealed record ParsedQuery(QueryNode? Root, IReadOnlyList<QueryIssue> Errors, IReadOnlyList<QueryIssue> Warnings);
