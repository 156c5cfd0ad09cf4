namespace Serm.Ingest.Queries;

/// <summary>What can be said of a query beyond its grammar.</summary>
internal static class QueryLinter
{
    // Words that stand in nearly every text of a language: as a whole query they are a mistake.
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "the", "and", "or", "of", "to", "in", "is", "it", "for", "on", "with", "that", "this", "you", "are", "was", "not",
        "и", "в", "не", "на", "что", "с", "я", "это", "как", "по", "но", "за", "у", "от",
        "ve", "bir", "bu", "da", "de", "icin", "cok", "ile", "ne", "o",
        "och", "i", "att", "det", "som", "en", "pa", "ar", "av", "for", "med",
        "va", "la", "cua", "co", "khong", "cho", "duoc", "mot", "toi",
        "der", "die", "das", "und", "le", "les", "et", "que", "el", "los",
    };

    /// <summary>Refuses what would match nearly everything because nothing must be there.</summary>
    public static void RequirePositive(QueryNode root, string text, List<QueryIssue> errors)
    {
        if (!IsPositive(root))
        {
            var start = text.Length - text.TrimStart().Length;
            errors.Add(new("only_negative", "The query says only what must not be there, at least in one alternative of OR. Add a word that must be there.", start + 1, text.Trim().Length));
        }
    }

    /// <summary>Warnings in text order.</summary>
    public static IReadOnlyList<QueryIssue> Warnings(IReadOnlyList<Token> tokens, QueryNode? root)
    {
        List<QueryIssue> warnings = [];
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (token.Kind == TokenKind.Words && token.Text is "and" or "or" or "not" or "near" && token.Length == token.Text.Length && i > 0 && tokens[i + 1].Kind != TokenKind.End)
            {
                warnings.Add(new("lower_case_operator", $"\"{token.Text}\" is looked for as a word. Write {token.Text.ToUpperInvariant()} to join words.", token.Start + 1, token.Length));
            }
            else if (token is { Kind: TokenKind.Field, Slack: >= 0, Field: not ("title" or "raw") })
            {
                warnings.Add(new("slack_ignored", $"Behind {token.Field}: words stand in a row, so ~{token.Slack} says nothing. Remove it.", token.Start + 1, token.Length));
            }
        }

        var whole = (tokens[0].Start + 1, Length: tokens[^2].Start + tokens[^2].Length - tokens[0].Start);
        if (root is QueryNode.Words { Items: [{ IsPrefix: false, Match: WordMatch.Exact or WordMatch.Inflected } only] } && (Common.Contains(only.Text) || IsSingleLetter(only.Text)))
        {
            warnings.Add(new("common_word", $"Nearly every post has \"{only.Text}\". Add a word that tells the brand, or use a phrase.", whole.Item1, whole.Length));
        }
        else if (root is QueryNode.Words { Items: [{ IsPrefix: true, Text.Length: < 4 } prefix] })
        {
            warnings.Add(new("short_prefix", $"Many words begin with \"{prefix.Text}\". Write more of the word.", whole.Item1, whole.Length));
        }
        else if (root is not null && !HasWords(root))
        {
            warnings.Add(new("no_words", "The query has no word, so it takes every post of that language, author or site.", whole.Item1, whole.Length));
        }

        return warnings;
    }

    private static bool IsPositive(QueryNode node) => node switch
    {
        QueryNode.Not => false,
        QueryNode.And all => all.Items.Any(IsPositive),
        QueryNode.Or any => any.Items.All(IsPositive),
        _ => true,
    };

    private static bool HasWords(QueryNode node) => node switch
    {
        QueryNode.Words or QueryNode.Near or QueryNode.Window or QueryNode.Title => true,
        QueryNode.And all => all.Items.Any(HasWords),
        QueryNode.Or any => any.Items.All(HasWords),
        _ => false,
    };

    private static bool IsSingleLetter(string word) => word.Length == 1 && Folding.Of(word[0], out _) != CharKind.Alone;
}
