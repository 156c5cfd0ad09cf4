using System.Text.Json.Nodes;
using Marten;
using Npgsql;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>The credentials of sources: sealed with the installation's key, opened only to read with them.</summary>
internal sealed class Credentials(NpgsqlDataSource dataSource, SecretBox box)
{
    /// <summary>Options and credentials of a source.</summary>
    public Settings Open(string workspace, Source source, byte[]? sealedBytes) => Settings.Of(source.Options, Secrets(workspace, source.Id, sealedBytes));

    /// <summary>Options and credentials of a source, credentials read from the database.</summary>
    public async Task<Settings> LoadAsync(string workspace, Source source, CancellationToken cancellationToken) =>
        Settings.Of(source.Options, await SecretsAsync(workspace, source.Id, cancellationToken));

    /// <summary>The credentials as JSON; null when there are none, or when the installation's key is another by now.</summary>
    public async Task<string?> SecretsAsync(string workspace, Guid sourceId, CancellationToken cancellationToken) => Secrets(workspace, sourceId, await SealedAsync(workspace, sourceId, cancellationToken));

    /// <summary>The credentials as they are stored; null when there are none.</summary>
    public async Task<byte[]?> SealedAsync(string workspace, Guid sourceId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select sealed from ingest.credentials where workspace = $1 and source_id = $2");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = sourceId });
        return await command.ExecuteScalarAsync(cancellationToken) as byte[];
    }

    /// <summary>Queues what a person entered; goes with the source's events.</summary>
    public void Queue(IDocumentSession session, Guid sourceId, string secrets)
    {
        var names = JsonNode.Parse(secrets) is JsonObject all ? all.Select(m => m.Key).ToArray() : [];
        session.QueueSqlCommand(
            '^',
            "insert into ingest.credentials (workspace, source_id, sealed, names) values (^, ^, ^, ^) on conflict (workspace, source_id) do update set sealed = excluded.sealed, names = excluded.names",
            session.TenantId,
            sourceId,
            box.Seal(secrets, Place(session.TenantId, sourceId)),
            names);
    }

    private string? Secrets(string workspace, Guid sourceId, byte[]? sealedBytes) => sealedBytes is null ? null : box.Open(sealedBytes, Place(workspace, sourceId));

    private static string Place(string workspace, Guid sourceId) => $"{workspace}/{sourceId}";
}
