using System.Globalization;

namespace Serm.Ingest.Connectors;

/// <summary>At most so much within a time, over all sources with the same credentials.</summary>
/// <param name="Name">What is counted, for people: <c>requests a second</c>, <c>units a day</c>, <c>dollars a month</c>. Unique within a connector.</param>
/// <param name="Most">How much.</param>
/// <param name="Window">In any time of this length; with <paramref name="Zone"/> in each calendar day or month of it.</param>
/// <param name="Zone">Null for a sliding window; else the network counts by the calendar of this zone (IANA).</param>
internal sealed record RateLimit(string Name, decimal Most, TimeSpan Window, string? Zone = null)
{
    /// <summary>A month, by the calendar.</summary>
    public static readonly TimeSpan Month = TimeSpan.FromDays(31);

    // A new process waits for one window before its first call, so short ones need no memory beyond it.
    private static readonly TimeSpan Forgettable = TimeSpan.FromSeconds(3);
    private const int Slots = 10;

    /// <summary>True when it must outlive the process.</summary>
    public bool Lasting => Window > Forgettable;

    /// <summary>The slot that a call at a moment is written into, from when slots count, and when there may be room again.</summary>
    public (DateTimeOffset Slot, DateTimeOffset Since, DateTimeOffset FreeAt) At(DateTimeOffset now)
    {
        if (Zone is { } zone)
        {
            var (from, to) = Calendar(now, TimeZoneInfo.FindSystemTimeZoneById(zone));
            return (from, from, to);
        }

        var length = Window / Slots;
        var slot = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % length.Ticks), TimeSpan.Zero);
        return (slot, slot - Window, slot + length);
    }

    /// <summary>Until when what was taken at a moment counts, within a sliding window.</summary>
    public DateTimeOffset CountsUntil(DateTimeOffset at) => At(at).Slot + Window + (Window / Slots);

    private (DateTimeOffset From, DateTimeOffset To) Calendar(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var from = Window >= TimeSpan.FromDays(28) ? new DateTime(local.Year, local.Month, 1) : local.Date;
        var to = Window >= TimeSpan.FromDays(28) ? from.AddMonths(1) : from.AddDays(1);
        return (Utc(from), Utc(to));

        DateTimeOffset Utc(DateTime day) => new DateTimeOffset(day, zone.GetUtcOffset(day)).ToUniversalTime();
    }
}

/// <summary>How the moment of a reset is written.</summary>
internal enum ResetForm
{
    /// <summary>Seconds since 1970.</summary>
    UnixSeconds = 0,

    /// <summary>Seconds from now.</summary>
    Seconds = 1,

    /// <summary>ISO 8601.</summary>
    Iso = 2,
}

/// <summary>Headers that tell how many calls are left, and when there are more.</summary>
/// <param name="Remaining">Name of the header with the calls that are left; fractions are allowed.</param>
/// <param name="Reset">Name of the header with the moment of the reset.</param>
internal sealed record RateHeaders(string Remaining, string Reset, ResetForm Form)
{
    /// <summary>When calls are possible again; null when some are left or the network does not say.</summary>
    public DateTimeOffset? BlockedUntil(Func<string, string?> header, DateTimeOffset now) =>
        double.TryParse(header(Remaining), NumberStyles.Float, CultureInfo.InvariantCulture, out var left) && left < 1 ? ResetAt(header, now) : null;

    /// <summary>The moment of the reset; null when the network does not say. At most a day ahead.</summary>
    public DateTimeOffset? ResetAt(Func<string, string?> header, DateTimeOffset now)
    {
        var written = header(Reset);
        DateTimeOffset? at = Form switch
        {
            ResetForm.Iso => DateTimeOffset.TryParse(written, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null,
            _ => double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e11
                ? Form == ResetForm.Seconds ? now.AddSeconds(Math.Min(seconds, 86_400)) : DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1_000))
                : null,
        };
        return at is { } reset && reset > now ? reset < now.AddDays(1) ? reset : now.AddDays(1) : null;
    }
}
