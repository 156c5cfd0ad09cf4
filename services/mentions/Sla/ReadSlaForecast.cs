using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A queue of open promises: those of one clock whose policies keep the same business hours. Numbers of promises are of the brands that were asked for, the pace is of all.</summary>
/// <param name="Clock"><c>firstAnswer</c> or <c>resolve</c>.</param>
/// <param name="Policies">Names of the policies.</param>
/// <param name="Done">Promises done in the last 7 days, dismissed ones included.</param>
/// <param name="Hours">Business hours in which they were done.</param>
/// <param name="PerHour">The pace: promises a business hour; null when there is too little history to forecast from: fewer than 10 done, or less than 4 hours.</param>
/// <param name="Open">Promises that are open and not broken yet.</param>
/// <param name="Overdue">Broken ones that still wait: they take their turn as well.</param>
/// <param name="Due">Of the open ones those due up to <c>until</c>.</param>
/// <param name="Breaches">Of these those that will probably be broken; null without a pace.</param>
/// <param name="Later">Of those due later those that will probably be broken; null without a pace.</param>
public sealed record SlaForecastQueue(SlaClock Clock, IReadOnlyList<string> Policies, int Done, double Hours, double? PerHour, int Open, int Overdue, int Due, int? Breaches, int? Later);

/// <summary>A promise that will probably be broken.</summary>
/// <param name="Clock"><c>firstAnswer</c> or <c>resolve</c>.</param>
/// <param name="Policy">The policy that promises it.</param>
/// <param name="DueAt">When it will be broken.</param>
/// <param name="ExpectedAt">When its turn would be over; null when that lies years away.</param>
public sealed record SlaForecastItem(Guid MentionId, Guid BrandId, string BrandName, string? Owner, SlaClock Clock, string Policy, DateTimeOffset DueAt, DateTimeOffset? ExpectedAt);

/// <summary>Which open promises will probably be broken if people go on at the pace of the last 7 days, in the order of the inbox, and nothing more urgent comes: so at least these. Clocks that stand are left out.</summary>
/// <param name="At">The moment.</param>
/// <param name="Until">Up to when breaches are told one by one.</param>
/// <param name="PolicyVersion">Version of the policies.</param>
/// <param name="Complete">False when there was more than is read: then the least urgent of the open ones are left out.</param>
/// <param name="Open">Promises that are open and not broken yet.</param>
/// <param name="Due">Of these those due up to <paramref name="Until"/>.</param>
/// <param name="Breaches">Of these those that will probably be broken.</param>
/// <param name="Later">Of those due later those that will probably be broken.</param>
/// <param name="Unknown">Of <paramref name="Due"/> those of which there is no forecast, because there is too little history.</param>
/// <param name="Queues">How it was reckoned.</param>
/// <param name="Items">What will probably be broken up to <paramref name="Until"/>, soonest due first, at most 100.</param>
public sealed record SlaForecast(
    DateTimeOffset At, DateTimeOffset Until, int PolicyVersion, bool Complete, int Open, int Due, int Breaches, int Later, int Unknown, IReadOnlyList<SlaForecastQueue> Queues, IReadOnlyList<SlaForecastItem> Items);

/// <summary>Reading what <see cref="SlaForecasting"/> needs.</summary>
internal static class ReadSlaForecast
{
    private const int MaxOpen = 10_000;
    private const int MaxDone = 50_000;
    private const int MaxHours = 168;

    // What was seen longer ago and is done now is too rare to change a pace.
    private static readonly TimeSpan Seen = TimeSpan.FromDays(35);

    private static readonly string OpenSql = $"""
        select {ReadSlaReport.Columns}, i.id, i.urgency from {ReadSlaReport.From}
        where i.workspace = $1 and i.status <= 1 and i.sla_due_at is not null and not i.backfill and i.story_id is null order by i.urgency desc, i.id desc limit {MaxOpen + 1}
        """;

    private static readonly string DoneSql = $"""
        select {ReadSlaReport.Columns} from {ReadSlaReport.From}
        where i.workspace = $1 and i.seen_at >= $2 and not i.backfill and i.story_id is null and d.filtered_by is null and (d.first_answered_at >= $3 or i.resolved_at >= $3)
        order by i.seen_at desc limit {MaxDone + 1}
        """;

    public static async Task<Ok<SlaForecast>> Handle(Guid[]? brand, int? hours, Caller caller, Playbooks books, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (hours is < 1 or > MaxHours)
        {
            throw RuleViolation.Invalid("hours", "out_of_range", string.Create(CultureInfo.InvariantCulture, $"hours takes 1 to {MaxHours}."));
        }

        var now = clock.GetUtcNow();
        var policies = (await books.LoadAsync(caller.Workspace, cancellationToken)).Sla;
        var (open, allOpen) = await OpenAsync(dataSource, caller.Workspace, policies, cancellationToken);
        var (done, allDone) = await DoneAsync(dataSource, caller.Workspace, policies, now, cancellationToken);
        return TypedResults.Ok(SlaForecasting.Of(open, done, brand ?? [], now, now.AddHours(hours ?? 8)) with { PolicyVersion = policies.Version, Complete = allOpen && allDone });
    }

    private static async Task<(List<OpenPromise> Open, bool All)> OpenAsync(NpgsqlDataSource dataSource, string workspace, SlaPolicies policies, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(OpenSql);
        command.Parameters.AddWithValue(workspace);
        var open = new List<OpenPromise>();
        var all = await EachAsync(
            command,
            MaxOpen,
            policies,
            (reader, row, policy) =>
            {
                var (id, urgency) = (reader.GetGuid(11), reader.GetDouble(12));
                open.AddRange(SlaClocks.Read(policy, row.Times).Where(r => r is { DoneAt: null, DueAt: not null })
                    .Select(r => new OpenPromise(id, row.BrandId, row.BrandName, row.Owner, r.Clock, policy, row.Times.SeenAt, r.DueAt!.Value, urgency)));
            },
            cancellationToken);
        return (open, all);
    }

    private static async Task<(List<DonePromise> Done, bool All)> DoneAsync(NpgsqlDataSource dataSource, string workspace, SlaPolicies policies, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - SlaForecasting.Back;
        await using var command = dataSource.CreateCommand(DoneSql);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue((now - Seen).UtcDateTime);
        command.Parameters.AddWithValue(since.UtcDateTime);
        var done = new List<DonePromise>();
        var all = await EachAsync(
            command,
            MaxDone,
            policies,
            (reader, row, policy) =>
            {
                if (policy.Target(SlaClock.FirstAnswer) is not null && row.Times.FirstAnsweredAt >= since)
                {
                    done.Add(new(SlaClock.FirstAnswer, policy.Hours, row.Times.SeenAt));
                }

                // What was dismissed was decided on, too.
                var closedAt = row.Status is MentionStatus.Resolved or MentionStatus.Dismissed && !reader.IsDBNull(8) ? reader.GetFieldValue<DateTimeOffset>(8) : (DateTimeOffset?)null;
                if (policy.Target(SlaClock.Resolve) is not null && closedAt >= since)
                {
                    done.Add(new(SlaClock.Resolve, policy.Hours, row.Times.SeenAt));
                }
            },
            cancellationToken);
        return (done, all);
    }

    // Rows that a policy is for, up to the most; false when there are more.
    private static async Task<bool> EachAsync(NpgsqlCommand command, int most, SlaPolicies policies, Action<NpgsqlDataReader, SlaRow, SlaPolicy> take, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        for (var read = 0; await reader.ReadAsync(cancellationToken); read++)
        {
            if (read == most)
            {
                return false;
            }

            var row = ReadSlaReport.Row(reader);
            if (policies.For(row.BrandId, row.Severity, row.Sentiment, row.AtFirst) is { } policy)
            {
                take(reader, row, policy);
            }
        }

        return true;
    }
}
