using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Replies;

/// <summary>How answers are sent. Section <c>Ingest:Replies</c>.</summary>
public sealed class ReplyOptions
{
    /// <summary>Answers under way at once in this process; of each source one.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 16;

    /// <summary>Seconds after which another process takes an answer over from a dead one; one try takes three quarters of it at most.</summary>
    [Range(4, 3_600)]
    public int LeaseSeconds { get; set; } = 120;

    /// <summary>Seconds for which an answer is tried again that its network does not take yet.</summary>
    [Range(1, 3_600)]
    public int PatienceSeconds { get; set; } = 300;
}
