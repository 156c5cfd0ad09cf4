namespace Serm.Ingest.Queries;

/// <summary>A word to look for.</summary>
/// <param name="Text">Folded.</param>
/// <param name="IsPrefix">True to take every word that begins so.</param>
internal readonly record struct WordPattern(string Text, bool IsPrefix);

/// <summary>A parsed query.</summary>
internal abstract record QueryNode
{
    private QueryNode()
    {
    }

    /// <summary>One word, or several in a row.</summary>
    public sealed record Words(IReadOnlyList<WordPattern> Items) : QueryNode;

    /// <summary>One of the left and one of the right, not overlapping, the one beginning at most <paramref name="Distance"/> words after the end of the other.</summary>
    public sealed record Near(int Distance, IReadOnlyList<Words> Left, IReadOnlyList<Words> Right) : QueryNode;

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
