using System.Text.Json;
using Marten;

namespace Serm.Mentions;

/// <summary>Writes what was done to mentions. Most mentions are never touched: for them this costs nothing.</summary>
internal static class DeskRows
{
    private const char TagEnd = '\u001f';

    private const string Sql = """
        insert into mentions.desk (workspace, mention_id, tags, severity, flagged, snoozed_until, filtered_by, filtered_version, filtered_rule, sightings, per_hour, grew_at,
            reply_url, replied_at, first_answered_at, draft_id, pauses, relevant, brand_id, reply, reply_state, version)
        select ^, t.id, coalesce(string_to_array(nullif(t.tags, ''), E'\x1f'), '{}'), t.severity, t.flagged, t.snoozed_until, t.filtered_by, t.filtered_version, t.filtered_rule,
            t.sightings, t.per_hour, t.grew_at, t.reply_url, t.replied_at, t.first_answered_at, t.draft_id, t.pauses::jsonb, t.relevant, t.brand_id, t.reply::jsonb, t.reply_state, t.version
        from unnest(^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^) as t(id, tags, severity, flagged, snoozed_until, filtered_by, filtered_version, filtered_rule, sightings, per_hour,
            grew_at, reply_url, replied_at, first_answered_at, draft_id, pauses, relevant, brand_id, reply, reply_state, version)
        order by t.id
        on conflict (workspace, mention_id) do update set tags = excluded.tags, severity = excluded.severity, flagged = excluded.flagged, snoozed_until = excluded.snoozed_until,
            filtered_by = excluded.filtered_by, filtered_version = excluded.filtered_version, filtered_rule = excluded.filtered_rule, sightings = excluded.sightings,
            per_hour = excluded.per_hour, grew_at = excluded.grew_at, reply_url = excluded.reply_url, replied_at = excluded.replied_at,
            first_answered_at = excluded.first_answered_at, draft_id = excluded.draft_id, pauses = excluded.pauses, relevant = excluded.relevant, brand_id = excluded.brand_id,
            reply = excluded.reply, reply_state = excluded.reply_state, version = excluded.version
        """;

    /// <summary>Queues the rows of those that were touched.</summary>
    public static void Queue(IDocumentSession session, string workspace, IEnumerable<Mention> mentions)
    {
        var m = mentions.Where(x => x.Touched).ToArray();
        if (m.Length == 0)
        {
            return;
        }

        session.QueueSqlCommand(
            '^',
            Sql,
            workspace,
            Column(m, x => x.Id),
            Column(m, x => string.Join(TagEnd, x.Tags)),
            Column(m, x => (short)x.Severity),
            Column(m, x => x.Flagged),
            Column(m, x => x.SnoozedUntil?.ToUniversalTime()),
            Column(m, x => x.FilteredBy?.Id),
            Column(m, x => x.FilteredBy?.Version),
            Column(m, x => x.FilteredBy?.Name!),
            Column(m, x => x.Sightings),
            Column(m, x => x.PerHour),
            Column(m, x => x.GrewAt?.ToUniversalTime()),
            Column(m, x => x.ReplyUrl!),
            Column(m, x => x.RepliedAt?.ToUniversalTime()),
            Column(m, x => x.FirstAnsweredAt?.ToUniversalTime()),
            Column(m, x => x.DraftId),
            Column(m, x => x.Pauses.IsEmpty ? null! : JsonSerializer.Serialize(x.Pauses, Json)),
            Column(m, x => x.Relevant),
            Column(m, x => x.Brand!.Id),
            Column(m, x => x.Reply is { } reply ? JsonSerializer.Serialize(reply, StoredJson.Options) : null!),
            Column(m, x => (short?)x.Reply?.State),
            Column(m, x => x.Version));
    }

    /// <summary>How pauses are kept.</summary>
    public static readonly JsonSerializerOptions Json = Serm.Defaults.ServiceDefaults.Configure(new());

    private static T[] Column<T>(Mention[] mentions, Converter<Mention, T> value) => Array.ConvertAll(mentions, value);
}
