using Npgsql;
using Serm.Ingest.Erasures;
using Serm.Ingest.Posts;

namespace Serm.Ingest.Sources;

/// <summary>Forgets what nobody needs any more: old recent posts, and items that no feed has listed for half a year.</summary>
internal sealed class Housekeeping(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<Housekeeping> log) : Recurring("Tidying up", TimeSpan.FromMinutes(5), clock, log)
{
    private static readonly TimeSpan Unlisted = TimeSpan.FromDays(180);

    private static readonly string[] Old =
    [
        "delete from ingest.quotas where slot < $1 - interval '32 days'",
        "delete from ingest.spending where day < ($1 - interval '100 days')::date",
        "delete from ingest.asked where hour < $1 - interval '400 days'",
        "delete from ingest.hook_events where at < $1 - interval '14 days'",
        "delete from ingest.leftovers where due_at is null and since < $1 - interval '30 days'",
        "delete from ingest.replies where state = 'refused' and due_at is null and settled_at < $1 - interval '100 days'",
        "delete from ingest.hub_topics where renew_at < $1 - interval '30 days'",
    ];

    protected override async Task DoAsync(CancellationToken stopping)
    {
        var now = Clock.GetUtcNow();
        await RecentPosts.TrimAsync(dataSource, now, stopping);
        await ErasureAskedConsumer.SweepAsync(dataSource, stopping);
        await using var command = dataSource.CreateCommand("delete from ingest.items where listed_at < $1");
        command.Parameters.Add(new() { Value = (now - Unlisted).UtcDateTime });
        await command.ExecuteNonQueryAsync(stopping);
        foreach (var old in Old)
        {
            await using var delete = dataSource.CreateCommand(old);
            delete.Parameters.Add(new() { Value = now.UtcDateTime });
            await delete.ExecuteNonQueryAsync(stopping);
        }
    }
}
