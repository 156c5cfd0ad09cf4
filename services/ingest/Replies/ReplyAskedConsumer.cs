using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Replies;

/// <summary>Notes the answers that are asked for. They are sent by <see cref="SendReplies"/>, so that no slow network holds a queue up.</summary>
internal sealed class ReplyAskedConsumer(NpgsqlDataSource dataSource, TimeProvider clock) : IBatchConsumer<ReplyAsked>
{
    /// <inheritdoc/>
    public Task ConsumeAsync(IReadOnlyList<ReplyAsked> messages, CancellationToken cancellationToken) => ReplyTable.AddAsync(dataSource, messages, clock.GetUtcNow(), cancellationToken);
}
