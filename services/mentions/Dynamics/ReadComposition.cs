using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What was found at one source.</summary>
/// <param name="Mentions">Those that are not dismissed.</param>
/// <param name="Negative">Of these, negative.</param>
/// <param name="Reach">Of these together, as far as known.</param>
public sealed record SourcePart(Guid SourceId, string SourceName, string SourceKind, long Mentions, long Negative, long Reach);

/// <summary>What one model judged.</summary>
/// <param name="Version">The model; null for what nobody has judged yet.</param>
/// <param name="Mentions">Those that are not dismissed.</param>
public sealed record ModelPart(string? Version, long Mentions);

/// <summary>What the mentions of a time are made of.</summary>
/// <param name="From">Published at or after.</param>
/// <param name="To">Published before.</param>
/// <param name="Sources">Those with the most mentions first, at most 100.</param>
/// <param name="Models">Those that judged the most first.</param>
public sealed record CompositionView(Guid BrandId, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<SourcePart> Sources, IReadOnlyList<ModelPart> Models);

/// <summary>Reading where the mentions of a brand come from, and who judged them.</summary>
internal static class ReadComposition
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    private const string Said = "from mentions.inbox where workspace = $1 and brand_id = $2 and published_at >= $3 and published_at < $4 and status <> 3";

    private const string Sources = $"""
        select source_id, max(source_name), min(source_kind), count(*), count(*) filter (where label = 0), coalesce(sum(reach), 0)::bigint
        {Said} group by source_id order by 4 desc, 1 limit 100
        """;

    private const string Models = $"select model_version, count(*) {Said} group by 1 order by 2 desc, 1 nulls last limit 20";

    public static async Task<Ok<CompositionView>> Handle(
        Guid id, DateTimeOffset? from, DateTimeOffset? to, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var end = to ?? clock.GetUtcNow();
        var start = from ?? end.AddDays(-30);
        if (end <= start || end - start > Longest)
        {
            throw RuleViolation.Invalid("to", "out_of_range", $"Ask for a time of at most {Longest.TotalDays:0} days that ends after it begins.");
        }

        await using var batch = dataSource.CreateBatch();
        foreach (var sql in new[] { Sources, Models })
        {
            batch.BatchCommands.Add(new(sql) { Parameters = { new() { Value = caller.Workspace }, new() { Value = id }, new() { Value = start.UtcDateTime }, new() { Value = end.UtcDateTime } } });
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var sources = new List<SourcePart>();
        while (await reader.ReadAsync(cancellationToken))
        {
            sources.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)));
        }

        await reader.NextResultAsync(cancellationToken);
        var models = new List<ModelPart>();
        while (await reader.ReadAsync(cancellationToken))
        {
            models.Add(new(reader.IsDBNull(0) ? null : reader.GetString(0), reader.GetInt64(1)));
        }

        return TypedResults.Ok(new CompositionView(id, start, end, sources, models));
    }
}
