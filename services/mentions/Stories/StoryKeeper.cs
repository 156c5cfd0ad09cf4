using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Npgsql;

namespace Serm.Mentions;

/// <summary>Finds out behind the main road which mentions tell one story, and who has answered whom. Runs where the daemon runs, so it knows all mentions; what it finds is written as events, so the rows follow from the streams.
/// The store is being built while this is: it is asked for when it is there.</summary>
internal sealed class StoryKeeper(IServiceProvider services, NpgsqlDataSource dataSource, Playbooks books, TimeProvider clock)
{
    private static readonly TimeSpan Known = TimeSpan.FromHours(96);

    // What was found in events that are still to be followed is in the inbox already: known too soon, it would make no story grow.
    private const string Recent = """
        select i.id, i.workspace, i.brand_id, i.sim_hash, i.url_key, i.published_at, i.story_id from mentions.inbox i
        where i.seen_at > $1 and (i.sim_hash is not null or i.url_key is not null)
            and not exists (select from mentions.desk d where d.workspace = i.workspace and d.mention_id = i.id and d.filtered_by is not null)
            and not exists (select from mentions.mt_events e where e.seq_id > $3 and e.type = 'mention_found' and e.stream_id = i.id and e.tenant_id = i.workspace)
        order by i.seen_at desc limit $2
        """;

    // Of those that are put off some were waiting before.
    private const string Waiting = """
        select workspace, id, brand_id, author_key from mentions.inbox where workspace = any($1) and status in (4, 5) and author_key = any($2)
        """;

    private StoryIndex? index;
    private long next;

    /// <summary>Follows a page of events; the same page again writes nothing again.</summary>
    public async Task FollowAsync(EventRange page, CancellationToken cancellationToken)
    {
        try
        {
            // A page that does not follow the last: another process led meanwhile, or the same page comes again.
            index = index is null || page.SequenceFloor != next ? await LoadAsync(page.SequenceFloor, cancellationToken) : index;
            await HandleAsync(index, page.Events, cancellationToken);
            next = page.SequenceCeiling;
        }
        catch
        {
            index = null;
            throw;
        }
    }

    private async Task HandleAsync(StoryIndex stories, IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var found = events.Where(e => e.Data is Found).Select(e => (e.TenantId, e.StreamId, Found: (Found)e.Data)).ToList();
        if (found.Count == 0)
        {
            return;
        }

        // What a rule put aside leads no story: its copies would vanish with it.
        var aside = events.Where(e => e.Data is Automated { Dismiss: not null }).Select(e => (e.TenantId, e.StreamId)).ToHashSet();
        var changes = found
            .Where(e => !aside.Contains((e.TenantId, e.StreamId)))
            .Where(e => e.Found.SimHash is not null || e.Found.UrlKey is not null)
            .SelectMany(e => stories.Add(new(e.StreamId, e.TenantId, e.Found.Brand.Id, e.Found.SimHash, e.Found.UrlKey, e.Found.PublishedAt, e.Found.StoryId)))
            .Select(c => (c.Workspace, Change: new Change(c.MentionId, (s, at) => c.Lead is { } lead ? Decide.Join(s, lead, at) : Decide.Grow(s, c.Sightings, c.PerHour, at))))
            .Concat(await AnswersAsync(found, now, cancellationToken))
            .ToList();
        foreach (var group in changes.GroupBy(c => c.Workspace, StringComparer.Ordinal))
        {
            var store = services.GetRequiredService<IDocumentStore>();
            await MentionLog.ApplyAsync(store, group.Key, [.. group.Select(c => c.Change)], await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
        }
    }

    // Whoever is waited for and says more about the brand has the turn no longer.
    private async Task<List<(string Workspace, Change Change)>> AnswersAsync(List<(string TenantId, Guid StreamId, Found Found)> found, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var said = found.Where(e => e.Found.AuthorKey is not null).ToLookup(e => (e.TenantId, e.Found.Brand.Id, e.Found.AuthorKey!.Value), e => e);
        var answers = new List<(string, Change)>();
        if (said.Count == 0)
        {
            return answers;
        }

        await using var command = dataSource.CreateCommand(Waiting);
        command.Parameters.AddWithValue(said.Select(s => s.Key.TenantId).Distinct(StringComparer.Ordinal).ToArray());
        command.Parameters.AddWithValue(said.Select(s => s.Key.Value).Distinct().ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (workspace, id) = (reader.GetString(0), reader.GetGuid(1));
            answers.AddRange(said[(workspace, reader.GetGuid(2), reader.GetGuid(3))].Select(e => (workspace, new Change(id, (s, at) => Decide.Answered(s, e.StreamId, e.Found.PublishedAt, at)))));
        }

        return answers;
    }

    private async Task<StoryIndex> LoadAsync(long before, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Recent);
        command.Parameters.AddWithValue((clock.GetUtcNow() - Known).UtcDateTime);
        command.Parameters.AddWithValue(StoryIndex.MaxTellings);
        command.Parameters.AddWithValue(before);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tellings = new List<Telling>();
        while (await reader.ReadAsync(cancellationToken))
        {
            tellings.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetInt64(4),
                reader.GetFieldValue<DateTimeOffset>(5), reader.IsDBNull(6) ? null : reader.GetGuid(6)));
        }

        // The oldest first, so that they are the first to be forgotten.
        var loaded = new StoryIndex();
        tellings.Reverse();
        tellings.ForEach(loaded.Load);
        return loaded;
    }
}
