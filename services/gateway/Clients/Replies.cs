namespace Serm.Gateway.Clients;

/// <summary>What is known of an answer that was sent through the network; see the mentions service.</summary>
public enum ReplyState
{
    UnderWay = 0,
    Unknown = 1,
    Refused = 2,
    Sent = 3,
}

/// <summary>An answer through the network that still asks for somebody; its text and what the network said only with one mention.</summary>
public sealed record ReplyItem(Guid Id, ReplyState State, string By, DateTimeOffset At, DateTimeOffset? ToldAt = null, string? Code = null, string? Text = null, string? Detail = null)
{
    /// <summary>Refused, or nobody knows: somebody has to look.</summary>
    public bool Failed => State is ReplyState.Refused or ReplyState.Unknown;
}

/// <summary>Whether mentions of a source can be answered through its network, and how long an answer may be; see the ingest service.</summary>
/// <param name="Why">Why not, a stable code; null when they can.</param>
public sealed record Replying(bool Can, string? Why = null, int? MaxLength = null, int MinLength = 1);
