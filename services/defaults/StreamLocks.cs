using Marten;
using Npgsql;

namespace Serm.Defaults;

/// <summary>Writers of one stream take turns instead of colliding. A rolled-back append leaves a gap in the sequence of events, and every relay waits until it knows that the gap stays empty: with locks an ordinary race costs a millisecond, not seconds.</summary>
public static class StreamLocks
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Begins the session's transaction and holds these streams until it ends. Take them before reading what is decided on.</summary>
    /// <param name="session">Not yet in a transaction.</param>
    /// <param name="ids">The streams; in any order, with repeats.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="NpgsqlException">Another writer held one of them for longer than 20 s. Transient.</exception>
    public static async Task HoldAsync(this IDocumentSession session, IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        // One order for all, so that two holders of many streams cannot wait for each other.
        var keys = ids.Distinct().Select(id => Key(session.TenantId, id)).Order().ToArray();
        await session.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select count(pg_advisory_xact_lock(k)) from unnest($1) as k") { CommandTimeout = (int)Patience.TotalSeconds };
        command.Parameters.Add(new() { Value = keys });
        await session.ExecuteAsync(command, cancellationToken);
    }

    private static long Key(string workspace, Guid id) => BitConverter.ToInt64(NameBasedGuid.Create(id, workspace).ToByteArray());
}
