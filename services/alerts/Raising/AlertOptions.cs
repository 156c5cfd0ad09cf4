using System.ComponentModel.DataAnnotations;

namespace Serm.Alerts;

/// <summary>Bounds of alerting. Section <c>Alerts</c>.</summary>
public sealed class AlertOptions : IValidatableObject
{
    /// <summary>Hours since publication after which nobody is told of a mention any more.</summary>
    [Range(1, 8_760)]
    public int MaxAgeHours { get; set; } = 48;

    /// <summary>Weeks of history that watches learn from and backtests look back.</summary>
    [Range(1, 26)]
    public int HistoryWeeks { get; set; } = 8;

    /// <summary>Seconds between two looks of the watches.</summary>
    [Range(0.1, 600)]
    public double WatchSeconds { get; set; } = 10;

    /// <summary>Hours without a new alert after which an incident of single mentions that nobody acknowledged ends by itself.</summary>
    [Range(1, 8_760)]
    public int QuietHours { get; set; } = 72;

    /// <summary>Address of the gateway as people reach it, for links in messages; without it they carry none.</summary>
    public Uri? PublicUrl { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => PublicUrl is null || (PublicUrl.IsAbsoluteUri && PublicUrl.Scheme is "https" or "http")
        ? []
        : [new("Alerts:PublicUrl is the whole address of the gateway, such as https://serm.example.org.", [nameof(PublicUrl)])];
}
