using System.Globalization;
using System.Text;
using Npgsql;

namespace Serm.Mentions;

/// <summary>What files are called.</summary>
internal static class ExportName
{
    private const int LongestBrand = 60;

    /// <summary>Such as <c>serm-acme-2026-03-01-2026-03-31.csv</c>: what it is of, its first and its last day. A time without a beginning has the last day only.</summary>
    /// <param name="of">The brand's name, hostile or not: of it letters and digits remain.</param>
    /// <param name="from">When what it tells of begins.</param>
    /// <param name="to">When it ends, that moment left out; now when nothing was said.</param>
    /// <param name="now">The time.</param>
    /// <param name="zone">Whose days.</param>
    /// <param name="extension">Without the dot.</param>
    public static string Of(string of, DateTimeOffset? from, DateTimeOffset? to, DateTimeOffset now, TimeZoneInfo zone, string extension)
    {
        var last = to is { } end && end > DateTimeOffset.MinValue ? end.AddTicks(-1) : now;
        return string.Join('-', new[] { "serm", Plain(of), from is { } first ? Day(first, zone) : "", Day(last, zone) }.Where(p => p.Length > 0)) + "." + extension;
    }

    /// <summary>The latest names of brands, as the mentions of this workspace have them; a brand without mentions has none.</summary>
    public static async Task<Dictionary<Guid, string>> BrandsAsync(NpgsqlDataSource dataSource, string workspace, IEnumerable<Guid> brands, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            select b.id, i.brand_name from unnest($2) as b(id)
            cross join lateral (select brand_name from mentions.inbox where workspace = $1 and brand_id = b.id order by published_at desc, id desc limit 1) i
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brands.Distinct().ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new Dictionary<Guid, string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names[reader.GetGuid(0)] = reader.GetString(1);
        }

        return names;
    }

    private static string Day(DateTimeOffset time, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(time, zone).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) && plain.Length < LongestBrand)
            {
                plain.Append(Rune.ToLowerInvariant(rune).ToString());
            }
            else if (plain.Length > 0 && plain[^1] != '-')
            {
                plain.Append('-');
            }
        }

        return plain.ToString().Trim('-');
    }
}
