using System.Text.Json;
using Npgsql;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Brands;

/// <summary>A brand as the API shows it.</summary>
public sealed record BrandView(Guid Id, string Name, string Query, IReadOnlyList<string> Languages, Guid? CompetitorOf, int Version, DateTimeOffset CreatedAt, IReadOnlyList<QueryExample> Examples)
{
    // One statement, so that version and brands belong together.
    private const string Sql = """
        select coalesce((select v.version from ingest.brand_versions v where v.workspace = $1), 0), b.state
        from (select 1) one left join ingest.brands b on b.workspace = $1
        order by lower(b.name), b.id
        """;

    /// <summary>The version of a workspace's brands: one more with every change of any of them.</summary>
    internal static async Task<long> VersionAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select version from ingest.brand_versions where workspace = $1");
        command.Parameters.Add(new() { Value = workspace });
        return await command.ExecuteScalarAsync(cancellationToken) as long? ?? 0;
    }

    /// <summary>All brands of a workspace by name, and their version.</summary>
    internal static async Task<(long Version, List<BrandView> Brands)> LoadAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = workspace });
        var brands = new List<BrandView>();
        var version = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            version = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                brands.Add(Of(JsonSerializer.Deserialize<Brand>(reader.GetString(1), BrandLog.Json)!));
            }
        }

        return (version, brands);
    }

    /// <summary>Of its state. Languages may have been stored in codes that no post carries: earlier versions took any.</summary>
    internal static BrandView Of(Brand brand) => new(
        brand.Id,
        brand.Name,
        brand.Query,
        [.. brand.Languages.Select(l => FeedLanguage.Code(l) ?? l).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        brand.CompetitorOf,
        brand.Version,
        brand.CreatedAt,
        [.. brand.Examples.Select(e => e with { Language = FeedLanguage.Normalize(e.Language) })]);
}
