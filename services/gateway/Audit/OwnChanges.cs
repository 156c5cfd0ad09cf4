using Npgsql;
using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Audit;

/// <summary>What was changed in the gateway itself: users, keys, parked messages. Tests of pages put another in its place, as they have no database.</summary>
internal class OwnChanges(NpgsqlDataSource database)
{
    public virtual async Task<IReadOnlyList<ChangeRow>> ReadAsync(Caller caller, ChangeQuery query, CancellationToken cancellationToken) =>
        await ChangeRows.ReadAsync(database, AccessChanges.Schema, caller, query, cancellationToken);

    /// <summary>Writes down that parked messages were sent again.</summary>
    /// <param name="workspace">Of whom did it; null for an operator, who is of none: the admins of all read of it.</param>
    /// <param name="queue">Their queue.</param>
    /// <param name="messages">How many; nothing is written down for 0.</param>
    /// <param name="by">Who.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public virtual async Task AddResentAsync(string? workspace, string queue, long messages, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (messages > 0)
        {
            var change = ChangeRow.Of("parked.resent", queue, queue, by, now, Differences.Of(null, new { messages }), adminsOnly: true);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            foreach (var one in workspace is null ? await WorkspacesAsync(connection, cancellationToken) : [workspace])
            {
                await ChangeRows.AddAsync(connection, AccessChanges.Schema, one, change, cancellationToken);
            }
        }
    }

    private static async Task<List<string>> WorkspacesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select workspace from gateway.users union select workspace from gateway.api_keys", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
