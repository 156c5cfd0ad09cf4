using System.ComponentModel.DataAnnotations;

namespace Serm.Ingest.WebSub;

/// <summary>How hubs push (<c>Ingest:WebSub</c>).</summary>
public sealed class WebSubOptions
{
    /// <summary>The address under which the world reaches the gateway, such as <c>https://serm.example.org</c>. Without it no hub is asked, and everything is only polled.</summary>
    [Url]
    public string? PublicAddress { get; set; }

    /// <summary>Seconds that a subscription is asked for; it is renewed after half of what the hub grants.</summary>
    [Range(300, 2_592_000)]
    public int LeaseSeconds { get; set; } = 864_000;

    /// <summary>Milliseconds between two looks for subscriptions that are due.</summary>
    [Range(50, 600_000)]
    public int LookMilliseconds { get; set; } = 10_000;
}
