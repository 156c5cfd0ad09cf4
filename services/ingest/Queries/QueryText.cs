using Serm.Language;

namespace Serm.Ingest.Queries;

/// <summary>A parsed query as text again, folded: what parses to the same query.</summary>
internal static class QueryText
{
    /// <summary>Of a part or the whole.</summary>
    public static string Of(QueryNode node) => node switch
    {
        QueryNode.Words words => Words(words.Items),
        QueryNode.Window { Items: [{ Match: WordMatch.Raw }, ..] } raw => $"{Words(raw.Items)}~{raw.Slack}",
        QueryNode.Window window => $"{Quoted(window.Items)}~{window.Slack}",
        QueryNode.Title { Slack: >= 0 } title => $"title:{Quoted(title.Items)}~{title.Slack}",
        QueryNode.Title title => $"title:{Words(title.Items)}",
        QueryNode.Near near => $"{Group(near.Left)} {(near.Ordered ? "ONEAR" : "NEAR")}/{near.Distance} {Group(near.Right)}",
        QueryNode.And all => $"({string.Join(" AND ", all.Items.Select(Of))})",
        QueryNode.Or any => $"({string.Join(" OR ", any.Items.Select(Of))})",
        QueryNode.Not not => $"NOT {Of(not.Item)}",
        QueryNode.Language language => $"lang:{language.Code}",
        QueryNode.Author author => $"author:{Quoted(author.Items)}",
        QueryNode.Site site => $"site:{site.Host}",
        QueryNode.Address address => $"url:{address.Part}",
        QueryNode.Source source => $"source:\"{source.Kind}\"",
        QueryNode.Range { Most: long.MaxValue } range => $"{range.Number.ToString().ToLowerInvariant()}>={range.Least}",
        QueryNode.Range { Least: 0 } range => $"{range.Number.ToString().ToLowerInvariant()}<={range.Most}",
        QueryNode.Range range => $"{range.Number.ToString().ToLowerInvariant()}={range.Least}",
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static string Group(IReadOnlyList<QueryNode.Words> alternatives) => alternatives.Count == 1 ? Of(alternatives[0]) : $"({string.Join(" OR ", alternatives.Select(Of))})";

    private static string Words(IReadOnlyList<WordPattern> items) => items switch
    {
        [{ Match: WordMatch.Inflected or WordMatch.Wildcard or WordMatch.Tag or WordMatch.User } or { IsPrefix: true }] => Word(items[0]),
        [{ Match: WordMatch.Exact } only] when !Inflection.CanInflect(only.Text) => only.Text,
        [{ Match: WordMatch.Raw }, ..] => $"raw:{Quoted(items)}",
        [{ Match: WordMatch.Inflected }, ..] => string.Join('-', items.Select(Word)),
        _ => Quoted(items),
    };

    private static string Quoted(IReadOnlyList<WordPattern> items) => $"\"{string.Join(' ', items.Select(Word))}\"";

    private static string Word(WordPattern word) => $"{word.Match switch { WordMatch.Tag => "#", WordMatch.User => "@", _ => "" }}{word.Text}{(word.IsPrefix ? "*" : "")}";
}
