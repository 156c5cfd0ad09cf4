namespace Serm.Ingest.Queries;

/// <summary>A parsed query as text again, folded: what parses to the same query.</summary>
internal static class QueryText
{
    /// <summary>Of a part or the whole.</summary>
    public static string Of(QueryNode node) => node switch
    {
        QueryNode.Words words => Words(words.Items),
        QueryNode.Window window => $"\"{string.Join(' ', window.Items.Select(Word))}\"~{window.Slack}",
        QueryNode.Title title => $"title:{Words(title.Items)}",
        QueryNode.Near near => $"{Group(near.Left)} {(near.Ordered ? "ONEAR" : "NEAR")}/{near.Distance} {Group(near.Right)}",
        QueryNode.And all => $"({string.Join(" AND ", all.Items.Select(Of))})",
        QueryNode.Or any => $"({string.Join(" OR ", any.Items.Select(Of))})",
        QueryNode.Not not => $"NOT {Of(not.Item)}",
        QueryNode.Language language => $"lang:{language.Code}",
        QueryNode.Author author => $"author:\"{string.Join(' ', author.Items.Select(Word))}\"",
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
        [{ Match: WordMatch.Inflected or WordMatch.Wildcard } or { IsPrefix: true }] => Word(items[0]),
        [{ Match: WordMatch.Exact } only] when !Inflection.CanInflect(only.Text) => only.Text,
        [{ Match: WordMatch.Tag } tag] => $"#{tag.Text}",
        [{ Match: WordMatch.User } user] => $"@{user.Text}",
        [{ Match: WordMatch.Raw }, ..] => $"raw:\"{string.Join(' ', items.Select(Word))}\"",
        [{ Match: WordMatch.Inflected }, ..] => string.Join('-', items.Select(Word)),
        _ => $"\"{string.Join(' ', items.Select(Word))}\"",
    };

    private static string Word(WordPattern word) => word.IsPrefix ? word.Text + "*" : word.Text;
}
