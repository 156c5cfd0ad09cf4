using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How many answers may be sent: what a script gets wrong stands on networks under the company's name. Counted by whole minutes, in the database, so that all replicas count as one; who is refused for themselves does not use up what others may.</summary>
internal static class ReplyPace
{
    /// <summary>Answers of a person or key in a minute.</summary>
    public const int OfOne = 20;

    /// <summary>Answers of a workspace in a minute.</summary>
    public const int OfAll = 60;

    private const string Everybody = "";
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    /// <summary>Takes a place in this minute.</summary>
    /// <exception cref="RuleViolation">429 <c>too_many_replies</c> with <c>retryAfterSeconds</c>.</exception>
    public static async Task TakeAsync(NpgsqlDataSource dataSource, Caller caller, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await TakeAsync(dataSource, caller.Workspace, caller.User, OfOne, now, cancellationToken);
        await TakeAsync(dataSource, caller.Workspace, Everybody, OfAll, now, cancellationToken);
    }

    /// <summary>Forgets minutes that are over.</summary>
    public static async Task TrimAsync(NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("delete from mentions.reply_pace where minute < $1");
        command.Parameters.AddWithValue((now - Kept).UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The minute that a moment is in, and the whole seconds until the next one, 1 to 60.</summary>
    internal static (DateTimeOffset Minute, int Left) Window(DateTimeOffset now)
    {
        var minute = now.ToUniversalTime().AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
        return (minute, 60 - (int)(now - minute).TotalSeconds);
    }

    private static async Task TakeAsync(NpgsqlDataSource dataSource, string workspace, string who, int most, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (minute, left) = Window(now);
        await using var command = dataSource.CreateCommand("""
            insert into mentions.reply_pace (workspace, by_name, minute, replies) values ($1, $2, $3, 1)
            on conflict (workspace, by_name, minute) do update set replies = mentions.reply_pace.replies + 1 returning replies
            """);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(who);
        command.Parameters.AddWithValue(minute.UtcDateTime);
        if ((int)(await command.ExecuteScalarAsync(cancellationToken))! > most)
        {
            throw new RuleViolation(
                "too_many_replies",
                who == Everybody ? $"At most {most} answers a minute are sent in a workspace. Wait for the next minute." : $"At most {most} answers a minute are sent by one person or key. Wait for the next minute.",
                StatusCodes.Status429TooManyRequests,
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["retryAfterSeconds"] = left });
        }
    }
}
