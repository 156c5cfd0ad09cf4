using System.Collections.Concurrent;
using Npgsql;

namespace Serm.Alerts;

/// <summary>The names of brands and sources as mentions tell them: watches speak of them later. Written when a name is new to this process.</summary>
internal sealed class Names(NpgsqlDataSource dataSource)
{
    private readonly ConcurrentDictionary<(string Workspace, Guid Id), string> known = new();

    /// <summary>Keeps the names that these mentions tell.</summary>
    public async Task NoteAsync(string workspace, IReadOnlyList<Judged> judged, CancellationToken cancellationToken)
    {
        var fresh = judged
            .SelectMany(j => new[] { (Kind: "brand", j.Scored.Mention.Brand.Id, j.Scored.Mention.Brand.Name), (Kind: "source", Id: j.Scored.Mention.Post.SourceId, Name: j.Scored.Mention.Post.SourceName) })
            .Where(n => !known.TryGetValue((workspace, n.Id), out var name) || name != n.Name)
            .DistinctBy(n => (n.Kind, n.Id))
            .OrderBy(n => n.Kind, StringComparer.Ordinal).ThenBy(n => n.Id)
            .ToList();
        if (fresh.Count == 0)
        {
            return;
        }

        await using var command = dataSource.CreateCommand(
            """
            insert into alerts.names (workspace, kind, id, name) select $1, * from unnest($2, $3, $4)
            on conflict (workspace, kind, id) do update set name = excluded.name
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(fresh.Select(n => n.Kind).ToArray());
        command.Parameters.AddWithValue(fresh.Select(n => n.Id).ToArray());
        command.Parameters.AddWithValue(fresh.Select(n => n.Name).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
        fresh.ForEach(n => known[(workspace, n.Id)] = n.Name);
    }
}
