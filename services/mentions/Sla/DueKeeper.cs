using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Looks at mentions whose time has come: snoozes that end, clocks that pass a mark. Every replica does; a row is taken by moving it on, so that nobody else takes it and it comes again should this process die.</summary>
internal sealed class DueKeeper(IDocumentStore store, NpgsqlDataSource dataSource, Playbooks books, TimeProvider clock, ILogger<DueKeeper> log) : BackgroundService
{
    private const int PageSize = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string Take = """
        with taken as (
            select workspace, mention_id from mentions.due where at <= $1 order by at limit $2 for update skip locked
        )
        update mentions.due d set at = $3 from taken t where d.workspace = t.workspace and d.mention_id = t.mention_id returning d.workspace, d.mention_id
        """;

    /// <summary>What its time leads to. Pure; the same again leads to nothing.</summary>
    public static IReadOnlyList<object> Decided(Mention state, SlaPolicies policies, DateTimeOffset now)
    {
        var woke = Decide.Wake(state, now);
        return [.. woke, .. SlaDecider.Mark(woke.Aggregate(state, Evolve.Apply), policies, now)];
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        var trimmed = clock.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Transient.RetryAsync(
                async ct =>
                {
                    while (await PageAsync(ct) == PageSize)
                    {
                    }

                    if (clock.GetElapsedTime(trimmed) > TimeSpan.FromMinutes(1))
                    {
                        await Presence.TrimAsync(dataSource, clock.GetUtcNow(), ct);
                        await ReplyPace.TrimAsync(dataSource, clock.GetUtcNow(), ct);
                        trimmed = clock.GetTimestamp();
                    }
                },
                log,
                stoppingToken);
        }
    }

    private async Task<int> PageAsync(CancellationToken cancellationToken)
    {
        var taken = await TakeAsync(cancellationToken);
        foreach (var group in taken.GroupBy(t => t.Workspace, StringComparer.Ordinal))
        {
            var book = await books.OfAsync(group.Key, cancellationToken);
            var changes = group.Select(t => new Change(t.Id, (s, now) => Decided(s, book.Sla, now))).ToList();
            var changed = await MentionLog.ApplyAsync(store, group.Key, changes, book, clock, cancellationToken);
            if (group.Select(t => t.Id).Except(changed.Select(m => m.Id)).ToArray() is { Length: > 0 } others)
            {
                // Nothing was due: what was laid down has changed since, and with it when it is.
                await RebuildInbox.RefreshAsync(store, group.Key, others, book.Sla, cancellationToken);
            }
        }

        return taken.Count;
    }

    private async Task<List<(string Workspace, Guid Id)>> TakeAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = dataSource.CreateCommand(Take);
        command.Parameters.AddWithValue(now.UtcDateTime);
        command.Parameters.AddWithValue(PageSize);
        command.Parameters.AddWithValue((now + Lease).UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var taken = new List<(string, Guid)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            taken.Add((reader.GetString(0), reader.GetGuid(1)));
        }

        return taken;
    }
}
