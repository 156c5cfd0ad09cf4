using System.Text.Json;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A mention as the inbox shows it. Verdict members are null while nobody has judged it.</summary>
/// <param name="Urgency">Sort key of the urgent order; see <see cref="UrgencyParts"/> for what it is made of.</param>
/// <param name="Version">What <c>If-Match</c> wants.</param>
/// <param name="Revision">1, or more for an edited text.</param>
/// <param name="Latency">When it passed each station; only in the answer about one mention.</param>
public sealed record MentionView(
    Guid Id,
    Guid BrandId,
    string BrandName,
    Guid SourceId,
    string SourceKind,
    string SourceName,
    string? Url,
    string? Title,
    string Text,
    Author? Author,
    string Language,
    DateTimeOffset PublishedAt,
    DateTimeOffset SeenAt,
    long? Reach,
    MentionStatus Status,
    string? Owner,
    Sentiment? Sentiment,
    float? Negative,
    float? Neutral,
    float? Positive,
    string? ModelVersion,
    IReadOnlyList<EvidenceSpan> Evidence,
    double Urgency,
    UrgencyParts UrgencyParts,
    DateTimeOffset? AlertedAt,
    int Version,
    int Revision,
    bool Backfill,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] Ledger? Latency = null)
{
    internal const string Columns = """
        i.id, i.brand_id, i.brand_name, i.source_id, i.source_kind, i.source_name, c.url, c.title, c.text, c.author, i.language, i.published_at, i.seen_at, i.reach,
        i.status, i.owner, i.label, i.negative, i.neutral, i.positive, i.model_version, i.evidence, i.urgency, i.alerted_at, i.version, i.revision, i.backfill,
        i.matched_at, i.scored_at, i.stored_at, i.delivered_at, i.opened_at, i.resolved_at
        """;

    internal const string From = "mentions.inbox i left join mentions.content c on c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision";

    private static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    internal static MentionView Read(NpgsqlDataReader r, DateTimeOffset now, bool withLatency = false)
    {
        var label = r.GetInt16(16);
        var negative = Nullable<float>(r, 17);
        var reach = Nullable<long>(r, 13);
        var published = r.GetFieldValue<DateTimeOffset>(11);
        return new(
            r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetGuid(3), r.GetString(4), r.GetString(5), StringAt(r, 6), StringAt(r, 7), StringAt(r, 8) ?? "",
            r.IsDBNull(9) ? null : JsonSerializer.Deserialize<Author>(r.GetString(9), JsonSerializerOptions.Web),
            r.GetString(10), published, r.GetFieldValue<DateTimeOffset>(12), reach, (MentionStatus)r.GetInt16(14), StringAt(r, 15),
            label == InboxRows.Unscored ? null : (Sentiment)label, negative, Nullable<float>(r, 18), Nullable<float>(r, 19), StringAt(r, 20),
            r.IsDBNull(21) ? [] : JsonSerializer.Deserialize<List<EvidenceSpan>>(r.GetString(21), Json) ?? [],
            r.GetDouble(22), Mentions.Urgency.Explain(negative, reach, published, now), Nullable<DateTimeOffset>(r, 23), r.GetInt32(24), r.GetInt32(25), r.GetBoolean(26),
            withLatency
                ? new Ledger(
                    published, r.GetFieldValue<DateTimeOffset>(12), r.GetFieldValue<DateTimeOffset>(27), Nullable<DateTimeOffset>(r, 28), r.GetFieldValue<DateTimeOffset>(29),
                    Nullable<DateTimeOffset>(r, 23), Nullable<DateTimeOffset>(r, 30), Nullable<DateTimeOffset>(r, 31), Nullable<DateTimeOffset>(r, 32))
                : null);
    }

    private static string? StringAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static T? Nullable<T>(NpgsqlDataReader r, int column)
        where T : struct => r.IsDBNull(column) ? null : r.GetFieldValue<T>(column);
}
