using System.Globalization;
using System.Text;

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
    public QueryNode? Words(Token token) => Patterns(token) is { } items ? new QueryNode.Words(items) : null;

    /// <summary>The field of a token; null with an error.</summary>
    public QueryNode? Field(Token token)
    {
        if (token.Field is not ("lang" or "author" or "site"))
        {
            return Error("field_unknown", $"There is no field \"{token.Field}\". Use lang:, author: or site:, or put the text in quotes to look for it as words.", token);
        }

        if (string.IsNullOrWhiteSpace(token.Text))
        {
            return Error("field_empty", $"{token.Field}: needs a value right after the colon, such as {Example(token.Field)}.", token);
        }

        if (token.Field == "author")
        {
            return Patterns(token) is { } items ? new QueryNode.Author(items) : null;
        }

        Count++;
        return token.Field == "lang" ? Language(token) : Site(token);
    }

    private QueryNode? Language(Token token)
    {
        var code = token.Text.Trim().ToLowerInvariant();
        return code.Length is 2 or 3 && code.All(char.IsAsciiLetterLower)
            ? new QueryNode.Language(code)
            : Error("lang_invalid", "A language is its code of two or three letters, such as lang:ru; lang:und for posts whose language is not known.", token);
    }

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

    private List<WordPattern>? Patterns(Token token)
    {
        var text = Composed(token.Text);
        List<WordPattern> items = [];
        var reader = new WordReader(text, stackalloc char[WordReader.MaxWord]);
        var stars = 0;
        var isGlued = false;
        while (reader.Next())
        {
            isGlued |= reader.Start > 0 && text[reader.Start - 1] == '*';
            var isPrefix = reader.End < text.Length && text[reader.End] == '*';
            stars += isPrefix ? 1 : 0;
            items.Add(new(reader.Word.ToString(), isPrefix));
            if (isPrefix && reader.Word.Length < MinPrefix)
            {
                Error("prefix_too_short", $"A star needs at least {MinPrefix} letters before it. Write more of the word, or leave the star out.", token);
                return null;
            }
        }

        Count += items.Count;
        if (isGlued || stars != text.Count('*'))
        {
            Error("star_inside", "A star stands at the end of a word and means every word that begins so. Move it there, or leave it out.", token);
            return null;
        }

        if (items.Count > 0)
        {
            return items;
        }

        Error("no_word", token.Text is "&" or "&&" or "|" or "||" or "+" ? "Write the operators as words: AND, OR, NOT." : "There is no letter or digit to look for here. Remove it, or write a word.", token);
        return null;
    }

    private QueryNode? Error(string code, string message, Token token)
    {
        errors.Add(new(code, message, token.Start + 1, token.Length));
        return null;
    }

    private static string Example(string field) => field switch { "lang" => "lang:ru", "site" => "site:example.com", _ => "author:anna" };

    // Posts are composed when they come in. A half surrogate cannot be: it is no letter anyway.
    private static string Composed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
        {
            text = string.Concat(text.EnumerateRunes());
        }

        return text.Normalize(NormalizationForm.FormC);
    }
}
