using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>A judged mention and what rules look at of it.</summary>
internal sealed record Judged(MentionScored Scored, MentionFacts Facts)
{
    /// <summary>When it counts: when it was published, or seen where the network's clock is ahead of ours.</summary>
    public DateTimeOffset At { get; } = Scored.Mention.Post.PublishedAt < Scored.Mention.SeenAt ? Scored.Mention.Post.PublishedAt : Scored.Mention.SeenAt;
}

/// <summary>What watches and backtests look at: a compact row for each judged mention, without its text, and counts by minute and hour. A mention is counted once, however often it is told.</summary>
internal sealed class History(NpgsqlDataSource dataSource, Names names, Topics topics, IOptions<AlertOptions> options, TimeProvider clock)
{
    // The counts are made of the rows that were new, in one statement: neither a repeat nor a crash can part them. Nearly always all are new, and a row that need not be looked up before costs less.
    private const string Sql = $"{Rows} {Counted}";

    // Of rows that were there the statement above would fail as a whole.
    private const string Again = $"{Rows} on conflict (workspace, mention_id) do nothing {Counted}";

    private const string Rows = """
        with fresh as (
            insert into alerts.judged (workspace, mention_id, brand_id, source_id, at, negative, label, reach, language, story, tokens, backfill, urgent)
            select $1, t.mention_id, t.brand_id, t.source_id, t.at, t.negative, t.label, nullif(t.reach, -1), t.language, t.story, t.tokens, t.backfill, t.urgent
            from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14) as t(mention_id, brand_id, source_id, at, negative, label, reach, language, story, tokens, backfill, urgent)
            order by t.mention_id
        """;

    private const string Counted = """
            returning brand_id, source_id, at, label),
        minutes as (
            insert into alerts.counts_minute (workspace, brand_id, source_id, at, total, negative)
            select $1, brand_id, source_id, date_trunc('minute', at), count(*), count(*) filter (where label = 0) from fresh where at > $13 group by 2, 3, 4 order by 2, 3, 4
            on conflict (workspace, brand_id, at, source_id) do update set total = counts_minute.total + excluded.total, negative = counts_minute.negative + excluded.negative)
        insert into alerts.counts_hour (workspace, brand_id, source_id, at, total, negative)
        select $1, brand_id, source_id, date_trunc('hour', at, 'UTC'), count(*), count(*) filter (where label = 0) from fresh group by 2, 3, 4 order by 2, 3, 4
        on conflict (workspace, brand_id, at, source_id) do update set total = counts_hour.total + excluded.total, negative = counts_hour.negative + excluded.negative
        """;

    /// <summary>How long counts by minute are kept.</summary>
    public static readonly TimeSpan Minutes = TimeSpan.FromDays(3);

    /// <summary>Counts mentions that are not counted yet.</summary>
    public async Task RecordAsync(string workspace, IReadOnlyList<Judged> judged, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var oldest = now.AddDays(-7 * options.Value.HistoryWeeks);
        var rows = judged.Where(j => j.At > oldest).DistinctBy(j => j.Scored.Mention.MentionId).ToList();
        if (rows.Count == 0)
        {
            return;
        }

        await names.NoteAsync(workspace, rows, cancellationToken);
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        var command = new NpgsqlBatchCommand(Sql);
        command.Parameters.AddWithValue(workspace);
        Add(command, rows, NpgsqlDbType.Uuid, r => r.Scored.Mention.MentionId);
        Add(command, rows, NpgsqlDbType.Uuid, r => r.Facts.BrandId);
        Add(command, rows, NpgsqlDbType.Uuid, r => r.Facts.SourceId);
        Add(command, rows, NpgsqlDbType.TimestampTz, r => r.At.UtcDateTime);
        Add(command, rows, NpgsqlDbType.Real, r => r.Facts.Negative);
        Add(command, rows, NpgsqlDbType.Smallint, r => (short)r.Scored.Verdict.Label);
        Add(command, rows, NpgsqlDbType.Bigint, r => r.Facts.Reach ?? -1);
        Add(command, rows, NpgsqlDbType.Text, r => r.Facts.Language);
        Add(command, rows, NpgsqlDbType.Text, r => Story.KeyOf(r.Scored.Mention.Post));
        Add(command, rows, NpgsqlDbType.Bytea, r => Tokens.Of(r.Facts));
        Add(command, rows, NpgsqlDbType.Boolean, r => r.Scored.Mention.Backfill);
        command.Parameters.AddWithValue((now - Minutes).UtcDateTime);
        Add(command, rows, NpgsqlDbType.Boolean, r => r.Facts.Urgent);
        topics.Queue(batch, workspace, rows, now);
        batch.BatchCommands.Add(command);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            command.CommandText = Again;
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Forgets what is too old, in small steps.</summary>
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var old = now.AddDays(-7 * options.Value.HistoryWeeks);
        await DeleteAsync("alerts.counts_minute", "at < $1", now - Minutes, cancellationToken);
        await DeleteAsync("alerts.counts_hour", "at < $1", old, cancellationToken);
        await DeleteAsync("alerts.judged", "at < $1", old, cancellationToken);
        await DeleteAsync("alerts.terms", "hour < $1", now - Topics.Kept, cancellationToken);
        // What a single mention said is nobody's topic.
        await DeleteAsync("alerts.terms", "hour < $1 and n < 2 and term <> ''", now.AddHours(-2 * Rising.Hours), cancellationToken);
        await DeleteAsync("alerts.overdue", "at < $1", old, cancellationToken);
        await DeleteAsync("alerts.notices", "created_at < $1 and state <> 'due' and not exists (select from alerts.incidents i where i.workspace = notices.workspace and i.id = notices.incident_id and i.status < 2)", old, cancellationToken);
    }

    private async Task DeleteAsync(string table, string which, DateTimeOffset before, CancellationToken cancellationToken)
    {
        int deleted;
        do
        {
            await using var command = dataSource.CreateCommand($"delete from {table} where ctid = any(array(select ctid from {table} where {which} limit 5000))");
            command.Parameters.AddWithValue(before.UtcDateTime);
            deleted = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (deleted == 5000);
    }

    private static void Add<T>(NpgsqlBatchCommand command, List<Judged> rows, NpgsqlDbType type, Func<Judged, T> value) =>
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => value(r)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
