namespace Serm.Gateway.Parked;

/// <summary>Messages of one queue that could not be handled and wait for somebody to look.</summary>
/// <param name="Queue">The queue that they came from, as in <see cref="Contracts.Queues"/>.</param>
/// <param name="Count">Messages that wait.</param>
/// <param name="First">Why the first one is here; null when it cannot be read or nothing waits.</param>
public sealed record ParkedQueue(string Queue, long Count, ParkedCause? First);

/// <summary>Why a message was parked.</summary>
/// <param name="MessageId">The message; null when it has no id.</param>
/// <param name="Error">Full name of the exception's type; <c>delivery_limit</c> when its consumer died each time.</param>
/// <param name="Message">What the exception said.</param>
/// <param name="ParkedAt">When it was put aside; null when not noted.</param>
/// <param name="AgeSeconds">Whole seconds since then; null when not noted.</param>
public sealed record ParkedCause(string? MessageId, string Error, string? Message, DateTimeOffset? ParkedAt, long? AgeSeconds);

/// <summary>What was seen of the first message of a queue.</summary>
/// <param name="Cause">Why it is there.</param>
/// <param name="Count">Messages that waited when the queue was counted last.</param>
/// <param name="At">When it was looked at.</param>
internal sealed record FirstParked(ParkedCause Cause, long Count, DateTimeOffset At)
{
    // Another process may take the first message while others come: no count tells of that.
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(5);

    /// <summary>False when it may have gone: fewer wait than did, or nobody looked for a while.</summary>
    public bool IsStill(long count, DateTimeOffset now) => count >= Count && now - At < Believed;
}

/// <summary>Body of <c>POST /api/parked/{queue}/resend</c>.</summary>
/// <param name="Max">Messages to send again at most, from the oldest on; null for all that wait now.</param>
public sealed record Resend(int? Max = null);

/// <summary>Answer of <c>POST /api/parked/{queue}/resend</c>.</summary>
/// <param name="Moved">Messages sent again.</param>
public sealed record Resent(int Moved);
