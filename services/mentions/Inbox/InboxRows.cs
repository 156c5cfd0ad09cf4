using System.Text.Json;
using Marten;

namespace Serm.Mentions;

/// <summary>Writes inbox rows, the hourly counts and the totals from the states of mentions, in one statement: the counts are always the sum of the rows.</summary>
internal static class InboxRows
{
    /// <summary>The label of a mention that nobody has judged yet.</summary>
    public const short Unscored = 3;

    private const string Columns = """
        workspace, id, brand_id, brand_name, source_kind, source_id, source_name, language, label, negative, neutral, positive, model_version, evidence, status,
        owner, reach, urgency, published_at, seen_at, matched_at, scored_at, stored_at, alerted_at, delivered_at, opened_at, resolved_at, revision, version, backfill,
        sim_hash, url_key, author_key, thread_key, is_reply, story_id, sla_state, sla_due_at, why, correction, engagement, first_label
        """;

    private const string Values = """
        workspace, id, brand_id, brand_name, source_kind, source_id, source_name, language, label, negative, neutral, positive, model_version, evidence::jsonb, status,
        owner, nullif(reach, -1), urgency, published_at, seen_at, matched_at, scored_at, stored_at, alerted_at, delivered_at, opened_at, resolved_at, revision, version, backfill,
        sim_hash, url_key, author_key, thread_key, is_reply, story_id, sla_state, sla_due_at, why::jsonb, correction::jsonb, engagement::jsonb, first_label
        """;

    private const string Given = """
        select ^::text as workspace, t.* from unnest(^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^, ^)
        as t(id, brand_id, brand_name, source_kind, source_id, source_name, language, label, negative, neutral, positive, model_version, evidence, status,
             owner, reach, urgency, published_at, seen_at, matched_at, scored_at, stored_at, alerted_at, delivered_at, opened_at, resolved_at, revision, version, backfill,
             sim_hash, url_key, author_key, thread_key, is_reply, story_id, sla_state, sla_due_at, why, correction, engagement, first_label, next_at)
        """;

    // Of mentions whose streams were started in the same transaction nobody can have written a row.
    private const string Insert = $"insert into mentions.inbox ({Columns}) select {Values} from ({Given}) incoming";

    private const string Ring = """
        insert into mentions.due (workspace, mention_id, at) select ^, t.id, t.at from unnest(^, ^) as t(id, at)
        on conflict (workspace, mention_id) do update set at = excluded.at
        """;

    private const string Counted = "select ^::text as workspace, f.* from unnest(^, ^, ^, ^, ^, ^) as f(brand_id, status, label, hour, n, reach)";

    // All statements lock counts, rows and counts again in one order, so that two batches cannot deadlock: PostgreSQL runs the last part first. Rows are locked in id order, counts in key order.
    private const string Count = """
        counted as (
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

    private const string CountNew = $"with moved as ({Counted}), {Count}";

    private const string Upsert = $"""
        with incoming as (
            {Given}
        ), old as (
            select i.workspace, i.id, i.brand_id, i.published_at, i.label, i.reach, i.status
            from mentions.inbox i join incoming using (workspace, id)
        ), written as (
            insert into mentions.inbox ({Columns})
            select {Values} from incoming order by id
            on conflict (workspace, id) do update set
                brand_name = excluded.brand_name, source_name = excluded.source_name, language = excluded.language, label = excluded.label,
                negative = excluded.negative, neutral = excluded.neutral, positive = excluded.positive, model_version = excluded.model_version,
                evidence = excluded.evidence, status = excluded.status, owner = excluded.owner, reach = excluded.reach, urgency = excluded.urgency,
                published_at = excluded.published_at, seen_at = excluded.seen_at, matched_at = excluded.matched_at, scored_at = excluded.scored_at,
                stored_at = excluded.stored_at, alerted_at = excluded.alerted_at, delivered_at = excluded.delivered_at, opened_at = excluded.opened_at,
                resolved_at = excluded.resolved_at, revision = excluded.revision, version = excluded.version, backfill = excluded.backfill,
                sim_hash = excluded.sim_hash, url_key = excluded.url_key, author_key = excluded.author_key, thread_key = excluded.thread_key, is_reply = excluded.is_reply,
                story_id = excluded.story_id, sla_state = excluded.sla_state, sla_due_at = excluded.sla_due_at,
                why = excluded.why, correction = excluded.correction, engagement = excluded.engagement,
                first_label = excluded.first_label
        ), rung as (
            insert into mentions.due (workspace, mention_id, at) select workspace, id, next_at from incoming where next_at is not null order by id
            on conflict (workspace, mention_id) do update set at = excluded.at
        ), stilled as (
            delete from mentions.due d using incoming n join old o using (workspace, id) where d.workspace = n.workspace and d.mention_id = n.id and n.next_at is null
        ), moved as (
            select workspace, brand_id, status, label, date_trunc('hour', published_at, 'UTC') as hour, 1 as n, greatest(reach, 0) as reach from incoming
            union all
            select workspace, brand_id, status, label, date_trunc('hour', published_at, 'UTC'), -1, -coalesce(reach, 0) from old
            union all
            {Counted}
        ), {Count}
        """;

    /// <summary>Queues the rows for the session's transaction. Mentions that were not found yet (an alert overtook them) have no row.</summary>
    /// <param name="session">What the rest is saved with.</param>
    /// <param name="workspace">The tenant.</param>
    /// <param name="mentions">Those that may have a row already.</param>
    /// <param name="policies">Clocks that run.</param>
    /// <param name="started">Those whose streams this transaction started.</param>
    public static void Queue(IDocumentSession session, string workspace, IEnumerable<Mention> mentions, SlaPolicies policies, IEnumerable<Mention>? started = null)
    {
        var fresh = Rows(started ?? [], policies);
        var rows = Rows(mentions, policies);
        if (fresh.Length > 0)
        {
            session.QueueSqlCommand('^', Insert, Parameters(workspace, fresh));
            var rung = Array.FindAll(fresh, r => r.Next is not null);
            if (rung.Length > 0)
            {
                session.QueueSqlCommand('^', Ring, workspace, Array.ConvertAll(rung, r => r.Mention.Id), Array.ConvertAll(rung, r => r.Next!.Value));
            }
        }

        if (fresh.Length + rows.Length > 0)
        {
            var counted = Counts(workspace, fresh);
            session.QueueSqlCommand('^', rows.Length > 0 ? Upsert : CountNew, rows.Length > 0 ? [.. Parameters(workspace, rows), .. counted] : counted);
            Mention[] all = [.. fresh.Select(r => r.Mention), .. rows.Select(r => r.Mention)];
            VerdictRows.Queue(session, workspace, all);
            DeskRows.Queue(session, workspace, all);
        }
    }

    private static Row[] Rows(IEnumerable<Mention> mentions, SlaPolicies policies) =>
        [.. mentions.Where(m => m.Brand is not null).OrderBy(m => m.Id).Select(m => new Row(m, SlaDecider.Of(m, policies)))];

    private static object[] Counts(string workspace, Row[] fresh)
    {
        var counts = fresh
            .GroupBy(r => (r.Mention.Brand!.Id, r.Status, r.Label, Hour: r.Published.AddTicks(-(r.Published.Ticks % TimeSpan.TicksPerHour))))
            .Select(g => (g.Key, N: g.Count(), Reach: g.Sum(r => r.Mention.Latest!.Reach ?? 0)))
            .ToArray();
        return
        [
            workspace, Array.ConvertAll(counts, c => c.Key.Id), Array.ConvertAll(counts, c => c.Key.Status), Array.ConvertAll(counts, c => c.Key.Label), Array.ConvertAll(counts, c => c.Key.Hour),
            Array.ConvertAll(counts, c => c.N), Array.ConvertAll(counts, c => c.Reach),
        ];
    }

    private static object[] Parameters(string workspace, Row[] m) =>
    [
        workspace,
        Column(m, x => x.Id),
        Column(m, x => x.Brand!.Id),
        Column(m, x => x.Brand!.Name),
        Column(m, x => x.SourceKind),
        Column(m, x => x.SourceId),
        Column(m, x => x.SourceName),
        Column(m, x => x.Latest!.Language),
        Array.ConvertAll(m, r => r.Label),
        Column(m, x => x.Verdict?.Negative),
        Column(m, x => x.Verdict?.Neutral),
        Column(m, x => x.Verdict?.Positive),
        Column(m, x => x.Verdict?.ModelVersion!),
        Column(m, x => x.Verdict is { } v ? JsonSerializer.Serialize(v.Evidence, StoredJson.Options) : null!),
        Array.ConvertAll(m, r => r.Status),
        Column(m, x => x.Owner!),
        Column(m, x => x.Latest!.Reach ?? -1),
        Array.ConvertAll(m, r => Urgency.Of(UrgencyFacts.Of(r.Mention, r.Sla.State))),
        Array.ConvertAll(m, r => r.Published),
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
        Column(m, x => x.IsRemoved ? null : x.UrlKey),
        Column(m, x => x.IsErased ? null : x.AuthorKey),
        Column(m, x => Keys.OfThread(x.SourceKind, x.ThreadId)),
        Column(m, x => x.IsReply),
        Column(m, x => x.StoryId),
        Array.ConvertAll(m, r => (short?)r.Sla.State),
        Array.ConvertAll(m, r => r.Sla.DueAt?.ToUniversalTime()),
        Column(m, x => x.Verdict is { } v ? JsonSerializer.Serialize(VerdictWhy.Of(v), StoredJson.Options) : null!),
        Column(m, x => x.Correction is { } c && c.Revision == x.Latest!.Number ? JsonSerializer.Serialize(c, StoredJson.Options) : null!),
        Column(m, x => x.Engagement is { } e ? JsonSerializer.Serialize(e, StoredJson.Options) : null!),
        Array.ConvertAll(m, r => r.FirstLabel),
        Array.ConvertAll(m, r => r.Next),
    ];

    private static T[] Column<T>(Row[] rows, Converter<Mention, T> value) => Array.ConvertAll(rows, r => value(r.Mention));

    private readonly record struct Row(Mention Mention, SlaStanding Sla)
    {
        public short Label => (short)((int?)Mention.Label ?? Unscored);

        // Null where it is the label that counts.
        public short? FirstLabel => Mention.LabelAtFirst == Mention.Label ? null : (short)((int?)Mention.LabelAtFirst ?? Unscored);

        public short Status => (short)Mention.Status;

        public DateTimeOffset Published => Mention.Latest!.PublishedAt.ToUniversalTime();

        public DateTimeOffset? Next => (Mention.SnoozedUntil is { } wakes && !(Sla.NextAt < wakes) ? wakes : Sla.NextAt)?.ToUniversalTime();
    }
}
