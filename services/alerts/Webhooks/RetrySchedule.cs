namespace Serm.Alerts;

/// <summary>Where a delivery is.</summary>
public enum DeliveryStatus
{
    /// <summary>It is due, now or later.</summary>
    Pending = 0,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered = 1,

    /// <summary>All attempts failed. It can be sent again.</summary>
    GivenUp = 2,
}

/// <summary>What an attempt came to.</summary>
/// <param name="Code">HTTP status; null when none came.</param>
/// <param name="Error">A stable code; null after 2xx.</param>
/// <param name="RetryAfter">What the receiver asked for.</param>
internal sealed record AttemptResult(int? Code, string? Error, TimeSpan? RetryAfter = null)
{
    /// <summary>The receiver took it.</summary>
    public bool Ok => Error is null;

    /// <summary>The receiver says that it is gone for good.</summary>
    public bool Gone => Code == 410;
}

/// <summary>What follows from an attempt.</summary>
/// <param name="Status">Where the delivery is then.</param>
/// <param name="DueAt">When the next attempt is due; as it was when there is none.</param>
/// <param name="Step">Failed attempts since the schedule began.</param>
internal sealed record NextAttempt(DeliveryStatus Status, DateTimeOffset DueAt, int Step);

/// <summary>When a delivery that failed is tried again: ten attempts over about 75 hours, as Standard Webhooks recommends.</summary>
internal static class RetrySchedule
{
    /// <summary>Pauses after the first, second, ... attempt.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>The longest that a receiver can make us wait.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    private const double Jitter = 0.2;

    /// <summary>Decides what follows.</summary>
    /// <param name="result">The attempt.</param>
    /// <param name="step">Failed attempts before it.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="random">0 to 1, for a jitter of 20 % either way.</param>
    public static NextAttempt After(AttemptResult result, int step, DateTimeOffset now, double random)
    {
        if (result.Ok)
        {
            return new(DeliveryStatus.Delivered, now, step);
        }

        if (step >= Pauses.Count)
        {
            return new(DeliveryStatus.GivenUp, now, step + 1);
        }

        // Retry-After can only make it later: a receiver that says "now" would set aside the schedule.
        var pause = Pauses[step] * (1 - Jitter + (2 * Jitter * random));
        var asked = result.RetryAfter is { } after ? TimeSpan.FromTicks(Math.Clamp(after.Ticks, 0, LongestRetryAfter.Ticks)) : TimeSpan.Zero;
        return new(DeliveryStatus.Pending, now + (asked > pause ? asked : pause), step + 1);
    }
}
