using System.Globalization;
using System.Text;
using Serm.Ingest.Connectors.Feed;
using Serm.Language;

namespace Serm.Ingest.Queries;

/// <summary>Makes words and fields of their tokens.</summary>
internal sealed class QueryTerms(List<QueryIssue> errors)
{
    /// <summary>Fewest letters before the star of a prefix.</summary>
    public const int MinPrefix = 2;

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    /// <summary>Terms so far.</summary>
    public int Count { get; private set; }

    /// <summary>The words of a token; null with an error.</summary>
    public QueryNode? Words(Token token)
    {
        if (Patterns(token, token.Quoted ? WordMatch.Exact : WordMatch.Inflected) is not { } items)
        {
            return null;
        }

        return Row(items, token);
    }

    /// <summary>The field of a token; null with an error.</summary>
    public QueryNode? Field(Token token)
    {
        if (token.Field is "followers" or "reach" or "engagement")
        {
            Count++;
            return QueryNumbers.Read(token, errors);
        }

        if (token.Field is not ("lang" or "author" or "site" or "title" or "url" or "source" or "raw"))
        {
            return Error("field_unknown", $"There is no field \"{token.Field}\". Use title:, author:, site:, url:, lang:, source:, raw:, followers>n, reach>n or engagement>n, or put the text in quotes to look for it as words.", token);
        }

        if (string.IsNullOrWhiteSpace(token.Text))
        {
            return Error("field_empty", $"{token.Field}: needs a value right after the colon, such as {Example(token.Field)}.", token);
        }

        switch (token.Field)
        {
            case "author":
                return Patterns(token, WordMatch.Exact) is { } name ? new QueryNode.Author(name) : null;
            case "title":
                return Patterns(token, token.Quoted ? WordMatch.Exact : WordMatch.Inflected) is { } title ? new QueryNode.Title(title, title.Count > 1 ? token.Slack : -1) : null;
            case "raw":
                return Patterns(token, WordMatch.Raw) is { } raw ? Row(raw, token) : null;
            case "source":
                return Patterns(token, WordMatch.Exact) is { } source ? new QueryNode.Source(token.Text.Trim().ToLowerInvariant(), source) : null;
            default:
                Count++;
                return token.Field switch { "lang" => Language(token), "site" => Site(token), _ => new QueryNode.Address(token.Text.Trim().ToLowerInvariant()) };
        }
    }

    private static QueryNode Row(List<WordPattern> items, Token token) => token.Slack >= 0 && items.Count > 1 ? new QueryNode.Window(token.Slack, items) : new QueryNode.Words(items);

    // No post carries a code that says none: what was written with one goes on matching what it did.
    private QueryNode? Language(Token token) => (FeedLanguage.Code(token.Text) ?? (FeedLanguage.SaysNone(token.Text) ? token.Text.Trim().ToLowerInvariant() : null)) is { } code
        ? new QueryNode.Language(code)
        : Error("lang_invalid", "A language is its code of two or three letters, such as lang:ru; lang:und for posts whose language is not known.", token);

    private QueryNode? Site(Token token)
    {
        var host = token.Text.Trim().TrimEnd('.').ToLowerInvariant();
        try
        {
            host = Idn.GetAscii(host);
        }
        catch (ArgumentException)
        {
            host = "";
        }

        return Uri.CheckHostName(host) != UriHostNameType.Unknown
            ? new QueryNode.Site(host)
            : Error("site_invalid", "Give only the host, such as site:example.com, without http:// and without a path.", token);
    }

    private List<WordPattern>? Patterns(Token token, WordMatch match)
    {
        var text = Composed(token.Text);
        List<WordPattern> items = [];
        var reader = new WordReader(text, stackalloc char[WordReader.MaxWord]);
        var from = 0;
        while (from <= text.Length && reader.Next())
        {
            if (reader.Start < from)
            {
                continue;
            }

            // Stars and question marks glue what the reader takes for several words.
            var end = reader.End;
            while (end < text.Length && text[reader.End] is '*' or '?' && (text[end] is '*' or '?' || Folding.Of(text[end], out _) is CharKind.Letter or CharKind.Letters or CharKind.Dropped))
            {
                end++;
            }

            if ((reader.Start > 0 && text[reader.Start - 1] is '*' or '?') || !Add(items, reader, text[reader.Start..end], reader.Start > 0 ? text[reader.Start - 1] : '\0', match, token))
            {
                if (errors.Count == 0 || errors[^1].Column != token.Start + 1)
                {
                    Error("star_inside", "A word begins with letters: write some of them before the star or the question mark.", token);
                }

                return null;
            }

            from = end;
        }

        Count += items.Count;
        if (items.Count > 0)
        {
            return items;
        }

        Error("no_word", token.Text is "&" or "&&" or "|" or "||" or "+" ? "Write the operators as words: AND, OR, NOT." : "There is no letter or digit to look for here. Remove it, or write a word.", token);
        return null;
    }

    private bool Add(List<WordPattern> items, WordReader reader, string written, char before, WordMatch match, Token token)
    {
        var word = reader.Word.ToString();
        var wild = written.AsSpan().ContainsAny('*', '?');
        if (match == WordMatch.Raw)
        {
            items.Add(new(written, false, WordMatch.Raw));
            return !wild;
        }

        WordMatch? sign = items.Count > 0 ? null : before is '#' or '\uFF03' ? WordMatch.Tag : before is '@' or '\uFF20' ? WordMatch.User : null;
        if (!wild)
        {
            items.Add(new(word, false, sign ?? (match == WordMatch.Inflected && !Inflection.CanInflect(word) ? WordMatch.Exact : match)));
            return true;
        }

        if (word.Length < MinPrefix)
        {
            Error("prefix_too_short", $"A star or question mark needs at least {MinPrefix} letters before it. Write more of the word, or leave it out.", token);
            return false;
        }

        if (written.AsSpan().IndexOfAny('*', '?') == written.Length - 1 && written[^1] == '*')
        {
            items.Add(new(word, true, sign ?? WordMatch.Exact));
            return true;
        }

        var pattern = Wildcards.Fold(written);
        if (pattern.Count(c => c is '*' or '?') > Wildcards.Max)
        {
            Error("too_many_wildcards", $"A word has at most {Wildcards.Max} stars and question marks. Write some of the letters.", token);
            return false;
        }

        items.Add(new(pattern, false, sign ?? WordMatch.Wildcard));
        return true;
    }

    private QueryNode? Error(string code, string message, Token token)
    {
        errors.Add(new(code, message, token.Start + 1, token.Length));
        return null;
    }

    private static string Example(string field) => field switch { "lang" => "lang:ru", "site" => "site:example.com", "url" => "url:/reviews/", "source" => "source:feed", _ => $"{field}:anna" };

    // Posts are composed when they come in. A half surrogate cannot be, nor can the one character that is none: they are no letters anyway.
    private static string Composed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
        {
            text = string.Concat(text.EnumerateRunes());
        }

        return text.Replace('\uFFFE', '\uFFFD').Normalize(NormalizationForm.FormC);
    }
}
