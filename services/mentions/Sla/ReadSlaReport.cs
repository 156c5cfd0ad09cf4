using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How one clock did.</summary>
/// <param name="Count">Mentions that had it.</param>
/// <param name="Done">Of these, stopped for good.</param>
/// <param name="Met">Of these, in time.</param>
/// <param name="Breached">Too late, done or not.</param>
/// <param name="MetShare">Met of all whose clock has been decided, 0 to 1; null when none was.</param>
/// <param name="P50Minutes">Median of business time until done; null when none is.</param>
/// <param name="P90Minutes">90th percentile of it.</param>
public sealed record SlaFigures(int Count, int Done, int Met, int Breached, double? MetShare, double? P50Minutes, double? P90Minutes);

/// <summary>One line of the report.</summary>
/// <param name="Key">The brand's id, the person, the week (ISO, by UTC), or the policy; <c>all</c> for the sum.</param>
/// <param name="Name">What a person reads.</param>
/// <param name="FirstAnswer">The first answer.</param>
/// <param name="Resolve">Until resolved.</param>
/// <param name="Breached">Mentions of which a clock was too late: one that missed both counts once.</param>
public sealed record SlaLine(string Key, string Name, SlaFigures FirstAnswer, SlaFigures Resolve, int Breached);

/// <summary>How soon mentions were answered and resolved, by the policies that hold now.</summary>
/// <param name="From">Seen at or after.</param>
/// <param name="To">Seen before.</param>
/// <param name="PolicyVersion">Version of the policies.</param>
/// <param name="Complete">False when there were more mentions than the report reads: ask for a shorter time.</param>
/// <param name="All">All of them.</param>
/// <param name="Lines">By what was asked for, in order of the key.</param>
public sealed record SlaReport(DateTimeOffset From, DateTimeOffset To, int PolicyVersion, bool Complete, SlaLine All, IReadOnlyList<SlaLine> Lines);

/// <summary>What the report reads of a mention.</summary>
/// <param name="AtFirst">The label without what rescorings said.</param>
internal sealed record SlaRow(Guid BrandId, string BrandName, string? Owner, Severity Severity, Sentiment? Sentiment, MentionStatus Status, SlaTimes Times, Sentiment? AtFirst);

/// <summary>Reading the report: clocks are computed anew from what happened.</summary>
internal static class ReadSlaReport
{
    private const int MaxRows = 200_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <summary>What <see cref="Row"/> reads, in its order.</summary>
    public const string Columns = "i.brand_id, i.brand_name, i.owner, coalesce(d.severity, 1::smallint), i.label, i.status, i.seen_at, d.first_answered_at, i.resolved_at, d.pauses::text, coalesce(i.first_label, i.label)";

    /// <summary>Where it is read from.</summary>
    public const string From = "mentions.inbox i left join mentions.desk d on d.workspace = i.workspace and d.mention_id = i.id";

    private static readonly string Sql = $"""
        select {Columns} from {From}
        where i.workspace = $1 and i.seen_at >= $2 and i.seen_at < $3 and not i.backfill and i.story_id is null and i.status <> 3 and ($4 or i.brand_id = any($5))
        order by i.seen_at desc limit {MaxRows + 1}
        """;

    public static async Task<Ok<SlaReport>> Handle(
        Guid[]? brand, DateTimeOffset? from, DateTimeOffset? to, string? by, Caller caller, Playbooks books, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (start, end) = (from ?? now.AddDays(-28), to ?? now);
        if (end <= start || end - start > Longest)
        {
            throw RuleViolation.Invalid("to", "out_of_range", $"Ask for a time of at most {Longest.TotalDays:0} days that ends after it begins.");
        }

        var key = Key(by);
        var policies = (await books.LoadAsync(caller.Workspace, cancellationToken)).Sla;
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(start.UtcDateTime);
        command.Parameters.AddWithValue(end.UtcDateTime);
        command.Parameters.AddWithValue(brand is null or { Length: 0 });
        command.Parameters.AddWithValue(brand ?? []);
        var rows = new List<SlaRow>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(Row(reader));
        }

        return TypedResults.Ok(Of(rows.Count > MaxRows ? rows[..MaxRows] : rows, policies, key, now) with { From = start, To = end, Complete = rows.Count <= MaxRows });
    }

    /// <summary>The report of some mentions.</summary>
    public static SlaReport Of(IReadOnlyList<SlaRow> rows, SlaPolicies policies, Func<SlaRow, SlaPolicy, (string Key, string Name)> key, DateTimeOffset now)
    {
        var read = rows
            .Select(r => (Row: r, Policy: policies.For(r.BrandId, r.Severity, r.Sentiment, r.AtFirst)))
            .Where(r => r.Policy is not null)
            .Select(r => (Key: key(r.Row, r.Policy!), Readings: SlaClocks.Read(r.Policy!, r.Row.Times).ToList()))
            .ToList();
        return new(
            default,
            default,
            policies.Version,
            true,
            Line(("all", ""), read.Select(r => r.Readings), now),
            [.. read.GroupBy(r => r.Key).OrderBy(g => g.Key.Key, StringComparer.Ordinal).Select(g => Line(g.Key, g.Select(r => r.Readings), now))]);
    }

    /// <summary>What the lines are by.</summary>
    public static Func<SlaRow, SlaPolicy, (string Key, string Name)> Key(string? by) => by switch
    {
        null or "brand" => (r, _) => (r.BrandId.ToString(), r.BrandName),
        "person" => (r, _) => (r.Owner ?? "", r.Owner ?? ""),
        "week" => (r, _) => Week(r.Times.SeenAt),
        "policy" => (_, p) => (p.Name, p.Name),
        _ => throw RuleViolation.Invalid("by", "value_unknown", "by takes brand, person, week, policy."),
    };

    private static (string Key, string Name) Week(DateTimeOffset at)
    {
        var week = string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(at.UtcDateTime)}-W{ISOWeek.GetWeekOfYear(at.UtcDateTime):00}");
        return (week, week);
    }

    private static SlaLine Line((string Key, string Name) key, IEnumerable<List<SlaReading>> mentions, DateTimeOffset now)
    {
        var all = mentions.ToList();
        var byClock = all.SelectMany(r => r).ToLookup(r => r.Clock);
        return new(key.Key, key.Name, Figures([.. byClock[SlaClock.FirstAnswer]], now), Figures([.. byClock[SlaClock.Resolve]], now), all.Count(m => m.Exists(r => r.At(now) == SlaState.Breached)));
    }

    private static SlaFigures Figures(IReadOnlyList<SlaReading> readings, DateTimeOffset now)
    {
        var states = readings.Select(r => r.At(now)).ToList();
        var (met, breached) = (states.Count(s => s == SlaState.Met), states.Count(s => s == SlaState.Breached));
        var spent = readings.Select(r => r.Spent?.TotalMinutes).OfType<double>().Order().ToList();
        return new(readings.Count, spent.Count, met, breached, met + breached == 0 ? null : Math.Round((double)met / (met + breached), 4), Quantile(spent, 0.5), Quantile(spent, 0.9));
    }

    // Nearest rank.
    private static double? Quantile(List<double> sorted, double share) => sorted.Count == 0 ? null : Math.Round(sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)], 1);

    /// <summary>A row of <see cref="Columns"/>.</summary>
    public static SlaRow Row(NpgsqlDataReader r)
    {
        var status = (MentionStatus)r.GetInt16(5);
        return new(
            r.GetGuid(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2), (Severity)r.GetInt16(3), Label(4), status,
            new(
                r.GetFieldValue<DateTimeOffset>(6),
                r.IsDBNull(7) ? null : r.GetFieldValue<DateTimeOffset>(7),
                status == MentionStatus.Resolved && !r.IsDBNull(8) ? r.GetFieldValue<DateTimeOffset>(8) : null,
                r.IsDBNull(9) ? [] : JsonSerializer.Deserialize<List<Pause>>(r.GetString(9), DeskRows.Json)!),
            Label(10));

        Sentiment? Label(int column) => r.GetInt16(column) is var label && label == InboxRows.Unscored ? null : (Sentiment)label;
    }
}
