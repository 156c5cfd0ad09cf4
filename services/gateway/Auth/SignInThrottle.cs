using System.Net;
using Npgsql;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>Slows guessing down. Counted in the database, so that replicas and restarts make no difference.</summary>
internal sealed class SignInThrottle(NpgsqlDataSource database, TimeProvider clock)
{
    // After this long without a try the count starts again.
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);

    // Clocks of two replicas differ by less. What was tried later than that was tried before a clock was set back.
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);

    /// <summary>The pause that a number of failures costs.</summary>
    /// <param name="Free">Failures without a pause.</param>
    /// <param name="Longest">The pause doubles from 1 s up to this.</param>
    internal sealed record Limit(int Free, TimeSpan Longest)
    {
        /// <summary>From one address at one name: tight.</summary>
        public static readonly Limit Pair = new(5, TimeSpan.FromMinutes(15));

        /// <summary>From one address at any name.</summary>
        public static readonly Limit Address = new(20, TimeSpan.FromMinutes(15));

        /// <summary>At one name from anywhere: loose, or anybody could lock anybody out.</summary>
        public static readonly Limit Name = new(50, TimeSpan.FromMinutes(1));

        /// <summary>How long is still to wait; zero or less when a try is allowed.</summary>
        public TimeSpan Wait(int failures, DateTimeOffset lastAt, DateTimeOffset now)
        {
            if (failures < Free || lastAt - now > Apart)
            {
                return TimeSpan.Zero;
            }

            var pause = TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(failures - Free, 30)), Longest.TotalSeconds));
            return lastAt + pause - now;
        }
    }

    /// <summary>Counts a try as failed before the password is looked at, so that parallel guesses gain nothing; <see cref="ForgetAsync"/> takes it back.</summary>
    /// <exception cref="RuleViolation">429: wait first.</exception>
    public async Task EnterAsync(string name, IPAddress? address, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var subjects = Subjects(name, address);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var wait = TimeSpan.Zero;
        foreach (var (subject, limit) in subjects)
        {
            var (failures, lastAt) = await LockAsync(connection, subject, now, cancellationToken);
            var here = limit.Wait(now - lastAt > Forgotten ? 0 : failures, lastAt, now);
            wait = here > wait ? here : wait;
        }

        if (wait > TimeSpan.Zero)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            throw new RuleViolation(
                "sign_in_paused",
                $"Too many failed tries. Wait {seconds} s and try again.",
                StatusCodes.Status429TooManyRequests,
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["retryAfterSeconds"] = seconds });
        }

        await using var count = new NpgsqlCommand(
            "update gateway.sign_in_failures set failures = case when last_at < $2 then 1 else failures + 1 end, last_at = $3 where subject = any($1)", connection);
        count.Parameters.Add(new() { Value = subjects.Select(s => s.Subject).ToArray() });
        count.Parameters.Add(new() { Value = now - Forgotten });
        count.Parameters.Add(new() { Value = now });
        await count.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>After a success: the name's counts go, and the address gets its one try back.</summary>
    public async Task ForgetAsync(string name, IPAddress? address, CancellationToken cancellationToken)
    {
        var subjects = Subjects(name, address).ToDictionary(s => s.Limit, s => s.Subject);
        await using var command = database.CreateCommand(
            """
            with gone as (delete from gateway.sign_in_failures where subject = any($1) or last_at < $3)
            update gateway.sign_in_failures set failures = greatest(failures - 1, 0) where subject = $2
            """);
        command.Parameters.Add(new() { Value = new[] { subjects[Limit.Pair], subjects[Limit.Name] } });
        command.Parameters.Add(new() { Value = subjects[Limit.Address] });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - Forgotten });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>After a new password: nobody waits for what was tried at the name before, from wherever.</summary>
    public async Task ForgetNameAsync(string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "delete from gateway.sign_in_failures where subject = 'n' || $1 or (starts_with(subject, 'p:') and right(subject, length($1)) = $1)");
        command.Parameters.Add(new() { Value = $":{name.ToLowerInvariant()}" });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Ordered, so that two transactions lock in the same order.
    internal static IReadOnlyList<(string Subject, Limit Limit)> Subjects(string name, IPAddress? address)
    {
        var who = name.ToLowerInvariant();
        var from = Addresses.Subject(address);
        return [($"a:{from}", Limit.Address), ($"n:{who}", Limit.Name), ($"p:{from}:{who}", Limit.Pair)];
    }

    private static async Task<(int Failures, DateTimeOffset LastAt)> LockAsync(NpgsqlConnection connection, string subject, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "insert into gateway.sign_in_failures (subject, failures, last_at) values ($1, 0, $2) on conflict (subject) do update set subject = excluded.subject returning failures, last_at",
            connection);
        command.Parameters.Add(new() { Value = subject });
        command.Parameters.Add(new() { Value = now });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1));
    }
}
