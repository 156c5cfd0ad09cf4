using JasperFx.Events;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Tells the bus of corrections, with the text that was judged: the model learns from both.</summary>
internal static class CorrectionMessages
{
    private static readonly Guid MessageSpace = new("0d2c6a1b-5f86-5c1e-8d5e-3b8a0f0f6f11");

    private const string Sql = """
        select c.workspace, c.mention_id, c.revision, c.title, c.text, c.names, i.brand_id, i.brand_name, i.language
        from mentions.content c join mentions.inbox i on i.workspace = c.workspace and i.id = c.mention_id
        where c.mention_id = any($1) and c.workspace = any($2)
        """;

    /// <summary>One message an event; none where the text was erased.</summary>
    public static async Task<IReadOnlyList<(Guid MessageId, object Message)>> OfAsync(NpgsqlDataSource dataSource, IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var corrections = events.Where(e => e.Data is Corrected or CorrectionWithdrawn).ToList();
        if (corrections.Count == 0)
        {
            return [];
        }

        var texts = await TextsAsync(dataSource, corrections, cancellationToken);
        return [.. corrections.Select(e => Message(e, texts)).OfType<MentionCorrected>().Select(m => (NameBasedGuid.Create(MessageSpace, m.EventId.ToString()), (object)m))];
    }

    private static MentionCorrected? Message(IEvent e, Dictionary<(string, Guid, int), MentionCorrected> texts)
    {
        var (revision, label, was, model) = e.Data switch
        {
            Corrected c => (c.Revision, (Sentiment?)c.Label, c.Was, c.ModelVersion),
            CorrectionWithdrawn w => (w.Revision, null, null, null),
            _ => throw new InvalidOperationException($"{e.EventTypeName} is no correction."),
        };
        return texts.GetValueOrDefault((e.TenantId, e.StreamId, revision)) is { } known
            ? known with { EventId = e.Id, Version = (int)e.Version, Label = label, Was = was, ModelVersion = model, At = e.Timestamp, TraceParent = MentionRelay.Trace(e.Data) }
            : null;
    }

    private static async Task<Dictionary<(string Workspace, Guid Id, int Revision), MentionCorrected>> TextsAsync(NpgsqlDataSource dataSource, List<IEvent> corrections, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(corrections.Select(e => e.StreamId).Distinct().ToArray());
        command.Parameters.AddWithValue(corrections.Select(e => e.TenantId).Distinct(StringComparer.Ordinal).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new Dictionary<(string, Guid, int), MentionCorrected>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (workspace, id, revision) = (reader.GetString(0), reader.GetGuid(1), reader.GetInt32(2));
            texts[(workspace, id, revision)] = new(
                default, workspace, id, new(reader.GetGuid(6), reader.GetString(7)), revision, 0, null, null, null,
                reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4), reader.GetString(8), default, Names: ContentRows.Names(reader, 5));
        }

        return texts;
    }
}
