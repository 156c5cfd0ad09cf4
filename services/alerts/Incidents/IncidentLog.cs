using System.Text.Json;
using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The one way to write an incident: its events, its row and what people are to be told of it in one transaction.</summary>
internal static class IncidentLog
{
    // Of the alerts of a flood, that is looked at.
    private const int FewAlerts = 50;
    private const int MostAlerts = 1_000;

    private const string Sql = """
        insert into alerts.incidents (workspace, id, rule_id, brand_id, kind, severity, status, owner, source_id, alerts, opened_at, last_at, resolved_at, state)
        values (^, ^, ^, ^, ^, ^, ^, nullif(^, ''), nullif(^, '00000000-0000-0000-0000-000000000000'::uuid), ^, ^, ^, to_timestamp(nullif(^, 0) / 1000.0), ^::jsonb)
        on conflict (workspace, id) do update set severity = excluded.severity, status = excluded.status, owner = excluded.owner, alerts = excluded.alerts,
            last_at = greatest(incidents.last_at, excluded.last_at), resolved_at = excluded.resolved_at, state = excluded.state
        """;

    /// <summary>The incidents of one rule and brand that last, or ended within a week.</summary>
    public static Task<List<Standing>> OfRuleAsync(NpgsqlDataSource dataSource, string workspace, Guid rule, Guid? brand, DateTimeOffset now, CancellationToken cancellationToken) => ReadAsync(
        dataSource,
        """
        select state, alerts from alerts.incidents
        where workspace = $1 and rule_id = $2 and brand_id = $3 and (status < 2 or (status = 2 and resolved_at > $4))
        order by opened_at desc limit 500
        """,
        cancellationToken,
        workspace,
        rule,
        brand ?? Guid.Empty,
        now.AddDays(-7).ToUniversalTime());

    /// <summary>The incidents of one rule that last, of whatever brand.</summary>
    public static Task<List<Standing>> LastingAsync(NpgsqlDataSource dataSource, string workspace, Guid rule, CancellationToken cancellationToken) =>
        ReadAsync(dataSource, "select state, alerts from alerts.incidents where workspace = $1 and rule_id = $2 and status < 2 limit 500", cancellationToken, workspace, rule);

    /// <summary>Where the incidents of rules and brands go on that a person put into another one, as long as that one lasts or ended within a week: of the thousand that were told of last.</summary>
    public static async Task<ILookup<(Guid Rule, Guid Brand), Merged>> MergedAsync(NpgsqlDataSource dataSource, string workspace, Guid[] rules, Guid[] brands, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            with recursive ways as (
                select rule_id, brand_id, state ->> 'cause' as cause, last_at, (state ->> 'mergedInto')::uuid as into_id from alerts.incidents where workspace = $1 and rule_id = any($2) and brand_id = any($3) and status = 3
                union
                select w.rule_id, w.brand_id, w.cause, w.last_at, (i.state ->> 'mergedInto')::uuid from ways w join alerts.incidents i on i.workspace = $1 and i.id = w.into_id and i.status = 3),
            latest as (
                select w.*, i.id, i.state, i.alerts from ways w
                join alerts.incidents i on i.workspace = $1 and i.id = w.into_id and (i.status < 2 or (i.status = 2 and i.resolved_at > $4))
                order by w.last_at desc limit 1000)
            select rule_id, brand_id, cause, id, alerts, case when row_number() over (partition by id order by rule_id, brand_id, cause, last_at) = 1 then state end from latest
            order by rule_id, brand_id, cause, last_at
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(rules);
        command.Parameters.AddWithValue(brands);
        command.Parameters.AddWithValue(now.AddDays(-7).ToUniversalTime());
        var (found, others) = (new List<(Guid Rule, Guid Brand, Merged Merged)>(), new Dictionary<Guid, Standing>());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // Hundreds can be in one, which is told with the first of them.
            if (!reader.IsDBNull(5))
            {
                others.Add(reader.GetGuid(3), new(JsonSerializer.Deserialize<Incident>(reader.GetString(5), RuleLog.Json)!, reader.GetInt64(4)));
            }

            found.Add((reader.GetGuid(0), reader.GetGuid(1), new(reader.GetString(2), others[reader.GetGuid(3)])));
        }

        return found.ToLookup(f => (f.Rule, f.Brand), f => f.Merged);
    }

    /// <summary>Of how many stories the newest alerts since a moment are that went into incidents, counted up to <see cref="Grouping.MostAnHour"/>; what is not in the history yet is each of its own.</summary>
    public static async Task<int> StoriesAsync(NpgsqlDataSource dataSource, string workspace, Guid[] incidents, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // In a flood of stories the newest few are of enough.
        var some = await KeysAsync(FewAlerts);
        return some.Count < FewAlerts || Story.Count(some, Grouping.MostAnHour) == Grouping.MostAnHour
            ? Story.Count(some, Grouping.MostAnHour)
            : Story.Count(await KeysAsync(MostAlerts), Grouping.MostAnHour);

        async Task<List<string>> KeysAsync(int limit)
        {
            await using var command = dataSource.CreateCommand(
                """
                select coalesce(j.story, a.mention_id::text)
                from unnest($2) as i(id)
                cross join lateral (select mention_id, raised_at from alerts.alerts where workspace = $1 and incident_id = i.id and raised_at > $3 order by raised_at desc, id desc limit $4) a
                left join alerts.judged j on j.workspace = $1 and j.mention_id = a.mention_id
                order by a.raised_at desc limit $4
                """);
            command.Parameters.AddWithValue(workspace);
            command.Parameters.AddWithValue(incidents);
            command.Parameters.AddWithValue(since.ToUniversalTime());
            command.Parameters.AddWithValue(limit);
            var keys = new List<string>();
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                keys.Add(reader.GetString(0));
            }

            return keys;
        }
    }

    /// <summary>What there has been of causes of one rule and brand, however long ago and whatever became of it.</summary>
    public static async Task<Dictionary<string, CausePast>> OfCausesAsync(NpgsqlDataSource dataSource, string workspace, Guid rule, Guid? brand, string[] causes, CancellationToken cancellationToken)
    {
        var past = new Dictionary<string, CausePast>(StringComparer.Ordinal);
        await using (var command = dataSource.CreateCommand(
            """
            select distinct on (state ->> 'cause') state, alerts, count(*) over (partition by state ->> 'cause') from alerts.incidents
            where workspace = $1 and rule_id = $2 and brand_id = $3 and state ->> 'cause' = any($4)
            order by state ->> 'cause', resolved_at desc nulls first, opened_at desc
            """))
        {
            command.Parameters.AddWithValue(workspace);
            command.Parameters.AddWithValue(rule);
            command.Parameters.AddWithValue(brand ?? Guid.Empty);
            command.Parameters.AddWithValue(causes);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var last = JsonSerializer.Deserialize<Incident>(reader.GetString(0), RuleLog.Json)!;
                past[last.Cause] = new(new(last, reader.GetInt64(1)), last, reader.GetInt64(2));
            }
        }

        foreach (var (cause, merged) in past.Where(p => p.Value.GoesOn!.Status == IncidentStatus.Merged).ToList())
        {
            var into = merged.GoesOn!;
            while (into is { Status: IncidentStatus.Merged, MergedInto: { } next })
            {
                into = (await OneAsync(dataSource, workspace, next, cancellationToken)).State;
            }

            past[cause] = merged with { GoesOn = into };
        }

        return past;
    }

    /// <summary>One incident; version 0 when there is none.</summary>
    public static async Task<Standing> OneAsync(NpgsqlDataSource dataSource, string workspace, Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync(dataSource, "select state, alerts from alerts.incidents where workspace = $1 and id = $2", cancellationToken, workspace, id)).SingleOrDefault() ?? new(new(id), 0);

    /// <summary>Incidents by a query that selects state and alerts.</summary>
    public static async Task<List<Standing>> ReadAsync(NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = dataSource.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.AddWithValue(value);
        }

        var found = new List<Standing>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new(JsonSerializer.Deserialize<Incident>(reader.GetString(0), RuleLog.Json)!, reader.GetInt64(1)));
        }

        return found;
    }

    /// <summary>Loads under the lock, decides, appends, saves.</summary>
    public static async Task<Standing> ApplyAsync(IDocumentSession session, NpgsqlDataSource dataSource, NoticeBook notices, Guid id, Func<Standing, IReadOnlyList<object>> decide, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var seen = (await OneAsync(dataSource, session.TenantId, id, cancellationToken)).State;
        var terms = await notices.OfAsync(session.TenantId, cancellationToken);
        await session.HoldAsync([Incident.LockOf(session.TenantId, seen.RuleId, seen.Brand?.Id)], cancellationToken);
        var before = await OneAsync(dataSource, session.TenantId, id, cancellationToken);
        var after = Append(session, before, decide(before), before.Alerts, terms, now);
        await session.SaveChangesAsync(cancellationToken);
        return after;
    }

    /// <summary>Queues events, row and notices; the caller holds the lock and saves.</summary>
    /// <param name="session">Its transaction holds the lock of rule and brand.</param>
    /// <param name="before">As it is stored.</param>
    /// <param name="events">What happened; nothing is fine.</param>
    /// <param name="alerts">All its alerts after it.</param>
    /// <param name="terms">Who is told, and when not.</param>
    /// <param name="now">The moment.</param>
    public static Standing Append(IDocumentSession session, Standing before, IReadOnlyList<object> events, long alerts, NoticeTerms terms, DateTimeOffset now)
    {
        var after = events.Aggregate(before.State, Incident.Apply);
        if (events.Count == 0 && alerts == before.Alerts)
        {
            return before;
        }

        if (before.State.Version == 0)
        {
            session.Events.StartStream<Incident>(after.Id, events);
        }
        else if (events.Count > 0)
        {
            session.Events.Append(after.Id, after.Version, events);
        }

        session.QueueSqlCommand(
            '^',
            Sql,
            session.TenantId,
            after.Id,
            after.RuleId,
            after.Brand?.Id ?? Guid.Empty,
            after.Kind,
            (int)after.Severity,
            (int)after.Status,
            after.Owner ?? "",
            after.SourceId ?? Guid.Empty,
            alerts,
            after.OpenedAt.ToUniversalTime(),
            now.ToUniversalTime(),
            after.ResolvedAt?.ToUnixTimeMilliseconds() ?? 0L,
            JsonSerializer.Serialize(after, RuleLog.Json));
        foreach (var happened in events)
        {
            terms.Queue(session, after, happened, now);
        }

        return new(after, alerts);
    }
}
