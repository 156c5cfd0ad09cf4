using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>A notice that this process has claimed.</summary>
internal sealed record Claimed(string Workspace, Guid Id, Guid ChannelId, Guid? IncidentId, string Kind, int Step, int Attempts, DateTimeOffset DueAt, DateTimeOffset? Since, DateTimeOffset? Until = null);

/// <summary>The table of notices: claimed with SKIP LOCKED and a lease, so that several processes share the work and a dead one's is taken over.</summary>
internal sealed class NoticeTable(NpgsqlDataSource dataSource, IOptions<ChannelOptions> options, TimeProvider clock)
{
    /// <summary>Tries before a notice is given up: about a day.</summary>
    public const int MostTries = 14;

    // 5 s, 10 s, 20 s ... 2 h 50 min, each up to a fifth longer.
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(3);

    private static readonly TimeSpan LongestGivenUp = TimeSpan.FromDays(7);

    /// <summary>Claims notices that are due, of channels that are not left alone just now.</summary>
    /// <param name="most">Of all channels.</param>
    /// <param name="mostOfOne">Of one channel, with those that run.</param>
    /// <param name="running">Those that run, by channel.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<List<Claimed>> ClaimAsync(int most, int mostOfOne, IReadOnlyCollection<KeyValuePair<Guid, int>> running, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(
            """
            update alerts.notices n set locked_until = $2, attempts = attempts + 1
            from (
                select d.workspace, d.id from alerts.channels c
                left join unnest($4, $5) as r(channel_id, running) on r.channel_id = c.id
                cross join lateral (
                    select workspace, id, due_at from alerts.notices
                    where workspace = c.workspace and channel_id = c.id and state = 'due' and due_at <= $1 and (locked_until is null or locked_until < $1)
                    order by due_at limit greatest(0, $6 - coalesce(r.running, 0)) for update skip locked) d
                where c.open_until is null or c.open_until < $1
                order by d.due_at limit $3) due
            where n.workspace = due.workspace and n.id = due.id
            returning n.workspace, n.id, n.channel_id, n.incident_id, n.kind, n.step, n.attempts, n.due_at, n.since, n.until
            """);
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue(now.AddSeconds(options.Value.LeaseSeconds).UtcDateTime);
        command.Parameters.AddWithValue(most);
        command.Parameters.AddWithValue(running.Select(r => r.Key).ToArray());
        command.Parameters.AddWithValue(running.Select(r => r.Value).ToArray());
        command.Parameters.AddWithValue(mostOfOne);
        var claimed = new List<Claimed>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            claimed.Add(new(
                r.GetString(0), r.GetGuid(1), r.GetGuid(2), r.IsDBNull(3) ? null : r.GetGuid(3), r.GetString(4), r.GetInt32(5), r.GetInt32(6), r.GetFieldValue<DateTimeOffset>(7), r.IsDBNull(8) ? null : r.GetFieldValue<DateTimeOffset>(8),
                r.IsDBNull(9) ? null : r.GetFieldValue<DateTimeOffset>(9)));
        }

        return claimed;
    }

    /// <summary>The receiver took it, or nobody need be told any more.</summary>
    public Task DoneAsync(Claimed notice, string state, CancellationToken cancellationToken) => SetAsync(
        "update alerts.notices set state = $3, delivered_at = case when $3 = 'delivered' then $4 else null end, error = null, locked_until = null where workspace = $1 and id = $2 and state = 'due'",
        notice, cancellationToken, state, clock.GetUtcNow().UtcDateTime);

    /// <summary>It is not told yet: that it was looked at is no try.</summary>
    public Task WaitAsync(Claimed notice, DateTimeOffset next, CancellationToken cancellationToken) => SetAsync(
        "update alerts.notices set due_at = $3, attempts = attempts - 1, locked_until = null where workspace = $1 and id = $2 and state = 'due'", notice, cancellationToken, next.UtcDateTime);

    /// <summary>A try failed: the next one follows, or it is given up.</summary>
    public Task FailedAsync(Claimed notice, Outcome outcome, DateTimeOffset next, CancellationToken cancellationToken)
    {
        var over = outcome.Final || notice.Attempts >= MostTries;
        return SetAsync(
            "update alerts.notices set state = $3, due_at = case when $3 = 'due' then $4 else due_at end, error = $5, locked_until = null where workspace = $1 and id = $2 and state = 'due'",
            notice, cancellationToken, over ? "failed" : "due", next.UtcDateTime, outcome.Error ?? "");
    }

    /// <summary>Takes up what was given up within a week, now that somebody has mended the channel. What nobody need be told any more falls away when its turn comes; steps that were passed on stay so.</summary>
    public async Task TakeUpAsync(string workspace, NoticeChannel channel, WorkspaceQuiet quiet, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(
            """
            update alerts.notices n set state = 'due', attempts = 0, locked_until = null,
                due_at = case when (select severity from alerts.incidents i where i.workspace = n.workspace and i.id = n.incident_id) = $4 then $6 else $5 end
            where workspace = $1 and channel_id = $2 and created_at > $3 and state = 'failed' and (kind <> 'escalated' or attempts > 0)
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(channel.Id);
        command.Parameters.AddWithValue((now - LongestGivenUp).UtcDateTime);
        command.Parameters.AddWithValue((short)IncidentSeverity.Critical);
        command.Parameters.AddWithValue(channel.NextAllowed(now, IncidentSeverity.Info, quiet).UtcDateTime);
        command.Parameters.AddWithValue(channel.NextAllowed(now, IncidentSeverity.Critical, quiet).UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The pause after a try: what the receiver asks for makes it longer, and never shorter.</summary>
    public static TimeSpan Pause(Outcome outcome, int tries, double jitter) => Pause(tries, jitter) is var pause && outcome.After is { } asked && asked > pause ? asked : pause;

    /// <summary>The pause after a try: doubles from 5 s to 3 h, up to a fifth longer.</summary>
    /// <param name="tries">Tries so far, from 1.</param>
    /// <param name="jitter">0 to 1.</param>
    public static TimeSpan Pause(int tries, double jitter) =>
        TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, FirstPause.TotalSeconds * Math.Pow(2, Math.Min(tries - 1, 20))) * (1 + (jitter / 5)));

    /// <summary>Queues the digests that are due, each once, and moves on to the next.</summary>
    public async Task QueueDigestsAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = new List<(string Workspace, NoticeChannel Channel, DateTimeOffset At, DateTimeOffset? To, WorkspaceQuiet Quiet)>();
        await using (var select = new NpgsqlCommand(
            """
            select c.workspace, c.state, c.next_digest_at, c.digested_to, q.state from alerts.channels c left join alerts.quiet_hours q on q.workspace = c.workspace
            where c.next_digest_at <= $1 order by c.id limit 50 for update of c skip locked
            """,
            connection))
        {
            select.Parameters.AddWithValue(now.UtcDateTime);
            await using var r = await select.ExecuteReaderAsync(cancellationToken);
            while (await r.ReadAsync(cancellationToken))
            {
                due.Add((
                    r.GetString(0),
                    JsonSerializer.Deserialize<NoticeChannel>(r.GetString(1), RuleLog.Json)!,
                    r.GetFieldValue<DateTimeOffset>(2),
                    r.IsDBNull(3) ? null : r.GetFieldValue<DateTimeOffset>(3),
                    r.IsDBNull(4) ? WorkspaceQuiet.None : JsonSerializer.Deserialize<WorkspaceQuiet>(r.GetString(4), RuleLog.Json)!));
            }
        }

        foreach (var (workspace, channel, at, to, quiet) in due)
        {
            if (to > now)
            {
                // Saved while quiet hours hold one back: the next begins where that one ends.
                await using var later = new NpgsqlCommand("update alerts.channels set next_digest_at = $3 where workspace = $1 and id = $2", connection);
                later.Parameters.AddWithValue(workspace);
                later.Parameters.AddWithValue(channel.Id);
                later.Parameters.Add(new() { Value = (object?)Digests.Next(channel, to.Value)?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
                await later.ExecuteNonQueryAsync(cancellationToken);
                continue;
            }

            var plan = Digests.Plan(channel, quiet, at, to, now);
            await using var queue = new NpgsqlCommand(
                """
                with noted as (update alerts.channels set next_digest_at = $5, digested_to = $4 where workspace = $1 and id = $3)
                insert into alerts.notices (workspace, id, channel_id, kind, step, state, due_at, attempts, created_at, since, until) values ($1, $2, $3, 'digest', 0, case when $7 then 'due' else 'obsolete' end, $4, 0, $8, $6, $4)
                on conflict (workspace, id) do nothing
                """,
                connection);
            queue.Parameters.AddWithValue(workspace);
            queue.Parameters.AddWithValue(NoticePlan.IdOf(workspace, channel.Id, channel.Id, NoticeKinds.Digest, at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)));
            queue.Parameters.AddWithValue(channel.Id);
            queue.Parameters.AddWithValue(plan.DueAt.UtcDateTime);
            queue.Parameters.Add(new() { Value = (object?)plan.Next?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            queue.Parameters.AddWithValue(plan.Since.UtcDateTime);
            queue.Parameters.AddWithValue(channel.Enabled);
            queue.Parameters.AddWithValue(now.UtcDateTime);
            await queue.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task SetAsync(string sql, Claimed notice, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(notice.Workspace);
        command.Parameters.AddWithValue(notice.Id);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
