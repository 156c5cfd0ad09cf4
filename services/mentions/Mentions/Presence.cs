using MassTransit;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Who reads a mention right now.</summary>
/// <param name="ReadBy">The others, by name.</param>
/// <param name="Until">Until when the caller counts as reading: tell again before.</param>
public sealed record PresenceView(IReadOnlyList<string> ReadBy, DateTimeOffset Until);

/// <summary>Whether the caller reads it.</summary>
/// <param name="Reading">False when they have left it; true by default.</param>
public sealed record PresenceRequest(bool Reading = true);

/// <summary>"Ana is reading this": a hint, not an event. Lives for half a minute unless told again, is pushed to open screens, and is lost without harm.</summary>
internal static class Presence
{
    /// <summary>How long it lives.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    private const string Told = """
        insert into mentions.presence (workspace, mention_id, user_name, until_at) values ($1, $2, $3, $4)
        on conflict (workspace, mention_id, user_name) do update set until_at = excluded.until_at
        """;

    public static void MapPresence(this RouteGroupBuilder mentions) => mentions.MapPost("{id:guid}/presence", TellAsync)
        .WithName("TellPresence").WithSummary("Tell that the caller reads a mention, and hear who else does: a hint that lives for 30 seconds").RequireRole(Role.Moderator, Role.Manager);

    /// <summary>Who reads it, by name, one left out.</summary>
    public static async Task<IReadOnlyList<string>> ReadersAsync(NpgsqlDataSource dataSource, string workspace, Guid id, string without, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select user_name from mentions.presence where workspace = $1 and mention_id = $2 and user_name <> $3 and until_at > $4 order by user_name");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(without);
        command.Parameters.AddWithValue(now.UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var readers = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            readers.Add(reader.GetString(0));
        }

        return readers;
    }

    /// <summary>Forgets who has left.</summary>
    public static async Task TrimAsync(NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("delete from mentions.presence where until_at < $1");
        command.Parameters.AddWithValue((now - Life).UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Ok<PresenceView>> TellAsync(Guid id, PresenceRequest? body, Caller caller, NpgsqlDataSource dataSource, IBus bus, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var until = body?.Reading == false ? now : now + Life;
        var brand = await BrandAsync(dataSource, caller.Workspace, id, cancellationToken) ?? throw RuleViolation.NotFound("mention");
        await using var command = dataSource.CreateCommand(Told);
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(caller.User);
        command.Parameters.AddWithValue(until.UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
        var message = (Guid.CreateVersion7(now), new PresenceChanged(Guid.CreateVersion7(now), caller.Workspace, id, brand, caller.User, now, until));
        await bus.PublishAllAsync([message], cancellationToken);
        return TypedResults.Ok(new PresenceView(await ReadersAsync(dataSource, caller.Workspace, id, caller.User, now, cancellationToken), until));
    }

    private static async Task<Guid?> BrandAsync(NpgsqlDataSource dataSource, string workspace, Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select brand_id from mentions.inbox where workspace = $1 and id = $2");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }
}
