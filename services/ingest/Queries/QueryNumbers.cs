using System.Globalization;

namespace Serm.Ingest.Queries;

/// <summary>Reads <c>followers&gt;1000</c>, <c>reach&gt;=10k</c>, <c>engagement&lt;5</c>.</summary>
internal static class QueryNumbers
{
    /// <summary>The range of a token; null with an error.</summary>
    public static QueryNode? Read(Token token, List<QueryIssue> errors)
    {
        var number = token.Field switch { "followers" => PostNumber.Followers, "reach" => PostNumber.Reach, _ => PostNumber.Engagement };
        var text = token.Text.AsSpan().Trim();
        var sign = text.StartsWith(">=") ? ">=" : text.StartsWith("<=") ? "<=" : text.StartsWith(">") ? ">" : text.StartsWith("<") ? "<" : text.StartsWith("=") ? "=" : "";
        if (sign.Length > 0 && Value(text[sign.Length..]) is { } value)
        {
            return sign switch
            {
                ">=" => new QueryNode.Range(number, value, long.MaxValue),
                "<=" => new QueryNode.Range(number, 0, value),
                ">" => new QueryNode.Range(number, value + 1, long.MaxValue),
                "<" => new QueryNode.Range(number, 0, value - 1),
                _ => new QueryNode.Range(number, value, value),
            };
        }

        errors.Add(new("number_invalid", $"Write a sign and a number, such as {token.Field}>1000 or {token.Field}>=10k.", token.Start + 1, token.Length));
        return null;
    }

    private static long? Value(ReadOnlySpan<char> text)
    {
        var factor = 1L;
        if (text.Length > 1 && text[^1] is 'k' or 'K' or 'm' or 'M')
        {
            factor = text[^1] is 'k' or 'K' ? 1_000 : 1_000_000;
            text = text[..^1];
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 1_000_000_000_000 ? value * factor : null;
    }
}
