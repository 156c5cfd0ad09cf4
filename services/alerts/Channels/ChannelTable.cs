using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A channel with its secret and how it is doing.</summary>
internal sealed record StoredChannel(NoticeChannel Channel, byte[]? Sealed, int Failures, string? LastError, DateTimeOffset? LastGoodAt, DateTimeOffset? NextDigestAt);

/// <summary>The table of channels, and the box of their secrets.</summary>
internal sealed class ChannelTable(NpgsqlDataSource dataSource, SecretBox box, TimeProvider clock)
{
    // How long all notices of a channel wait when its receiver asks one to; without a word of how long, and at most.
    private static readonly TimeSpan FirstHold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestHold = TimeSpan.FromHours(1);

    private const string Columns = "select state, secret, failures, last_error, last_good_at, next_digest_at from alerts.channels";

    public async Task<List<StoredChannel>> ListAsync(string workspace, CancellationToken cancellationToken) =>
        await ReadAsync($"{Columns} where workspace = $1 order by lower(state ->> 'name'), id", cancellationToken, workspace);

    public async Task<StoredChannel?> FindAsync(string workspace, Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync($"{Columns} where workspace = $1 and id = $2", cancellationToken, workspace, id)).SingleOrDefault();

    /// <summary>The secret in the clear: for delivering, and for keeping it over a change. Null when it was sealed with another data key: then it has to be entered anew.</summary>
    public ChannelSecret? Open(string workspace, StoredChannel stored)
    {
        try
        {
            return stored.Sealed is null ? null : JsonSerializer.Deserialize<ChannelSecret>(box.OpenBytes(workspace, stored.Channel.Id, stored.Sealed), RuleLog.Json);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Stores a new channel, or a changed one whose version before was one less. A digest that is turned off sums up a last time: nobody was told of that by itself.</summary>
    /// <exception cref="RuleViolation">412: somebody changed it in between.</exception>
    public async Task SaveAsync(string workspace, NoticeChannel channel, ChannelSecret secret, WorkspaceQuiet quiet, string by, CancellationToken cancellationToken, StoredChannel? before = null)
    {
        var now = clock.GetUtcNow();
        var old = before is null ? null : Open(workspace, before);
        if (!await ChangeRows.WithAsync(
            dataSource, "alerts", workspace, c => SaveAsync(c, workspace, channel, secret, quiet, before, now, cancellationToken),
            saved => saved ? ChannelChanges.Saved(before?.Channel, channel, old, secret, by, now) : null, cancellationToken))
        {
            throw RuleViolation.Stale((await FindAsync(workspace, channel.Id, cancellationToken))?.Channel.Version ?? 0);
        }
    }

    private async Task<bool> SaveAsync(
        NpgsqlConnection connection, string workspace, NoticeChannel channel, ChannelSecret secret, WorkspaceQuiet quiet, StoredChannel? before, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with saved as (
            insert into alerts.channels (workspace, id, state, secret, next_digest_at) values ($1, $2, $3::jsonb, $4, $5)
            on conflict (workspace, id) do update set state = excluded.state, secret = excluded.secret, next_digest_at = excluded.next_digest_at, digested_to = case when channels.next_digest_at is not null and excluded.next_digest_at is not null then channels.digested_to end, failures = 0, open_until = null
            where (channels.state ->> 'version')::int = $6
            returning id),
            last as (
            insert into alerts.notices (workspace, id, channel_id, kind, step, state, due_at, attempts, created_at, since, until)
            select $1, $7, c.id, 'digest', 0, 'due', $9, 0, $10, coalesce(c.digested_to, $8), $10 from alerts.channels c join saved using (id)
            where c.workspace = $1 and c.next_digest_at is not null and $5::timestamptz is null and $11 and coalesce(c.digested_to, $8) < $10)
            select count(*) from saved
            """,
            connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(channel.Id);
        command.Parameters.AddWithValue(JsonSerializer.Serialize(channel, RuleLog.Json));
        command.Parameters.AddWithValue(box.SealBytes(workspace, channel.Id, JsonSerializer.SerializeToUtf8Bytes(secret, RuleLog.Json)));
        command.Parameters.Add(new() { Value = (object?)Digests.Next(channel, now)?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.AddWithValue(channel.Version - 1);
        command.Parameters.AddWithValue(Guid.CreateVersion7(now));
        command.Parameters.AddWithValue((before is { NextDigestAt: { } next } ? Digests.Plan(before.Channel, quiet, next, null, now).Since : now).UtcDateTime);
        command.Parameters.AddWithValue(channel.NextAllowed(now, IncidentSeverity.Info, quiet).UtcDateTime);
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue(channel.Enabled && before is { Channel.Enabled: true });
        return await command.ExecuteScalarAsync(cancellationToken) is 1L;
    }

    /// <summary>Removes it, and what it was to tell; its steps of the on-call order stay, to be passed on.</summary>
    public async Task<bool> RemoveAsync(string workspace, NoticeChannel channel, long version, string by, CancellationToken cancellationToken)
    {
        await ChangeRows.WithAsync(
            dataSource, "alerts", workspace, c => RemoveAsync(c, workspace, channel.Id, version, cancellationToken),
            gone => gone ? ChannelChanges.Removed(channel, by, clock.GetUtcNow()) : null, cancellationToken);
        return await FindAsync(workspace, channel.Id, cancellationToken) is null;
    }

    private static async Task<bool> RemoveAsync(NpgsqlConnection connection, string workspace, Guid id, long version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "with gone as (delete from alerts.channels where workspace = $1 and id = $2 and (state ->> 'version')::int = $3 returning id), over as (update alerts.notices set state = 'obsolete' where workspace = $1 and channel_id = $2 and state = 'due' and kind <> 'escalated' and exists (select from gone)) select count(*) from gone",
            connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue((int)version);
        return await command.ExecuteScalarAsync(cancellationToken) is 1L;
    }

    /// <summary>Notes how a try ended. A channel that fails again and again is left alone for a while, and one that asks to wait for so long. Tries that ran at the same time and fail together are one failure.</summary>
    /// <returns>Failures in a row, now.</returns>
    public async Task<int> NoteAsync(string workspace, Guid id, Outcome outcome, DateTimeOffset began, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var hold = outcome.After is not { } asked ? FirstHold : asked < LongestHold ? asked : LongestHold;
        await using var command = dataSource.CreateCommand(
            """
            update alerts.channels c set
                failures = case when $3 = '' then 0 when n.counts then failures + 1 else failures end,
                failed_at = case when n.counts then $4 else failed_at end,
                last_error = nullif($3, ''),
                last_at = $4,
                last_good_at = case when $3 = '' then $4 else last_good_at end,
                open_until = case
                    when $3 = '' and failures > 3 then null
                    when $6 then greatest(open_until, $4 + $7 * interval '1 second')
                    when n.counts and failures >= 3 then $4 + least(900, 30 * (2 ^ least(failures - 3, 5))) * interval '1 second'
                    else open_until end
            from (select id, $3 <> '' and not $6 and (failures = 0 or failed_at is null or $5 >= failed_at) as counts from alerts.channels where workspace = $1 and id = $2 for update) n
            where c.workspace = $1 and c.id = n.id returning c.failures
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(outcome.Error ?? "");
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue(began.UtcDateTime);
        command.Parameters.AddWithValue(outcome.Busy);
        command.Parameters.AddWithValue(hold.TotalSeconds);
        return await command.ExecuteScalarAsync(cancellationToken) is int failures ? failures : 0;
    }

    private async Task<List<StoredChannel>> ReadAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = dataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        var found = new List<StoredChannel>();
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        while (await r.ReadAsync(cancellationToken))
        {
            found.Add(new(
                JsonSerializer.Deserialize<NoticeChannel>(r.GetString(0), RuleLog.Json)!,
                r.IsDBNull(1) ? null : r.GetFieldValue<byte[]>(1),
                r.GetInt32(2),
                r.IsDBNull(3) ? null : r.GetString(3),
                r.IsDBNull(4) ? null : r.GetFieldValue<DateTimeOffset>(4),
                r.IsDBNull(5) ? null : r.GetFieldValue<DateTimeOffset>(5)));
        }

        return found;
    }
}
