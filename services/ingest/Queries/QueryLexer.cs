using System.Globalization;

namespace Serm.Ingest.Queries;

internal enum TokenKind
{
    End,
    Open,
    Close,
    And,
    Or,
    Not,
    Near,
    Words,
    Field,
}

/// <summary>A piece of a query's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">First character, from 0.</param>
/// <param name="Length">Characters.</param>
/// <param name="Text">The words, or the value of a field.</param>
/// <param name="Field">The name of the field, lower case.</param>
/// <param name="Distance">Of NEAR.</param>
/// <param name="Quoted">True for the inside of quotes.</param>
/// <param name="Slack">n of "..."~n; -1 without.</param>
/// <param name="Ordered">True for ONEAR/n and NEAR/nf.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, string Text = "", string Field = "", int Distance = 0, bool Quoted = false, int Slack = -1, bool Ordered = false);

/// <summary>Cuts a query's text into tokens.</summary>
internal static class QueryLexer
{
    /// <summary>The greatest n of NEAR/n.</summary>
    public const int MaxDistance = 100;

    /// <summary>All tokens, the last one being <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Read(string text, List<QueryIssue> errors)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            var token = c switch
            {
                '(' => new Token(TokenKind.Open, at, 1),
                ')' => new Token(TokenKind.Close, at, 1),
                '-' when at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]) => new Token(TokenKind.Not, at, 1),
                _ when IsQuote(c) => Quoted(text, at, at, "", errors),
                _ => Bare(text, at, errors),
            };
            tokens.Add(token);
            at += token.Length;
        }

        tokens.Add(new(TokenKind.End, text.Length, 0));
        return tokens;
    }

    // Straight quotes, and the ones that word processors make of them.
    private static bool IsQuote(char c) => c is '"' or '\u201C' or '\u201D' or '\u201E' or '\u201F' or '\u00AB' or '\u00BB';

    private static Token Quoted(string text, int start, int quote, string field, List<QueryIssue> errors)
    {
        var end = quote + 1;
        while (end < text.Length && !IsQuote(text[end]))
        {
            end++;
        }

        if (end == text.Length)
        {
            errors.Add(new("quote_open", "This quote is never closed. Put a \" at the end of the phrase.", quote + 1, text.Length - quote));
        }

        var inside = text[(quote + 1)..end];
        var after = Math.Min(end + 1, text.Length);
        var slack = -1;
        if (after + 1 < text.Length && text[after] == '~' && char.IsAsciiDigit(text[after + 1]))
        {
            var from = ++after;
            while (after < text.Length && char.IsAsciiDigit(text[after]))
            {
                after++;
            }

            if (!int.TryParse(text.AsSpan(from, after - from), NumberStyles.None, CultureInfo.InvariantCulture, out slack) || slack > MaxDistance)
            {
                errors.Add(new("near_distance", $"Behind ~ stands how many other words may come between: 0 to {MaxDistance}, such as \"slow delivery\"~4.", from, after - from + 1));
                slack = 0;
            }
        }

        return new(field.Length > 0 ? TokenKind.Field : TokenKind.Words, start, after - start, inside, field, Quoted: true, Slack: slack);
    }

    private static Token Bare(string text, int start, List<QueryIssue> errors)
    {
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or ')') && !IsQuote(text[end]))
        {
            end++;
        }

        var word = text[start..end];
        var length = end - start;
        if (word is "AND" or "OR" or "NOT")
        {
            return new(word switch { "AND" => TokenKind.And, "OR" => TokenKind.Or, _ => TokenKind.Not }, start, length);
        }

        if (word is "NEAR" or "ONEAR" || word.StartsWith("NEAR/", StringComparison.Ordinal) || word.StartsWith("ONEAR/", StringComparison.Ordinal))
        {
            var ordered = word[0] == 'O' || word.EndsWith('f');
            return new(TokenKind.Near, start, length, Distance: Distance(word, start, errors), Ordered: ordered);
        }

        if (word.AsSpan().IndexOfAny('<', '>', '=') is > 0 and var sign && !word.AsSpan(0, sign).ContainsAnyExceptInRange('A', 'z'))
        {
            return new(TokenKind.Field, start, length, word[sign..], word[..sign].ToLowerInvariant());
        }

        var colon = word.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && word.AsSpan(0, colon).IndexOfAnyExceptInRange('A', 'z') < 0)
        {
            var field = word[..colon].ToLowerInvariant();
            return colon == length - 1 && end < text.Length && IsQuote(text[end])
                ? Quoted(text, start, end, field, errors)
                : new(TokenKind.Field, start, length, word[(colon + 1)..], field);
        }

        return new(TokenKind.Words, start, length, word);
    }

    private static int Distance(string word, int start, List<QueryIssue> errors)
    {
        var number = word.AsSpan(Math.Min(word.Length, word[0] == 'O' ? 6 : 5)).TrimEnd('f');
        if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var distance) && distance is >= 1 and <= MaxDistance)
        {
            return distance;
        }

        errors.Add(new("near_distance", $"Say within how many words: NEAR/1 to NEAR/{MaxDistance}, such as NEAR/5.", start + 1, word.Length));
        return 1;
    }
}
