using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Takes what erased posts said out of what alerts quote and out of the public feed, for good, and tells how many texts those were.</summary>
internal sealed class ErasureAskedConsumer(NpgsqlDataSource dataSource, IBus bus, TimeProvider clock) : IBatchConsumer<ErasureAsked>
{
    private static readonly Guid Answers = new("2a0c7a52-0f0b-5d3c-9a36-8f1f9d0f1b03");

    private const string Count = """
        select (select count(*) from alerts.mentions where workspace = $1 and id = any($2))
            + (select count(*) from alerts.public_events where workspace = $1 and mention_id = any($2) and data::jsonb #>> '{mention,text}' is not null)
        """;

    // That it was judged stays for backtests; which words it had, and whose they were, does not, not even as hashes.
    private const string Words = "update alerts.judged set words = '{}', authors = '{}', tokens = null where workspace = $1 and mention_id = any($2) and (tokens is not null or words <> '{}' or authors <> '{}')";

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<ErasureAsked> messages, CancellationToken cancellationToken)
    {
        var answers = new List<(Guid, TextsErased)>(messages.Count);
        foreach (var asked in messages)
        {
            answers.Add((NameBasedGuid.Create(asked.ErasureId, Answers.ToString(), $"{asked.Page}"), await EraseAsync(asked, cancellationToken)));
        }

        await bus.PublishAllAsync(answers, cancellationToken);
    }

    private async Task<TextsErased> EraseAsync(ErasureAsked asked, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var mentions = asked.Posts.Select(p => p.MentionId).ToArray();
        await using var count = new NpgsqlCommand(Count, connection) { Parameters = { new() { Value = asked.Workspace }, new() { Value = mentions } } };
        var rows = (long)(await count.ExecuteScalarAsync(cancellationToken))!;
        await RemovedTexts.MarkAsync(connection, asked.Workspace, [.. mentions.Select(m => (m, int.MaxValue))], now, cancellationToken);
        await RemovedTexts.ForgetAsync(connection, mentions, now, cancellationToken);
        await using var words = new NpgsqlCommand(Words, connection) { Parameters = { new() { Value = asked.Workspace }, new() { Value = mentions } } };
        await words.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new(asked.Workspace, asked.ErasureId, asked.Page, "alerts", rows, now, asked.TraceParent);
    }
}
