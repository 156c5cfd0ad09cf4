using Serm.Defaults;

namespace Serm.Ingest.Imports;

/// <summary>Which column of a file holds which field of a post.</summary>
/// <param name="ByField">Column by field. Columns of JSON are members by their path: <c>author.name</c>.</param>
/// <param name="Unused">Columns that nothing is taken from.</param>
internal sealed record ImportFields(IReadOnlyDictionary<string, string> ByField, IReadOnlyList<string> Unused)
{
    /// <summary>All fields, with the names that exports commonly give their columns, in English, Russian, Turkish, Swedish and Vietnamese.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Known = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["id"] = ["post_id", "mention_id", "native_id", "guid"],
        ["text"] = ["content", "body", "message", "comment", "full_text", "snippet", "текст", "комментарий", "сообщение", "отзыв", "metin", "yorum", "mesaj", "kommentar", "meddelande", "nội dung", "bình luận"],
        ["title"] = ["headline", "subject", "заголовок", "тема", "başlık", "rubrik", "ämne", "tiêu đề"],
        ["url"] = ["link", "permalink", "uri", "ссылка", "адрес", "bağlantı", "länk", "liên kết"],
        ["publishedAt"] = ["published_at", "published", "date", "created_at", "created", "time", "timestamp", "datetime", "дата", "дата публикации", "tarih", "datum", "ngày"],
        ["language"] = ["lang", "язык", "dil", "språk", "ngôn ngữ"],
        ["author"] = ["author.name", "author_name", "user", "username", "name", "автор", "имя", "yazar", "författare", "tác giả"],
        ["authorId"] = ["author.id", "author_id", "user_id"],
        ["authorHandle"] = ["author.handle", "author_handle", "handle", "screen_name"],
        ["authorUrl"] = ["author.url", "author_url", "profile_url"],
        ["followers"] = ["author.followers", "followers_count", "subscribers", "подписчики", "takipçi", "följare", "người theo dõi"],
        ["reach"] = ["audience", "охват", "erişim", "räckvidd", "lượt tiếp cận"],
        ["parentId"] = ["parent_id", "parent", "in_reply_to"],
        ["likes"] = ["like_count", "reactions", "favourites", "лайки", "beğeni", "gillar", "lượt thích"],
        ["shares"] = ["share_count", "reposts", "retweets", "репосты", "paylaşım", "delningar", "lượt chia sẻ"],
        ["replies"] = ["reply_count", "comments", "comment_count", "ответы", "комментарии", "yanıt", "svar", "trả lời"],
        ["views"] = ["view_count", "impressions", "просмотры", "görüntülenme", "visningar", "lượt xem"],
    };

    /// <summary>Finds the columns.</summary>
    /// <param name="columns">Of the file, in its order.</param>
    /// <param name="map">What the caller says: <c>field:column</c>; an empty column leaves a field out. What is not said goes by name.</param>
    /// <exception cref="RuleViolation">A field or column is not known, or text and date have none.</exception>
    public static ImportFields Of(IReadOnlyList<string> columns, IReadOnlyList<string> map)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var said = map.Select(Said).GroupBy(m => m.Field, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Column, StringComparer.Ordinal);
        foreach (var (field, names) in Known)
        {
            if (said.TryGetValue(field, out var column))
            {
                if (column.Length > 0)
                {
                    found[field] = Find(columns, [column]) ?? throw RuleViolation.Invalid("map", "column_unknown", $"The file has no column \"{column}\". It has: {string.Join(", ", columns.Take(50))}.");
                }
            }
            else if (Find(columns.Except(said.Values, StringComparer.OrdinalIgnoreCase).Except(found.Values, StringComparer.Ordinal).ToList(), [field, .. names]) is { } byName)
            {
                found[field] = byName;
            }
        }

        if (!found.ContainsKey("text") && !found.ContainsKey("title"))
        {
            throw RuleViolation.Invalid("map", "text_unmapped", $"Say which column holds the text, as text:COLUMN. The file has: {string.Join(", ", columns.Take(50))}.");
        }

        return found.ContainsKey("publishedAt")
            ? new(found, [.. columns.Except(found.Values, StringComparer.Ordinal)])
            : throw RuleViolation.Invalid("map", "date_unmapped", $"Say which column holds the date, as publishedAt:COLUMN. Without it old posts would all stand at today. The file has: {string.Join(", ", columns.Take(50))}.");
    }

    /// <summary>The column of the field that a path of a pushed post names, such as <c>author.name</c>; null when it has none.</summary>
    public string? Column(string path) => ByField.GetValueOrDefault(path switch
    {
        "author.name" => "author",
        "author.id" => "authorId",
        "author.handle" => "authorHandle",
        "author.url" => "authorUrl",
        "author.followers" => "followers",
        _ => path,
    });

    private static (string Field, string Column) Said(string pair)
    {
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        var field = colon > 0 ? pair[..colon].Trim() : pair.Trim();
        return colon > 0 && Known.ContainsKey(field)
            ? (field, pair[(colon + 1)..].Trim())
            : throw RuleViolation.Invalid("map", "field_unknown", $"Give each pair as field:column, with one of these fields: {string.Join(", ", Known.Keys)}.");
    }

    private static string? Find(IReadOnlyList<string> columns, IEnumerable<string> names) =>
        names.Select(n => columns.FirstOrDefault(c => c.Equals(n, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(c => c is not null);
}
