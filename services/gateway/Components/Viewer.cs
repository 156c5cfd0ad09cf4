using Microsoft.JSInterop;

namespace Serm.Gateway.Components;

/// <summary>What the page knows of the browser that shows it.</summary>
internal sealed class Viewer(IJSRuntime js)
{
    private const int LongestZone = 64;

    /// <summary>The browser's time zone; UTC until it has told.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    /// <summary>Takes the zone that the browser told before, in its cookie.</summary>
    public void Expect(string? zone) => Zone = ZoneOf(zone) ?? Zone;

    /// <summary>Asks the browser.</summary>
    public async Task LookAsync()
    {
        try
        {
            Expect(await js.InvokeAsync<string?>("serm.zone"));
        }
        catch (Exception e) when (e is JSException or JSDisconnectedException or TaskCanceledException)
        {
            // The page goes on in UTC.
        }
    }

    /// <summary>The zone of this name; null when it is none. Names come from outside, and zones are files.</summary>
    internal static TimeZoneInfo? ZoneOf(string? name) =>
        name is { Length: > 0 and <= LongestZone } && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '+' or '-') && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>A time as it is written for this person.</summary>
    public string Full(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("d MMM yyyy, HH:mm:ss", System.Globalization.CultureInfo.CurrentCulture) + (Zone.Equals(TimeZoneInfo.Utc) ? " UTC" : "");

    /// <summary>A time without seconds, as it is written for this person.</summary>
    public string Short(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("d MMM, HH:mm", System.Globalization.CultureInfo.CurrentCulture);

    /// <summary>A day as it is written for this person.</summary>
    public string Day(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("d MMM yyyy", System.Globalization.CultureInfo.CurrentCulture);

    /// <summary>A time of today as it is written for this person.</summary>
    public string Time(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone).ToString("HH:mm:ss", System.Globalization.CultureInfo.CurrentCulture);
}
