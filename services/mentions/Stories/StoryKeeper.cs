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
        select i.id, i.workspace, i.brand_id, i.sim_hash, i.url_key, i.published_at, i.story_id,
            (select l.story_id from mentions.inbox l where l.workspace = i.workspace and l.id = i.story_id)
        from mentions.inbox i
        where i.seen_at > $1 and (i.sim_hash is not null or i.url_key is not null)
            and not exists (select from mentions.desk d where d.workspace = i.workspace and d.mention_id = i.id and d.filtered_by is not null)
            and not exists (select from mentions.mt_events e where e.seq_id > $3 and e.type = 'mention_found' and e.stream_id = i.id and e.tenant_id = i.workspace)
        order by i.seen_at desc limit $2
        """;

    // Of those that are put off some were waiting before.
    private const string Waiting = """
        select workspace, id, brand_id, author_key from mentions.inbox where workspace = any($1) and status in (4, 5) and author_key = any($2)
        """;

    // Streams that one transaction holds: a story can have a hundred thousand.
    private const int MostAtOnce = 1_000;

    private StoryIndex? index;
    private long next;

    /// <summary>Follows a page of events; the same page again writes nothing again.</summary>
    public async Task FollowAsync(EventRange page, CancellationToken cancellationToken)
    {
        try
        {
            // A page that does not follow the last: another process led meanwhile, or the same page comes again.
            List<StoryChange> unfinished = [];
            if (index is null || page.SequenceFloor != next)
            {
                (index, unfinished) = await LoadAsync(page.SequenceFloor, cancellationToken);
            }

            await HandleAsync(index, unfinished, page, cancellationToken);
            next = page.SequenceCeiling;
        }
        catch
        {
            index = null;
            throw;
        }
    }

    private async Task HandleAsync(StoryIndex stories, List<StoryChange> unfinished, EventRange page, CancellationToken cancellationToken)
    {
        var (now, events) = (clock.GetUtcNow(), page.Events);
        var found = events.Where(e => e.Data is Found).Select(e => (e.TenantId, e.StreamId, Found: (Found)e.Data)).ToList();

        // What a rule put aside leads no story: its copies would vanish with it.
        var aside = events.Where(e => e.Data is Automated { Dismiss: not null } or Undone { To.FilteredBy: not null }).Select(e => (Workspace: e.TenantId, Id: e.StreamId)).ToHashSet();
        var tellings = found
            .Where(e => !aside.Contains((e.TenantId, e.StreamId)))
            .Where(e => e.Found.SimHash is not null || e.Found.UrlKey is not null)
            .Select(e => new Telling(e.StreamId, e.TenantId, e.Found.Brand.Id, e.Found.SimHash, e.Found.UrlKey, e.Found.PublishedAt, e.Found.StoryId))
            .ToList();
        var before = await AsideAsync(stories, tellings, cancellationToken);
        var joined = unfinished
            .Concat(tellings.SelectMany(t => t.StoryId is { } lead && before.Contains((t.Workspace, lead)) ? stories.AddFreed(t) : stories.Add(t)))
            .ToList();
        foreach (var group in aside.ToLookup(a => a.Workspace, a => a.Id, StringComparer.Ordinal))
        {
            // The index forgets; and rows are ahead of events: who would lead but is aside as well is put aside with the others, or a rule that takes a story copy by copy would have it written anew for each.
            var gone = group.ToHashSet();
            (await MembersAsync(group.Key, gone, page.SequenceCeiling, cancellationToken)).ForEach(stories.Load);
            gone.UnionWith(await FilteredAsync(group.Key, stories.Heirs(gone), cancellationToken));
            joined.AddRange(stories.PutAside(group.Key, gone));
        }

        // Doublings first: should the rest not be written, nobody would tell of them again, as the index then knows the story in its new size.
        var changes = joined
            .OrderBy(c => c.Lead is not null)
            .Select(c => (c.Workspace, Change: new Change(c.MentionId, (s, at) => c.Lead is { } lead ? Decide.Join(s, lead, at) : Decide.Grow(s, c.Sightings, c.PerHour, at))))
            .Concat(await AnswersAsync(found, now, cancellationToken))
            .ToList();
        foreach (var group in changes.GroupBy(c => c.Workspace, StringComparer.Ordinal))
        {
            var store = services.GetRequiredService<IDocumentStore>();
            foreach (var some in group.Select(c => c.Change).Chunk(MostAtOnce))
            {
                await MentionLog.ApplyAsync(store, group.Key, some, await books.OfAsync(group.Key, cancellationToken), clock, cancellationToken);
            }
        }
    }

    // Leads with whose stories mentions were stored although a rule had put them aside before: the index has forgotten them. Mostly it knows all leads, and nobody is asked.
    private async Task<HashSet<(string Workspace, Guid Id)>> AsideAsync(StoryIndex stories, List<Telling> tellings, CancellationToken cancellationToken)
    {
        var aside = new HashSet<(string, Guid)>();
        var unknown = tellings.Where(t => t.StoryId is { } lead && !stories.Knows(lead)).ToLookup(t => t.Workspace, t => t.StoryId!.Value, StringComparer.Ordinal);
        foreach (var group in unknown)
        {
            aside.UnionWith((await FilteredAsync(group.Key, [.. group.Except(tellings.Select(t => t.Id))], cancellationToken)).Select(id => (group.Key, id)));
        }

        return aside;
    }

    // What is stored as telling the stories of mentions, but for what is put aside and what is still to be followed.
    private async Task<List<Telling>> MembersAsync(string workspace, IReadOnlyCollection<Guid> leads, long followed, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select i.id, i.brand_id, i.published_at, i.story_id from mentions.inbox i where i.workspace = $1 and i.story_id = any($2)
                and not exists (select from mentions.desk d where d.workspace = i.workspace and d.mention_id = i.id and d.filtered_by is not null)
                and not exists (select from mentions.mt_events e where e.seq_id > $3 and e.type = 'mention_found' and e.stream_id = i.id and e.tenant_id = i.workspace)
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(leads.ToArray());
        command.Parameters.AddWithValue(followed);
        var members = new List<Telling>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            members.Add(new(reader.GetGuid(0), workspace, reader.GetGuid(1), null, null, reader.GetFieldValue<DateTimeOffset>(2), reader.GetGuid(3)));
        }

        return members;
    }

    private async Task<List<Guid>> FilteredAsync(string workspace, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var filtered = new List<Guid>();
        if (ids.Count == 0)
        {
            return filtered;
        }

        await using var command = dataSource.CreateCommand("select mention_id from mentions.desk where workspace = $1 and mention_id = any($2) and filtered_by is not null");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(ids.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            filtered.Add(reader.GetGuid(0));
        }

        return filtered;
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

    // With what is left to be written of stories that became one, or another's, when not all of it was written.
    private async Task<(StoryIndex Index, List<StoryChange> Unfinished)> LoadAsync(long before, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Recent);
        command.Parameters.AddWithValue((clock.GetUtcNow() - Known).UtcDateTime);
        command.Parameters.AddWithValue(StoryIndex.MaxTellings);
        command.Parameters.AddWithValue(before);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tellings = new List<(Telling Telling, Guid? Written)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            Guid? written = reader.IsDBNull(6) ? null : reader.GetGuid(6);
            tellings.Add((
                new(
                    reader.GetGuid(0), reader.GetString(1), reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetInt64(3), reader.IsDBNull(4) ? null : reader.GetInt64(4),
                    reader.GetFieldValue<DateTimeOffset>(5), reader.IsDBNull(7) ? written : reader.GetGuid(7)),
                written));
        }

        // The oldest first, so that they are the first to be forgotten.
        var loaded = new StoryIndex();
        tellings.Reverse();
        tellings.ForEach(t => loaded.Load(t.Telling));
        var moved = tellings.Select(t => (t.Telling.Workspace, t.Telling.Id, t.Written, Lead: loaded.LeadOf(t.Telling.Id))).Where(m => m.Written is not null && m.Lead is { } lead && lead != m.Written).ToList();
        var unfinished = moved.ToDictionary(m => m.Id, m => new StoryChange(m.Workspace, m.Id, m.Lead));
        foreach (var group in moved.DistinctBy(m => m.Written).GroupBy(m => m.Workspace, StringComparer.Ordinal))
        {
            // Also of those that are too old to be compared with.
            var leads = group.ToDictionary(m => m.Written!.Value, m => m.Lead);
            foreach (var member in await MembersAsync(group.Key, leads.Keys, before, cancellationToken))
            {
                unfinished.TryAdd(member.Id, new(group.Key, member.Id, leads[member.StoryId!.Value]));
            }
        }

        return (loaded, [.. unfinished.Values]);
    }
}
