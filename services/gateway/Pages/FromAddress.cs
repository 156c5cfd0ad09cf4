using System.Globalization;

namespace Serm.Gateway.Pages;

/// <summary>Reads what an address says. Pages take its values as text: an address that was mistyped or cut off would otherwise end the page. What cannot be read is as if it were not there.</summary>
internal static class FromAddress
{
    public static Guid? Id(string? text) => Guid.TryParse(text, out var id) ? id : null;

    public static Guid[]? Ids(string[]? texts) => texts is null ? null : [.. texts.Select(Id).OfType<Guid>()];

    /// <summary>A time with its offset, or of UTC.</summary>
    public static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    public static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
