using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>What a source has left at its network and no longer needs.</summary>
/// <param name="SourceId">The source; it may be gone.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="What">What it has left, in words.</param>
/// <param name="Since">When it stopped needing it.</param>
/// <param name="Tries">Tries to take it back that failed.</param>
/// <param name="NextTryAt">The next one; null when it was given up, and somebody must do it at the network itself.</param>
/// <param name="LastError">Why the last one failed; null before the first.</param>
public sealed record LeftoverView(Guid SourceId, string Kind, string Name, string What, DateTimeOffset Since, int Tries, DateTimeOffset? NextTryAt, SourceError? LastError);

/// <summary>Tells what is still to be taken back from networks.</summary>
internal static class ReadLeftovers
{
    private const string Sql = "select source, since, tries, due_at, error from ingest.leftovers where workspace = $1 order by since desc limit 200";

    public static async Task<Ok<List<LeftoverView>>> RunAsync(NpgsqlDataSource dataSource, ConnectorBook book, Caller caller, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = caller.Workspace });
        var all = new List<LeftoverView>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var source = JsonSerializer.Deserialize<Source>(reader.GetString(0), SourceLog.Json)!;
            all.Add(new(
                source.Id,
                source.Kind,
                source.Name,
                (book.Find(source.Kind) as ITakesBack)?.LeftBy(source) ?? source.Kind,
                reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetInt32(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                reader.IsDBNull(4) ? null : JsonSerializer.Deserialize<SourceError>(reader.GetString(4), SourceLog.Json)));
        }

        return TypedResults.Ok(all);
    }
}
