using System.Collections.Concurrent;
using System.Text.Json;
using Marten;
using Npgsql;

namespace Serm.Alerts;

/// <summary>Who is told in a workspace, and when not.</summary>
/// <param name="Channels">All channels.</param>
/// <param name="Silences">Those that may hold.</param>
/// <param name="OnCall">The on-call order.</param>
/// <param name="Chosen">Channels by rule, where a rule names some.</param>
/// <param name="Quiet">Quiet hours of the workspace.</param>
internal sealed record NoticeTerms(IReadOnlyList<NoticeChannel> Channels, IReadOnlyList<Silence> Silences, OnCall OnCall, IReadOnlyDictionary<Guid, IReadOnlyList<Guid>> Chosen, WorkspaceQuiet Quiet)
{
    // The end is told where the beginning was, or just is being told, and once. A step of the on-call order is planned also of a channel that is gone, to be passed on.
    private const string Insert = """
        insert into alerts.notices (workspace, id, channel_id, incident_id, kind, step, state, due_at, attempts, created_at)
        select ^, ^, ^, ^, ^, ^, 'due', ^, 0, ^ where (^ = 'escalated' or exists (select from alerts.channels c where c.workspace = ^ and c.id = ^)) and (^ <> 'resolved' or exists (
            select from alerts.notices b where b.workspace = ^ and b.incident_id = ^ and b.channel_id = ^ and b.kind <> 'resolved' and (b.state = 'delivered' or (b.state = 'due' and b.locked_until >= ^))
                and not exists (select from alerts.notices r where r.workspace = b.workspace and r.incident_id = b.incident_id and r.channel_id = b.channel_id and r.kind = 'resolved' and r.state <> 'obsolete' and r.created_at >= b.created_at)))
        on conflict (workspace, id) do nothing
        """;

    /// <summary>The silence that covers an incident; null when none does.</summary>
    public Guid? SilenceOf(IncidentOpened incident, int[]? said, DateTimeOffset now) => Covering(incident, said, now)?.Id;

    /// <summary>The same, as a whole.</summary>
    public Silence? Covering(IncidentOpened incident, int[]? said, DateTimeOffset now) => Silences.FirstOrDefault(s => s.Covers(incident, said, now));

    /// <summary>Queues what an event asks to be told, and takes back what need not be told any more.</summary>
    public void Queue(IDocumentSession session, Incident incident, object happened, DateTimeOffset now)
    {
        if (happened is IncidentAcknowledged or IncidentResolved or IncidentMerged)
        {
            session.QueueSqlCommand(
                '^',
                "update alerts.notices set state = 'obsolete' where workspace = ^ and incident_id = ^ and state = 'due' and kind <> 'resolved' and (locked_until is null or locked_until < ^)",
                session.TenantId,
                incident.Id,
                now.ToUniversalTime());
        }

        foreach (var n in NoticePlan.Of(session.TenantId, incident, happened, Channels, Chosen.GetValueOrDefault(incident.RuleId), OnCall, Quiet, now))
        {
            session.QueueSqlCommand(
                '^', Insert, session.TenantId, n.Id, n.ChannelId, incident.Id, n.Kind, n.Step, n.DueAt.ToUniversalTime(), now.ToUniversalTime(), n.Kind, session.TenantId, n.ChannelId,
                n.Kind, session.TenantId, incident.Id, n.ChannelId, now.ToUniversalTime());
        }
    }
}

/// <summary>The terms of each workspace in memory. A change made in this process counts at once, one made in another within <see cref="Fresh"/>.</summary>
internal sealed class NoticeBook(NpgsqlDataSource dataSource, TimeProvider clock)
{
    /// <summary>How long what was read is believed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, (long At, NoticeTerms Terms)> pages = new(StringComparer.Ordinal);

    /// <summary>The terms, as far as this process knows.</summary>
    public async ValueTask<NoticeTerms> OfAsync(string workspace, CancellationToken cancellationToken)
    {
        if (pages.TryGetValue(workspace, out var known) && clock.GetElapsedTime(known.At) < Fresh)
        {
            return known.Terms;
        }

        var at = clock.GetTimestamp();

        // Also of rules that are gone: their incidents go on.
        var chosen = await ReadAsync<Rule>("select state from alerts.rules where workspace = $1 and jsonb_typeof(state #> '{terms,channels}') = 'array'", workspace, cancellationToken);
        var terms = new NoticeTerms(
            await ReadAsync<NoticeChannel>("select state from alerts.channels where workspace = $1 and state is not null order by id", workspace, cancellationToken),
            (await SilenceRows.ReadAsync(dataSource, workspace, clock.GetUtcNow(), cancellationToken)).Where(s => s.EndedAt is null).ToList(),
            (await ReadAsync<OnCall>("select state from alerts.on_call where workspace = $1", workspace, cancellationToken)).SingleOrDefault() ?? OnCall.None,
            chosen.ToDictionary(r => r.Id, r => r.Terms.Channels!),
            (await ReadAsync<WorkspaceQuiet>("select state from alerts.quiet_hours where workspace = $1", workspace, cancellationToken)).SingleOrDefault() ?? WorkspaceQuiet.None);
        pages[workspace] = (at, terms);
        return terms;
    }

    /// <summary>The silence that covers a stored incident; null when none does.</summary>
    public async Task<Silence?> SilenceOfAsync(string workspace, Incident incident, CancellationToken cancellationToken)
    {
        var terms = await OfAsync(workspace, cancellationToken);
        var opened = new IncidentOpened(incident.Kind, incident.RuleId, incident.RuleName, incident.Severity, incident.Brand, incident.Cause, incident.Subject, incident.SourceId, 0, incident.Measured, null, incident.OpenedAt);
        return terms.Covering(opened, await SaidAsync(workspace, incident, terms, cancellationToken), clock.GetUtcNow());
    }

    /// <summary>Call after a change.</summary>
    public void Forget(string workspace) => pages.TryRemove(workspace, out _);

    // Of the first mention, where a silence asks for words.
    private async Task<int[]?> SaidAsync(string workspace, Incident incident, NoticeTerms terms, CancellationToken cancellationToken)
    {
        if (!RuleKinds.IsSingle(incident.Kind) || incident.Mentions.Count == 0 || !terms.Silences.Any(s => s.Words is { Count: > 0 }))
        {
            return null;
        }

        var found = await AlertedMentions.ReadAsync(dataSource, [(workspace, incident.Mentions[0])], cancellationToken);
        return found.Values.Select(m => MentionFacts.Of(m).Words).FirstOrDefault();
    }

    private async Task<List<T>> ReadAsync<T>(string sql, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(workspace);
        var found = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(JsonSerializer.Deserialize<T>(reader.GetString(0), RuleLog.Json)!);
        }

        return found;
    }
}
