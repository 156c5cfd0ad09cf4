using System.ComponentModel.DataAnnotations;

namespace Serm.Alerts;

/// <summary>Bounds of webhooks. Section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Seconds that an attempt may take, from connecting to the answer's first lines.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 15;

    /// <summary>Attempts of one webhook that run at once in a replica.</summary>
    [Range(1, 256)]
    public int PerWebhook { get; set; } = 16;

    /// <summary>Attempts of all webhooks that run at once in a replica. Each webhook has its first one beside this.</summary>
    [Range(1, 100_000)]
    public int AtOnce { get; set; } = 512;

    /// <summary>Hours of nothing but failures after which a webhook is disabled.</summary>
    [Range(1, 24 * 365)]
    public int DisableAfterHours { get; set; } = 120;

    /// <summary>Days that events, deliveries and what they quote are kept.</summary>
    [Range(4, 3_650)]
    public int KeepDays { get; set; } = 30;

    /// <summary>Webhooks of a workspace.</summary>
    [Range(1, 10_000)]
    public int PerWorkspace { get; set; } = 100;
}
