using System.Text.Json;
using Npgsql;

namespace Serm.Ingest.Sources;

/// <summary>How a source is doing.</summary>
public enum SourceState
{
    /// <summary>Never read yet.</summary>
    New = 0,

    /// <summary>The last read went well; for pushed ones always.</summary>
    Healthy = 1,

    /// <summary>The last read failed.</summary>
    Failing = 2,

    /// <summary>A person stopped it.</summary>
    Paused = 3,
}

/// <summary>The gap that lasts.</summary>
public sealed record OpenGap(Guid Id, DateTimeOffset From, string Reason);

/// <summary>A source as the API shows it. Credentials are named, never shown.</summary>
public sealed record SourceView(
    Guid Id,
    string Kind,
    string Name,
    string? Url,
    SourceState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastReadAt,
    DateTimeOffset? LastGoodAt,
    DateTimeOffset? NextReadAt,
    int ConsecutiveFailures,
    SourceError? LastError,
    double? CursorAgeSeconds,
    long ItemsSeen,
    OpenGap? Gap,
    int? IntervalSeconds,
    int Version,
    JsonElement? Options = null,
    IReadOnlyList<string>? CredentialsSet = null,
    DateTimeOffset? CredentialsExpireAt = null)
{
    /// <summary>The options as stored.</summary>
    internal string? OptionsText { get; init; }

    /// <summary>The address that a person gave, which the source may have moved from.</summary>
    internal string? Identity { get; init; }

    private const string Sql = """
        select s.state, c.state, nullif(nullif(c.due_at, 'infinity'), '-infinity'), k.names
        from ingest.sources s left join ingest.cursors c on c.workspace = s.workspace and c.source_id = s.id
        left join ingest.credentials k on k.workspace = s.workspace and k.source_id = s.id
        where s.workspace = $1 and ($2::uuid is null or s.id = $2)
        order by lower(s.state ->> 'name'), s.id
        """;

    /// <summary>All sources of a workspace by name, or the one of an id.</summary>
    internal static async Task<List<SourceView>> LoadAsync(NpgsqlDataSource dataSource, string workspace, Guid? id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        var views = new List<SourceView>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var source = JsonSerializer.Deserialize<Source>(reader.GetString(0), SourceLog.Json)!;
            var cursor = reader.IsDBNull(1) ? null : JsonSerializer.Deserialize<SourceCursor>(reader.GetString(1), SourceLog.Json);
            views.Add(Of(source, cursor, reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2), now) with { CredentialsSet = reader.IsDBNull(3) ? [] : reader.GetFieldValue<string[]>(3) });
        }

        return views;
    }

    /// <summary>Puts together what is shown.</summary>
    internal static SourceView Of(Source source, SourceCursor? cursor, DateTimeOffset? dueAt, DateTimeOffset now) => new(
        source.Id,
        source.Kind,
        source.Name,
        source.Url,
        StateOf(source, cursor),
        source.CreatedAt,
        cursor?.LastReadAt,
        cursor?.LastGoodAt,
        source.Paused || cursor is null || source.Url is null ? null : dueAt ?? now,
        cursor?.Failures ?? 0,
        cursor?.LastError,
        cursor?.LastGoodAt is { } good ? Math.Max(0, Math.Round((now - good).TotalSeconds, 1)) : null,
        cursor?.ItemsSeen ?? 0,
        source.Gap is { } gap ? new(gap.Id, gap.From, gap.Reason) : null,
        source.IntervalSeconds,
        source.Version,
        source.Options is null ? null : JsonElement.Parse(source.Options),
        CredentialsExpireAt: SourceCursor.EndOf(source, cursor?.ExpiresAt))
    {
        OptionsText = source.Options,
        Identity = source.Identity,
    };

    private static SourceState StateOf(Source source, SourceCursor? cursor) => (source, cursor) switch
    {
        ({ Paused: true }, _) => SourceState.Paused,
        (_, null) => SourceState.Healthy,
        (_, { Failures: > 0 }) => SourceState.Failing,
        (_, { LastGoodAt: null }) => SourceState.New,
        _ => SourceState.Healthy,
    };
}
