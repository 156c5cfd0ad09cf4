using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>JSON Feed 1.0 and 1.1. Comments and trailing commas are read; of a document that breaks off, what came before.</summary>
internal static class JsonFeed
{
    private const int MaxDepth = 64;

    /// <summary>Reads a document; null when it has no items and is no JSON Feed.</summary>
    public static FeedDocument? Read(string text, FeedReadOptions options, List<string> warnings)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.OrdinalIgnoreCase);
        var items = new List<JsonElement>();
        var hasItems = false;
        try
        {
            hasItems = ReadTop(Encoding.UTF8.GetBytes(text), fields, items, options.MaxItems, warnings);
        }
        catch (JsonException) when (items.Count > 0)
        {
            hasItems = true;
            warnings.Add("truncated");
        }
        catch (JsonException)
        {
            return null;
        }

        var version = Text(fields, "version");
        if (!hasItems && version?.Contains("jsonfeed.org", StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        var read = items.Select(i => JsonFeedItem.Read(i, fields, options)).OfType<FeedItem>().ToList();
        return new(
            FeedFormat.Json,
            version is null ? null : PlainText.Line(version[(version.LastIndexOf('/') + 1)..], 20),
            PlainText.Line(Text(fields, "title")),
            PlainText.Line(Text(fields, "description"), 4_000),
            FeedLinks.Written(Text(fields, "home_page_url"), options.BaseUrl),
            FeedLinks.Resolve(Text(fields, "home_page_url"), options.BaseUrl),
            FeedLinks.Resolve(Text(fields, "feed_url"), options.BaseUrl),
            FeedLanguage.Normalize(Text(fields, "language")),
            null,
            Hubs(fields, options.BaseUrl),
            FeedDuplicates.TellApart(read, warnings),
            warnings);
    }

    /// <summary>A string or number field as text.</summary>
    public static string? Text(IReadOnlyDictionary<string, JsonElement> fields, string name) => fields.TryGetValue(name, out var value) ? Scalar(value) : null;

    /// <summary>A string or number as text; null for anything else, and for text with broken escapes.</summary>
    public static string? Scalar(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole.ToString(CultureInfo.InvariantCulture) : value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return value.GetRawText().Trim('"');
        }
    }

    private static bool ReadTop(byte[] utf8, Dictionary<string, JsonElement> fields, List<JsonElement> items, int maxItems, List<string> warnings)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = MaxDepth });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var hasItems = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            reader.Read();
            if (name.Equals("items", StringComparison.OrdinalIgnoreCase) && reader.TokenType == JsonTokenType.StartArray)
            {
                hasItems = true;
                ReadItems(ref reader, items, maxItems, warnings);
            }
            else if (fields.Count < 1_000)
            {
                fields[name] = JsonElement.ParseValue(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return hasItems;
    }

    private static string Name(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static void ReadItems(ref Utf8JsonReader reader, List<JsonElement> items, int maxItems, List<string> warnings)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (items.Count < maxItems)
            {
                items.Add(JsonElement.ParseValue(ref reader));
                continue;
            }

            reader.Skip();
            if (!warnings.Contains("items_capped"))
            {
                warnings.Add("items_capped");
            }
        }
    }

    private static List<string> Hubs(Dictionary<string, JsonElement> fields, Uri? baseUrl)
    {
        if (!fields.TryGetValue("hubs", out var hubs) || hubs.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return [.. hubs.EnumerateArray().Where(h => h.ValueKind == JsonValueKind.Object && h.TryGetProperty("url", out _)).Select(h => FeedLinks.Resolve(Scalar(h.GetProperty("url")), baseUrl)).OfType<string>().Take(10)];
    }
}
