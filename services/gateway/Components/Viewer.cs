using Microsoft.JSInterop;

namespace Serm.Gateway.Components;

/// <summary>What the page knows of the browser that shows it.</summary>
internal sealed class Viewer(IJSRuntime js)
{
    /// <summary>The browser's time zone; UTC until it has told.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Raised when something of it has changed.</summary>
    public event Action? Changed;

    /// <summary>Asks the browser.</summary>
    public async Task LookAsync()
    {
        try
        {
            var zone = await js.InvokeAsync<string?>("serm.zone");
            if (zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && !found.Equals(Zone))
            {
                Zone = found;
                Changed?.Invoke();
            }
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or TaskCanceledException)
        {
            // The page goes on in UTC.
        }
    }

    /// <summary>A time as it is written for this person.</summary>
    public string Full(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("d MMM yyyy, HH:mm:ss", System.Globalization.CultureInfo.CurrentCulture) + (Zone.Equals(TimeZoneInfo.Utc) ? " UTC" : "");

    /// <summary>A time without seconds, as it is written for this person.</summary>
    public string Short(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("d MMM, HH:mm", System.Globalization.CultureInfo.CurrentCulture);
}
