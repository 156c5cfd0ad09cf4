using System.Text.Json;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>One item of a JSON Feed to <see cref="FeedItem"/>.</summary>
internal static class JsonFeedItem
{
    /// <summary>Reads an item; null when it is no object or says nothing at all.</summary>
    public static FeedItem? Read(JsonElement element, IReadOnlyDictionary<string, JsonElement> feed, FeedReadOptions options)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var fields = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in element.EnumerateObject())
        {
            fields.TryAdd(NameOf(property), property.Value);
        }

        var id = JsonFeed.Text(fields, "id");
        var url = FeedLinks.Resolve(JsonFeed.Text(fields, "url"), options.BaseUrl) ?? FeedLinks.Resolve(JsonFeed.Text(fields, "external_url"), options.BaseUrl);
        var title = JsonFeed.Text(fields, "title") is { } written ? PlainText.Line(FeedContent.Plain(written, anyTag: false)) : null;
        var text = Text(fields);
        if (string.IsNullOrWhiteSpace(id) && url is null && title is null && text.Length == 0)
        {
            return null;
        }

        var updated = FeedDate.Parse(JsonFeed.Text(fields, "date_modified"));
        var published = FeedDate.Parse(JsonFeed.Text(fields, "date_published")) ?? updated;
        return new(
            FeedIdentity.Of(id, url, XmlItem.Content(title, published, text), options.Identity ?? options.BaseUrl),
            PlainText.Line(id, 4_000),
            FeedLinks.Written(JsonFeed.Text(fields, "url"), options.BaseUrl) ?? FeedLinks.Written(JsonFeed.Text(fields, "external_url"), options.BaseUrl),
            url,
            title,
            text,
            Author(fields, options.BaseUrl) ?? Author(feed, options.BaseUrl),
            published,
            published > options.Now.AddDays(1),
            updated,
            FeedLanguage.Normalize(JsonFeed.Text(fields, "language")),
            Tags(fields),
            null,
            null);
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static string Text(Dictionary<string, JsonElement> fields)
    {
        if (JsonFeed.Text(fields, "content_html") is { Length: > 0 } html && PlainText.Lines(HtmlText.Convert(html)) is { Length: > 0 } converted)
        {
            return converted;
        }

        return PlainText.Lines(JsonFeed.Text(fields, "content_text") is { Length: > 0 } text ? text : JsonFeed.Text(fields, "summary"));
    }

    // Version 1.1 has a list of authors, 1.0 one author.
    private static FeedAuthor? Author(IReadOnlyDictionary<string, JsonElement> fields, Uri? baseUrl)
    {
        var people = new List<JsonElement>();
        if (fields.TryGetValue("authors", out var authors) && authors.ValueKind == JsonValueKind.Array)
        {
            people.AddRange(authors.EnumerateArray().Take(5));
        }

        if (fields.TryGetValue("author", out var author))
        {
            people.Add(author);
        }

        foreach (var person in people)
        {
            var name = person.ValueKind == JsonValueKind.Object ? Field(person, "name") : JsonFeed.Scalar(person);
            var url = person.ValueKind == JsonValueKind.Object ? FeedLinks.Resolve(Field(person, "url"), baseUrl) : null;
            if (FeedAuthors.Parse(name ?? url, baseUrl) is { } read)
            {
                return read with { Url = url ?? read.Url };
            }
        }

        return null;
    }

    private static string? Field(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? JsonFeed.Scalar(value) : null;

    private static List<string> Tags(Dictionary<string, JsonElement> fields) =>
        fields.TryGetValue("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Select(JsonFeed.Scalar).Select(t => PlainText.Line(t, 200)).OfType<string>().Distinct(StringComparer.Ordinal).Take(50)]
            : [];
}
