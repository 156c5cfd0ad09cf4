using System.ComponentModel.DataAnnotations;

namespace Serm.Alerts;

/// <summary>Where channels reach what is not in their settings. Section <c>Channels</c>.</summary>
public sealed class ChannelOptions
{
    /// <summary>The address of Telegram's bot API; another one for a bot server of your own.</summary>
    public Uri TelegramUrl { get; set; } = new("https://api.telegram.org");

    /// <summary>Seconds after which a notice that a process has claimed, and not told, is another one's: longer than a try lasts.</summary>
    [Range(1, 3_600)]
    public double LeaseSeconds { get; set; } = 45;
}
