using System.Text.Json;
using Npgsql;
using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>A mention as the inbox shows it. Verdict members are null while nobody has judged it.</summary>
/// <param name="Urgency">Sort key of the urgent order; see <see cref="UrgencyParts"/> for what it is made of.</param>
/// <param name="Version">What <c>If-Match</c> wants.</param>
/// <param name="Revision">1, or more for an edited text.</param>
/// <param name="Sentiment">What counts: a person's correction, or else the model's label.</param>
/// <param name="Evidence">What decided the model's verdict; see <see cref="EvidenceSpan"/>.</param>
/// <param name="Correction">What a person said instead of the model, of this revision; null when nobody did.</param>
/// <param name="Why">More about the model's verdict; only in the answer about one mention.</param>
/// <param name="Latency">When it passed each station; only in the answer about one mention.</param>
/// <param name="Severity">What hangs on it.</param>
/// <param name="Tags">In order.</param>
/// <param name="Flagged">A rule asks for attention.</param>
/// <param name="SnoozedUntil">When it comes back; null when it is not put off.</param>
/// <param name="FilteredBy">The rule that put it into the filtered view; null when none did.</param>
/// <param name="StoryId">The mention whose story it tells; null when it tells its own.</param>
/// <param name="Sightings">Mentions of the story that it leads, this one included; 1 when it leads none.</param>
/// <param name="SlaState">The clock that presses most; null when nothing is promised.</param>
/// <param name="SlaDueAt">The next due time; null when all clocks stand or are done.</param>
/// <param name="RepliedAt">When we last answered on the network.</param>
/// <param name="ReplyUrl">Where that answer stands.</param>
/// <param name="FirstAnsweredAt">When anybody first answered, or closed it.</param>
/// <param name="AuthorId">Asks <c>/api/authors/{id}</c> who wrote it; null when nobody is named.</param>
/// <param name="AuthorList"><c>vip</c> or <c>ignore</c> when the author is on a list.</param>
/// <param name="ReadBy">Who reads it right now, you left out; only in the answer about one mention.</param>
/// <param name="Draft">The draft of an answer; only in the answer about one mention.</param>
/// <param name="Removed">The post is gone from its network, and its text, author and address from here.</param>
/// <param name="Relevance">How likely it is one of those that this brand's people dismiss; null while too little is known, and once somebody has decided.</param>
/// <param name="Engagement">Reactions as the network told them last; left out while it told none.</param>
/// <param name="Reply">An answer through the network that is under way, was refused or may be there, until somebody deals with it; left out when there is none.</param>
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
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] Ledger? Latency = null,
    Severity Severity = Severity.Normal,
    IReadOnlyList<string>? Tags = null,
    bool Flagged = false,
    DateTimeOffset? SnoozedUntil = null,
    RuleRef? FilteredBy = null,
    Guid? StoryId = null,
    int Sightings = 1,
    SlaState? SlaState = null,
    DateTimeOffset? SlaDueAt = null,
    DateTimeOffset? RepliedAt = null,
    string? ReplyUrl = null,
    DateTimeOffset? FirstAnsweredAt = null,
    Guid? AuthorId = null,
    string? AuthorList = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? ReadBy = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Draft = null,
    bool Removed = false,
    Correction? Correction = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] VerdictWhy? Why = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] RelevanceView? Relevance = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] Engagement? Engagement = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] ReplyView? Reply = null)
{
    /// <summary>Tellings of the story that a row leads.</summary>
    internal const string Sighted = "(1 + (select count(*) from mentions.inbox s where s.workspace = i.workspace and s.story_id = i.id))";

    internal const string Columns = """
        i.id, i.brand_id, i.brand_name, i.source_id, i.source_kind, i.source_name, c.url, c.title, c.text, c.author, i.language, i.published_at, i.seen_at, i.reach,
        i.status, i.owner, i.label, i.negative, i.neutral, i.positive, i.model_version, i.evidence, i.urgency, i.alerted_at, i.version, i.revision, i.backfill,
        i.matched_at, i.scored_at, i.stored_at, i.delivered_at, i.opened_at, i.resolved_at,
        i.story_id, i.sla_state, i.sla_due_at, i.author_key, d.severity, d.tags, d.flagged, d.snoozed_until, d.filtered_by, d.filtered_version, d.filtered_rule, d.sightings,
        d.per_hour, d.grew_at, d.replied_at, d.reply_url, d.first_answered_at, l.list,
        1 + (select count(*)::int from mentions.inbox s where s.workspace = i.workspace and s.story_id = i.id), coalesce(c.removed, false),
        i.correction, i.why, i.engagement, d.reply
        """;

    internal const string From = "mentions.inbox i left join mentions.content c on c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision "
        + "left join mentions.desk d on d.workspace = i.workspace and d.mention_id = i.id left join mentions.author_lists l on l.workspace = i.workspace and l.author_key = i.author_key";

    internal static MentionView Read(NpgsqlDataReader r, DateTimeOffset now, bool withLatency = false)
    {
        var label = r.GetInt16(16);
        var negative = Nullable<float>(r, 17);
        var reach = Nullable<long>(r, 13);
        var correction = Parsed<Correction>(r, 53);
        var published = r.GetFieldValue<DateTimeOffset>(11);
        var removed = r.GetBoolean(52);
        var touched = !r.IsDBNull(37);
        var facts = new UrgencyFacts(
            correction is null ? negative : correction.Label == Contracts.Sentiment.Negative ? 1 : 0, reach, published, touched ? r.GetInt32(44) : 1, touched ? r.GetDouble(45) : 0, Nullable<DateTimeOffset>(r, 46), (SlaState?)Nullable<short>(r, 34),
            touched ? (Severity)r.GetInt16(37) : Severity.Normal, touched && r.GetBoolean(39));
        return new(
            r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.GetGuid(3), r.GetString(4), r.GetString(5), StringAt(r, 6), StringAt(r, 7), StringAt(r, 8) ?? "",
            r.IsDBNull(9) ? null : JsonSerializer.Deserialize<Author>(r.GetString(9), JsonSerializerOptions.Web),
            r.GetString(10), published, r.GetFieldValue<DateTimeOffset>(12), reach, (MentionStatus)r.GetInt16(14), StringAt(r, 15),
            label == InboxRows.Unscored ? null : (Sentiment)label, negative, Nullable<float>(r, 18), Nullable<float>(r, 19), StringAt(r, 20),
            removed || r.IsDBNull(21) ? [] : JsonSerializer.Deserialize<IReadOnlyList<EvidenceSpan>>(r.GetString(21), StoredJson.Options) ?? [],
            r.GetDouble(22), Mentions.Urgency.Explain(facts, now), Nullable<DateTimeOffset>(r, 23), r.GetInt32(24), r.GetInt32(25), r.GetBoolean(26),
            withLatency
                ? new Ledger(
                    published, r.GetFieldValue<DateTimeOffset>(12), r.GetFieldValue<DateTimeOffset>(27), Nullable<DateTimeOffset>(r, 28), r.GetFieldValue<DateTimeOffset>(29),
                    Nullable<DateTimeOffset>(r, 23), Nullable<DateTimeOffset>(r, 30), Nullable<DateTimeOffset>(r, 31), Nullable<DateTimeOffset>(r, 32))
                : null,
            facts.Severity,
            touched ? r.GetFieldValue<string[]>(38) : [],
            facts.Flagged,
            Nullable<DateTimeOffset>(r, 40),
            Nullable<Guid>(r, 41) is { } rule ? new(rule, r.GetInt32(42), r.GetString(43)) : null,
            Nullable<Guid>(r, 33),
            r.GetInt32(51),
            facts.Sla,
            Nullable<DateTimeOffset>(r, 35),
            Nullable<DateTimeOffset>(r, 47),
            StringAt(r, 48),
            Nullable<DateTimeOffset>(r, 49),
            Nullable<Guid>(r, 36),
            StringAt(r, 50),
            Removed: removed,
            Correction: correction,
            Why: withLatency && Parsed<VerdictWhy>(r, 54) is { } why ? removed ? why with { Flip = null, Ignored = null } : why : null,
            Engagement: Parsed<Engagement>(r, 55),
            Reply: Parsed<NetworkReply>(r, 56) is { } reply ? ReplyView.Of(reply) : null);
    }

    private static T? Parsed<T>(NpgsqlDataReader r, int column)
        where T : class => r.IsDBNull(column) ? null : JsonSerializer.Deserialize<T>(r.GetString(column), StoredJson.Options);

    private static string? StringAt(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static T? Nullable<T>(NpgsqlDataReader r, int column)
        where T : struct => r.IsDBNull(column) ? null : r.GetFieldValue<T>(column);
}
