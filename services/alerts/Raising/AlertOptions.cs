using System.ComponentModel.DataAnnotations;

namespace Serm.Alerts;

/// <summary>Bounds of alerting. Section <c>Alerts</c>.</summary>
public sealed class AlertOptions
{
    /// <summary>Hours since publication after which nobody is told of a mention any more.</summary>
    [Range(1, 8_760)]
    public int MaxAgeHours { get; set; } = 48;
}
