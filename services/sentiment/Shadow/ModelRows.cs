using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Serm.Defaults;
using Serm.Sentiments.Corrections;
using Serm.Sentiments.Scoring;
using Serm.Sentiments.Workspaces;

namespace Serm.Sentiments.Shadow;

/// <summary>Where a model of a workspace is.</summary>
internal enum ModelStatus
{
    /// <summary>Asked for.</summary>
    Queued = 0,

    /// <summary>Being learnt.</summary>
    Training = 1,

    /// <summary>Learnt: a shadow until somebody promotes it.</summary>
    Ready = 2,

    /// <summary>Given up by a person.</summary>
    Cancelled = 3,

    /// <summary>Could not be learnt; see the problem.</summary>
    Failed = 4,
}

/// <summary>A model that a workspace learnt from its corrections, or is learning.</summary>
/// <param name="Id">The training.</param>
/// <param name="Version">The model's version; null until it is learnt.</param>
/// <param name="Shipped">The shipped model that it adds to.</param>
/// <param name="Status">Where it is.</param>
/// <param name="InUse">True when it judges the workspace's mentions.</param>
/// <param name="AskedBy">Who asked for it; <c>policy</c> when enough corrections did.</param>
/// <param name="AskedAt">When.</param>
/// <param name="FinishedAt">When it was learnt, given up or failed.</param>
/// <param name="PromotedBy">Who put it in use last.</param>
/// <param name="PromotedAt">When.</param>
/// <param name="Progress">0 to 1.</param>
/// <param name="Corrections">Corrections that it is learnt from.</param>
/// <param name="Comparison">It beside what was in use; null until it is learnt.</param>
/// <param name="Problem">Why it failed.</param>
internal sealed record ModelView(
    Guid Id,
    string? Version,
    string Shipped,
    ModelStatus Status,
    bool InUse,
    string AskedBy,
    DateTimeOffset AskedAt,
    DateTimeOffset? FinishedAt,
    string? PromotedBy,
    DateTimeOffset? PromotedAt,
    float Progress,
    int Corrections,
    Comparison? Comparison,
    string? Problem);

/// <summary>The models of workspaces.</summary>
internal static class ModelRows
{
    private const string Columns = """
        m.id, m.version, m.shipped, m.status, coalesce(s.model_version = m.version and m.shipped = $2, false), m.asked_by, m.asked_at, m.finished_at, m.promoted_by, m.promoted_at,
        m.progress, m.corrections, m.comparison, m.problem
        """;

    private const string From = "sentiment.models m left join sentiment.settings s on s.workspace = m.workspace";

    internal static readonly JsonSerializerOptions Json = ServiceDefaults.Configure(new());

    /// <summary>The newest first, at most 100.</summary>
    /// <param name="basis">See <see cref="WorkspaceModels.Basis"/>.</param>
    public static async Task<List<ModelView>> ListAsync(NpgsqlDataSource dataSource, string workspace, string? basis, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from {From} where m.workspace = $1 order by m.asked_at desc limit 100");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.Add(CorrectionRows.Nullable(basis, NpgsqlDbType.Text));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var models = new List<ModelView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            models.Add(Read(reader));
        }

        return models;
    }

    /// <summary>One by its version or the id of its training; null when there is none.</summary>
    /// <param name="basis">See <see cref="WorkspaceModels.Basis"/>.</param>
    public static async Task<ModelView?> FindAsync(NpgsqlDataSource dataSource, string workspace, string version, string? basis, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {Columns} from {From} where m.workspace = $1 and (m.version = $3 or m.id::text = $3) order by m.asked_at desc limit 1");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.Add(CorrectionRows.Nullable(basis, NpgsqlDbType.Text));
        command.Parameters.AddWithValue(version);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Refuses a model that adds to other shipped weights than those of now.</summary>
    /// <exception cref="RuleViolation">It does.</exception>
    public static void RequireCurrent(ModelView model, string shipped)
    {
        if (model.Shipped != shipped)
        {
            throw new RuleViolation("model_outdated", $"It was learnt on the shipped model {model.Shipped}, and {shipped} is shipped now. Train a new one.");
        }
    }

    /// <summary>The weights of a version; null when there is none that adds to this shipped model, or they are damaged.</summary>
    public static async Task<ModelDelta?> WeightsAsync(NpgsqlDataSource dataSource, string workspace, string version, string shipped, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select weights, checksum from sentiment.models where workspace = $1 and version = $2 and shipped = $3 and weights is not null order by asked_at desc limit 1");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(version);
        command.Parameters.AddWithValue(shipped);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var file = reader.GetFieldValue<byte[]>(0);
        return Checksum(file) == reader.GetString(1) ? ModelDelta.Read(file) : null;
    }

    public static string Checksum(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file));

    /// <summary>Stores a learnt model; nothing when it was cancelled meanwhile.</summary>
    public static async Task FinishAsync(NpgsqlDataSource dataSource, string workspace, Guid id, byte[] weights, Comparison comparison, int corrections, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            update sentiment.models set status = 'ready', version = $3, weights = $4, checksum = $5, comparison = $6, corrections = $7, finished_at = $8, progress = 1, lease_until = null
            where workspace = $1 and id = $2 and status = 'training'
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(ModelDelta.Read(weights).Version);
        command.Parameters.AddWithValue(weights);
        command.Parameters.AddWithValue(Checksum(weights));
        command.Parameters.Add(new() { Value = JsonSerializer.Serialize(comparison, Json), NpgsqlDbType = NpgsqlDbType.Jsonb });
        command.Parameters.AddWithValue(corrections);
        command.Parameters.AddWithValue(at.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Ends a training without a model.</summary>
    /// <param name="by">Who gives it up; null where it fails by itself.</param>
    /// <returns>False when it had ended.</returns>
    public static Task<bool> EndAsync(NpgsqlDataSource dataSource, string workspace, Guid id, ModelStatus status, string? problem, string? by, DateTimeOffset at, CancellationToken cancellationToken) =>
        ChangeRows.WithAsync(dataSource, "sentiment", workspace, c => EndAsync(c, workspace, id, status, problem, at, cancellationToken), ended => ended && by is not null ? SentimentChanges.Cancelled(id, by, at) : null, cancellationToken);

    private static async Task<bool> EndAsync(NpgsqlConnection connection, string workspace, Guid id, ModelStatus status, string? problem, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            update sentiment.models set status = $3, problem = $4, finished_at = $5, lease_until = null where workspace = $1 and id = $2 and status in ('queued', 'training')
            """, connection);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(status.ToString().ToLowerInvariant());
        command.Parameters.Add(CorrectionRows.Nullable(problem, NpgsqlDbType.Text));
        command.Parameters.AddWithValue(at.UtcDateTime);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private static ModelView Read(NpgsqlDataReader r) => new(
        r.GetGuid(0), Text(r, 1), r.GetString(2), Enum.Parse<ModelStatus>(r.GetString(3), ignoreCase: true), r.GetBoolean(4), r.GetString(5), r.GetFieldValue<DateTimeOffset>(6),
        Time(r, 7), Text(r, 8), Time(r, 9), r.GetFloat(10), r.GetInt32(11),
        Text(r, 12) is { } comparison ? JsonSerializer.Deserialize<Comparison>(comparison, Json) : null, Text(r, 13));

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static DateTimeOffset? Time(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetFieldValue<DateTimeOffset>(column);
}
