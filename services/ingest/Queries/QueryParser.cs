
namespace Serm.Ingest.Queries;

/// <summary>Parses the query language of docs/queries.md. NOT binds most, then NEAR, AND (also unwritten), OR.</summary>
internal sealed class QueryParser
{
    /// <summary>Most characters of a query.</summary>
    public const int MaxLength = 4_000;

    /// <summary>Most words, fields included.</summary>
    public const int MaxTerms = 500;

    /// <summary>Deepest nesting of parentheses and NOT.</summary>
    public const int MaxDepth = 50;

    private readonly List<QueryIssue> errors;
    private readonly List<Token> tokens;
    private readonly QueryTerms terms;
    private int at;
    private bool tooDeep;

    private QueryParser(List<Token> tokens, List<QueryIssue> errors)
    {
        this.tokens = tokens;
        this.errors = errors;
        terms = new(errors);
    }

    private Token Current => tokens[at];

    /// <summary>Parses and lints.</summary>
    public static ParsedQuery Parse(string? text)
    {
        text ??= "";
        if (text.Length > MaxLength)
        {
            return new(null, [new("query_too_long", $"A query has at most {MaxLength:N0} characters; this one has {text.Length:N0}. Make two brands of it.", MaxLength + 1, text.Length - MaxLength)], []);
        }

        List<QueryIssue> found = [];
        var pieces = QueryLexer.Read(text, found);
        if (pieces.Count == 1)
        {
            return new(null, [new("query_empty", "The query is empty. Write at least one word, such as the name of the brand.", 1, text.Length)], []);
        }

        var parser = new QueryParser(pieces, found);
        var root = parser.All();
        if (found.Count == 0 && root is not null)
        {
            QueryLinter.RequirePositive(root, text, found);
        }

        var warnings = QueryLinter.Warnings(pieces, root);
        return new(found.Count == 0 ? root : null, [.. found.OrderBy(e => e.Column)], warnings);
    }

    private QueryNode? All()
    {
        List<QueryNode> parts = [];
        while (Current.Kind != TokenKind.End)
        {
            Add(parts, Alternatives(0));
            if (Current.Kind == TokenKind.Close)
            {
                Error("paren_unopened", "This parenthesis closes nothing. Remove it, or put a ( before.", Current);
                at++;
            }
        }

        if (terms.Count > MaxTerms)
        {
            errors.Add(new("too_many_terms", $"A query has at most {MaxTerms} words; this one has {terms.Count}. Make two brands of it.", 1, tokens[^1].Start));
        }

        return Both(parts);
    }

    private QueryNode? Alternatives(int depth)
    {
        List<QueryNode> parts = [];
        Add(parts, Conjunction(depth));
        var empty = parts.Count == 0;
        while (Current.Kind == TokenKind.Or)
        {
            var or = Current;
            if (empty)
            {
                MissingLeft(or);
            }

            at++;
            var before = at;
            Add(parts, Conjunction(depth));
            empty = at == before;
            if (empty && Current.Kind != TokenKind.Or)
            {
                MissingRight(or);
            }
        }

        return parts.Count > 1 ? new QueryNode.Or(parts) : parts.FirstOrDefault();
    }

    private QueryNode? Conjunction(int depth)
    {
        List<QueryNode> parts = [];
        var start = at;
        while (Current.Kind is not (TokenKind.End or TokenKind.Close or TokenKind.Or))
        {
            if (Current.Kind == TokenKind.And)
            {
                var and = Current;
                if (at == start)
                {
                    MissingLeft(and);
                }

                at++;
                if (Current.Kind is TokenKind.End or TokenKind.Close or TokenKind.Or or TokenKind.And)
                {
                    MissingRight(and);
                }

                continue;
            }

            Add(parts, Negation(depth));
        }

        return Both(parts);
    }

    private QueryNode? Negation(int depth)
    {
        if (Current.Kind != TokenKind.Not)
        {
            return Vicinity(depth);
        }

        var not = Current;
        at++;
        if (!Deeper(depth, not))
        {
            return null;
        }

        if (Current.Kind is TokenKind.End or TokenKind.Close or TokenKind.Or or TokenKind.And)
        {
            MissingRight(not);
            return null;
        }

        return Negation(depth + 1) is { } item ? new QueryNode.Not(item) : null;
    }

    private QueryNode? Vicinity(int depth)
    {
        if (Current.Kind == TokenKind.Near)
        {
            MissingLeft(Current);
            at++;
            return null;
        }

        var first = at;
        var left = Primary(depth);
        List<QueryNode> pairs = [];
        while (Current.Kind == TokenKind.Near)
        {
            var near = Current;
            at++;
            if (Current.Kind is not (TokenKind.Words or TokenKind.Open or TokenKind.Field))
            {
                MissingRight(near);
                return null;
            }

            var second = at;
            var right = Primary(depth);
            if (Operand(left, first) is { } a && Operand(right, second) is { } b)
            {
                pairs.Add(new QueryNode.Near(near.Distance, a, b, near.Ordered));
            }

            (left, first) = (right, second);
        }

        return pairs.Count == 0 ? left : Both(pairs);
    }

    private QueryNode? Primary(int depth)
    {
        var token = Current;
        at++;
        if (token.Kind != TokenKind.Open)
        {
            return token.Kind == TokenKind.Field ? terms.Field(token) : terms.Words(token);
        }

        if (!Deeper(depth, token))
        {
            return null;
        }

        var known = errors.Count;
        var inner = Alternatives(depth + 1);
        if (Current.Kind != TokenKind.Close)
        {
            if (!tooDeep)
            {
                Error("paren_open", "This parenthesis is never closed. Put a ) after the group.", token);
            }

            return inner;
        }

        if (inner is null && errors.Count == known)
        {
            errors.Add(new("paren_empty", "There is nothing between the parentheses. Write a word, or remove them.", token.Start + 1, Current.Start + 1 - token.Start));
        }

        at++;
        return inner;
    }

    private IReadOnlyList<QueryNode.Words>? Operand(QueryNode? node, int token)
    {
        switch (node)
        {
            case null:
                return null;
            case QueryNode.Words words:
                return [words];
            case QueryNode.Or any when any.Items.All(i => i is QueryNode.Words):
                return [.. any.Items.Cast<QueryNode.Words>()];
            default:
                Error("near_operand", "NEAR stands between words, \"phrases\" or (groups OR of OR them). Put the rest beside it with AND.", tokens[token]);
                return null;
        }
    }

    private bool Deeper(int depth, Token token)
    {
        if (depth < MaxDepth)
        {
            return true;
        }

        if (!tooDeep)
        {
            Error("too_deep", $"Parentheses and NOT nest at most {MaxDepth} deep. Write it flatter.", token);
        }

        tooDeep = true;
        at = tokens.Count - 1;
        return false;
    }

    private static QueryNode? Both(List<QueryNode> parts) => parts.Count > 1 ? new QueryNode.And(parts) : parts.FirstOrDefault();

    private static void Add(List<QueryNode> parts, QueryNode? node)
    {
        if (node is not null)
        {
            parts.Add(node);
        }
    }

    private void MissingLeft(Token token) => Error("operator_without_left", $"{Name(token)} has nothing before it. Write what it joins, or put the word in quotes.", token);

    private void MissingRight(Token token) => Error("operator_without_right", $"{Name(token)} has nothing after it. Write what it joins, or put the word in quotes.", token);

    private static string Name(Token token) => token.Kind switch { TokenKind.And => "AND", TokenKind.Or => "OR", TokenKind.Near => "NEAR", _ => "NOT" };

    private void Error(string code, string message, Token token) => errors.Add(new(code, message, token.Start + 1, token.Length));
}
