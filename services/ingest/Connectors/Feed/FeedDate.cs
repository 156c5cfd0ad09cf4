using System.Globalization;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Dates as feeds write them: RFC 822 with any zone, ISO 8601, asctime, epochs, CJK and slashed dates, month names in many languages. Never throws; what is not a date, or an absurd one, is null.</summary>
internal static class FeedDate
{
    private const int FirstYear = 1990;
    private const int LastYear = 2100;

    // What nearly all feeds write; anything else, and anything wrong in these, is looked into part by part.
    private static readonly string[] Usual = ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "ddd, dd MMM yyyy HH:mm:ss zzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz"];

    /// <summary>The moment in UTC. A date without a zone is UTC; without a time, midnight.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        var trimmed = text?.Trim();
        if (string.IsNullOrEmpty(trimmed) || trimmed.Length > 120)
        {
            return null;
        }

        var moment = DateTimeOffset.TryParseExact(trimmed, Usual, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var usual) ? usual : Epoch(trimmed) ?? FeedDateParts.Read(trimmed)?.ToMoment();
        return moment is { Year: >= FirstYear and <= LastYear } ? moment : null;
    }

    private static DateTimeOffset? Epoch(string text)
    {
        if (text.Length is not (9 or 10 or 13 or 16) || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        return DateTimeOffset.UnixEpoch.AddTicks(text.Length switch
        {
            13 => number * TimeSpan.TicksPerMillisecond,
            16 => number * TimeSpan.TicksPerMicrosecond,
            _ => number * TimeSpan.TicksPerSecond,
        });
    }
}
