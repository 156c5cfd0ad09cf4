using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.Sources;

/// <summary>How sources are read. Section <c>Ingest:Polling</c>.</summary>
public sealed class PollOptions
{
    /// <summary>Seconds between two reads of a feed about which nothing is known yet.</summary>
    [Range(1, 86_400)]
    public int DefaultIntervalSeconds { get; set; } = 60;

    /// <summary>Reads at once in this process.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 16;

    /// <summary>Reads at once from one host.</summary>
    [Range(1, 64)]
    public int PerHost { get; set; } = 2;

    /// <summary>Milliseconds between the end of a request to a host and the next one to it; there is one at a time.</summary>
    [Range(0, 60_000)]
    public int HostPauseMilliseconds { get; set; } = 500;

    /// <summary>True to leave alone what a host's robots.txt asks programs not to read.</summary>
    public bool RespectRobots { get; set; } = true;

    /// <summary>Pages that a source reads in one turn while there are more; then it waits for its next turn.</summary>
    [Range(1, 10_000)]
    public int PagesAtOnce { get; set; } = 50;

    /// <summary>Milliseconds between two looks for sources that are due.</summary>
    [Range(10, 60_000)]
    public int LookMilliseconds { get; set; } = 250;

    /// <summary>Seconds between two looks for credentials that end soon among the sources that nothing reads.</summary>
    [Range(1, 86_400)]
    public int CredentialsLookSeconds { get; set; } = 60;

    /// <summary>Seconds after which another process takes over the reads of one that died. Living ones renew their leases.</summary>
    [Range(3, 3_600)]
    public int LeaseSeconds { get; set; } = 10;
}
