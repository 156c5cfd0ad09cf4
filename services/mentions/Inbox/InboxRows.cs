using System.Text.Json;
using Marten;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Writes inbox rows, the hourly counts and the totals from the states of mentions, in one statement: the counts are always the sum of the rows.</summary>
internal static class InboxRows
{
    /// <summary>The label of a mention that nobody has judged yet.</summary>
    public const short Unscored = 3;

    private static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    // Rows are locked in id order and counts in key order, so that two batches cannot deadlock.
    private const string Sql = """
        with incoming as (
            select ^::text as workspace, t.* from unnest(^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^)
            as t(id, brand_id, brand_name, source_kind, source_id, source_name, language, label, negative, neutral, positive, model_version, evidence, status,
                 owner, reach, urgency, published_at, seen_at, matched_at, scored_at, stored_at, alerted_at, delivered_at, opened_at, resolved_at, revision, version, backfill,
                 sim_hash, url_key, author_key, thread_key, is_reply, story_id, sla_state, sla_due_at, next_at, why, correction, engagement)
        ), old as (
            select i.workspace, i.id, i.brand_id, i.published_at, i.label, i.reach, i.status
            from mentions.inbox i join incoming using (workspace, id)
        ), written as (
            insert into mentions.inbox (workspace, id, brand_id, brand_name, source_kind, source_id, source_name, language, label, negative, neutral, positive,
                model_version, evidence, status, owner, reach, urgency, published_at, seen_at, matched_at, scored_at, stored_at, alerted_at, delivered_at,
                opened_at, resolved_at, revision, version, backfill, sim_hash, url_key, author_key, thread_key, is_reply, story_id, sla_state, sla_due_at, why, correction, engagement)
            select workspace, id, brand_id, brand_name, source_kind, source_id, source_name, language, label, negative, neutral, positive,
                model_version, evidence::jsonb, status, owner, nullif(reach, -1), urgency, published_at, seen_at, matched_at, scored_at, stored_at, alerted_at, delivered_at,
                opened_at, resolved_at, revision, version, backfill, sim_hash, url_key, author_key, thread_key, is_reply, story_id, sla_state, sla_due_at, why::jsonb, correction::jsonb, engagement::jsonb
            from incoming order by id
            on conflict (workspace, id) do update set
                brand_name = excluded.brand_name, source_name = excluded.source_name, language = excluded.language, label = excluded.label,
                negative = excluded.negative, neutral = excluded.neutral, positive = excluded.positive, model_version = excluded.model_version,
                evidence = excluded.evidence, status = excluded.status, owner = excluded.owner, reach = excluded.reach, urgency = excluded.urgency,
                published_at = excluded.published_at, seen_at = excluded.seen_at, matched_at = excluded.matched_at, scored_at = excluded.scored_at,
                stored_at = excluded.stored_at, alerted_at = excluded.alerted_at, delivered_at = excluded.delivered_at, opened_at = excluded.opened_at,
                resolved_at = excluded.resolved_at, revision = excluded.revision, version = excluded.version, backfill = excluded.backfill,
                sim_hash = excluded.sim_hash, url_key = excluded.url_key, author_key = excluded.author_key, thread_key = excluded.thread_key, is_reply = excluded.is_reply,
                story_id = excluded.story_id, sla_state = excluded.sla_state, sla_due_at = excluded.sla_due_at,
                why = excluded.why, correction = excluded.correction, engagement = excluded.engagement
        ), rung as (
            insert into mentions.due (workspace, mention_id, at) select workspace, id, next_at from incoming where next_at is not null order by id
            on conflict (workspace, mention_id) do update set at = excluded.at
        ), stilled as (
            delete from mentions.due d using incoming n join old o using (workspace, id) where d.workspace = n.workspace and d.mention_id = n.id and n.next_at is null
        ), moved as (
            select workspace, brand_id, status, label, date_trunc('hour', published_at) as hour, 1 as n, greatest(reach, 0) as reach from incoming
            union all
            select workspace, brand_id, status, label, date_trunc('hour', published_at), -1, -coalesce(reach, 0) from old
        ), counted as (
            insert into mentions.totals (workspace, brand_id, status, label, mentions)
            select workspace, brand_id, status, label, sum(n) from moved
            group by workspace, brand_id, status, label
            having sum(n) <> 0
            order by workspace, brand_id, status, label
            on conflict (workspace, brand_id, status, label) do update set mentions = mentions.totals.mentions + excluded.mentions
        )
        insert into mentions.dynamics (workspace, brand_id, hour, label, mentions, reach)
        select workspace, brand_id, hour, label, sum(n), sum(reach) from moved where status <> 3
        group by workspace, brand_id, hour, label
        having sum(n) <> 0 or sum(reach) <> 0
        order by workspace, brand_id, hour, label
        on conflict (workspace, brand_id, hour, label) do update
        set mentions = mentions.dynamics.mentions + excluded.mentions, reach = mentions.dynamics.reach + excluded.reach
        """;

    /// <summary>Queues the rows for the session's transaction. Mentions that were not found yet (an alert overtook them) have no row.</summary>
    public static void Queue(IDocumentSession session, string workspace, IEnumerable<Mention> mentions, SlaPolicies policies)
    {
        var m = mentions.Where(x => x.Brand is not null).OrderBy(x => x.Id).ToArray();
        if (m.Length == 0)
        {
            return;
        }

        var sla = m.ToDictionary(x => x.Id, x => SlaDecider.Of(x, policies));
        VerdictRows.Queue(session, workspace, m);
        session.QueueSqlCommand(
            '^',
            Sql,
            workspace,
            Column(m, x => x.Id),
            Column(m, x => x.Brand!.Id),
            Column(m, x => x.Brand!.Name),
            Column(m, x => x.SourceKind),
            Column(m, x => x.SourceId),
            Column(m, x => x.SourceName),
            Column(m, x => x.Latest!.Language),
            Column(m, x => (short)((int?)x.Label ?? Unscored)),
            Column(m, x => x.Verdict?.Negative),
            Column(m, x => x.Verdict?.Neutral),
            Column(m, x => x.Verdict?.Positive),
            Column(m, x => x.Verdict?.ModelVersion!),
            Column(m, x => x.Verdict is { } v ? JsonSerializer.Serialize(v.Evidence, Json) : null!),
            Column(m, x => (short)x.Status),
            Column(m, x => x.Owner!),
            Column(m, x => x.Latest!.Reach ?? -1),
            Column(m, x => Urgency.Of(UrgencyFacts.Of(x, sla[x.Id].State))),
            Column(m, x => x.Latest!.PublishedAt.ToUniversalTime()),
            Column(m, x => x.Ledger.SeenAt!.Value.ToUniversalTime()),
            Column(m, x => x.Ledger.MatchedAt!.Value.ToUniversalTime()),
            Column(m, x => x.Ledger.ScoredAt?.ToUniversalTime()),
            Column(m, x => x.Ledger.StoredAt!.Value.ToUniversalTime()),
            Column(m, x => x.Ledger.AlertedAt?.ToUniversalTime()),
            Column(m, x => x.Ledger.DeliveredAt?.ToUniversalTime()),
            Column(m, x => x.Ledger.OpenedAt?.ToUniversalTime()),
            Column(m, x => x.Ledger.ResolvedAt?.ToUniversalTime()),
            Column(m, x => x.Latest!.Number),
            Column(m, x => x.Version),
            Column(m, x => x.Backfill),
            Column(m, x => x.SimHash),
            Column(m, x => x.UrlKey),
            Column(m, x => x.AuthorKey),
            Column(m, x => Keys.OfThread(x.SourceKind, x.ThreadId)),
            Column(m, x => x.IsReply),
            Column(m, x => x.StoryId),
            Column(m, x => (short?)sla[x.Id].State),
            Column(m, x => sla[x.Id].DueAt?.ToUniversalTime()),
            Column(m, x => Next(x, sla[x.Id])?.ToUniversalTime()),
            Column(m, x => x.Verdict is { } v ? JsonSerializer.Serialize(VerdictWhy.Of(v), Json) : null!),
            Column(m, x => x.Correction is { } c && c.Revision == x.Latest!.Number ? JsonSerializer.Serialize(c, Json) : null!),
            Column(m, x => x.Engagement is { } e ? JsonSerializer.Serialize(e, Json) : null!));
        DeskRows.Queue(session, workspace, m);
    }

    private static DateTimeOffset? Next(Mention mention, SlaStanding sla) => mention.SnoozedUntil is { } wakes && !(sla.NextAt < wakes) ? wakes : sla.NextAt;

    private static T[] Column<T>(Mention[] mentions, Converter<Mention, T> value) => Array.ConvertAll(mentions, value);
}
