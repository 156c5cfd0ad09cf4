using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>One telling of a story.</summary>
/// <param name="Id">The mention.</param>
/// <param name="SourceName">Where.</param>
/// <param name="SourceKind">By which connector.</param>
/// <param name="AuthorId">By whom; null when nobody is named.</param>
/// <param name="AuthorName">Their name; null when not known.</param>
/// <param name="Url">Its address.</param>
/// <param name="Language">ISO code.</param>
/// <param name="PublishedAt">When.</param>
/// <param name="Reach">People who can have seen it.</param>
/// <param name="Negative">Probability that it is negative.</param>
/// <param name="Status">Where it is in its triage.</param>
public sealed record Sighting(
    Guid Id, string SourceName, string SourceKind, Guid? AuthorId, string? AuthorName, string? Url, string Language, DateTimeOffset PublishedAt, long? Reach, float? Negative, MentionStatus Status);

/// <summary>A story and how it spreads.</summary>
/// <param name="Id">The mention that leads it.</param>
/// <param name="Sightings">Mentions that tell it, of those that are read.</param>
/// <param name="Authors">Authors who tell it.</param>
/// <param name="Sources">Sources that tell it.</param>
/// <param name="Reach">Of all together, as far as known.</param>
/// <param name="FirstAt">When it was first told.</param>
/// <param name="LastAt">When it was last told.</param>
/// <param name="PerHour">Sightings an hour in the last 24 hours of it.</param>
/// <param name="Spread">Sightings by hour, empty hours left out.</param>
/// <param name="Items">The sightings in order of publication; of more than 500 the first and the latest 499.</param>
/// <param name="Complete">False when more than 20,000 tell it: then all this is of the first and the latest, 20,000 together.</param>
public sealed record StoryView(
    Guid Id, int Sightings, int Authors, int Sources, long Reach, DateTimeOffset FirstAt, DateTimeOffset LastAt, double PerHour, IReadOnlyList<SpreadPoint> Spread, IReadOnlyList<Sighting> Items, bool Complete);

/// <summary>Sightings of an hour.</summary>
/// <param name="At">Beginning of the hour.</param>
/// <param name="Sightings">In this hour.</param>
/// <param name="Reach">Of these, as far as known.</param>
public sealed record SpreadPoint(DateTimeOffset At, int Sightings, long Reach);

/// <summary>Reading a story.</summary>
internal static class ReadStory
{
    private const int MostItems = 500;
    private const int MostTellings = 20_000;

    private const string Tellings = """
        select i.id, i.source_name, i.source_kind, i.author_key, coalesce(c.author ->> 'name', c.author ->> 'handle'), c.url, i.language, i.published_at, i.reach, i.negative, i.status
        from mentions.inbox i left join mentions.content c on c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision
        where i.workspace = $1 and (i.id = $2 or i.story_id = $2)
        """;

    private const string First = $"{Tellings} order by i.published_at, i.id limit 1";

    private static readonly string Latest = $"{Tellings} order by i.published_at desc, i.id desc limit {MostTellings + 1}";

    private const string LeadOf = "select coalesce(story_id, id) from mentions.inbox where workspace = $1 and id = $2";

    public static async Task<Ok<StoryView>> Handle(Guid id, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var find = dataSource.CreateCommand(LeadOf);
        find.Parameters.AddWithValue(caller.Workspace);
        find.Parameters.AddWithValue(id);
        var lead = await find.ExecuteScalarAsync(cancellationToken) as Guid? ?? throw RuleViolation.NotFound("story");
        var tellings = await ReadAsync(dataSource, Latest, caller.Workspace, lead, cancellationToken);
        tellings.Reverse();
        return TypedResults.Ok(tellings.Count <= MostTellings
            ? Of(lead, tellings)
            : Of(lead, [.. await ReadAsync(dataSource, First, caller.Workspace, lead, cancellationToken), .. tellings.Skip(2)], complete: false));
    }

    private static async Task<List<Sighting>> ReadAsync(NpgsqlDataSource dataSource, string sql, string workspace, Guid lead, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(lead);
        var tellings = new List<Sighting>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            tellings.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetGuid(3), reader.IsDBNull(4) ? null : reader.GetString(4),
                reader.IsDBNull(5) ? null : reader.GetString(5), reader.GetString(6), reader.GetFieldValue<DateTimeOffset>(7), reader.IsDBNull(8) ? null : reader.GetInt64(8),
                reader.IsDBNull(9) ? null : reader.GetFloat(9), (MentionStatus)reader.GetInt16(10)));
        }

        return tellings;
    }

    /// <summary>The story of some tellings, in order of publication, at least one; the first of all is among them.</summary>
    public static StoryView Of(Guid lead, IReadOnlyList<Sighting> tellings, bool complete = true)
    {
        var (first, last) = (tellings[0].PublishedAt, tellings[^1].PublishedAt);
        var lately = tellings.Where(t => t.PublishedAt > last.AddHours(-24)).ToList();
        return new(
            lead,
            tellings.Count,
            tellings.Select(t => t.AuthorId).OfType<Guid>().Distinct().Count(),
            tellings.Select(t => (t.SourceKind, t.SourceName)).Distinct().Count(),
            tellings.Sum(t => t.Reach ?? 0),
            first,
            last,
            Math.Round(lately.Count / Math.Max(1, (last - lately[0].PublishedAt).TotalHours), 2),
            [.. tellings.GroupBy(t => new DateTimeOffset(t.PublishedAt.UtcDateTime.Date.AddHours(t.PublishedAt.UtcDateTime.Hour), TimeSpan.Zero)).Select(g => new SpreadPoint(g.Key, g.Count(), g.Sum(t => t.Reach ?? 0)))],
            tellings.Count <= MostItems ? tellings : [tellings[0], .. tellings.TakeLast(MostItems - 1)],
            complete);
    }
}
