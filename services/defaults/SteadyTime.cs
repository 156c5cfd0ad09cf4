namespace Serm.Defaults;

/// <summary>The time that runs, beside the time of day. Somebody can set a clock back: what waits by it would wait for as long.</summary>
public static class SteadyTime
{
    /// <summary>A moment that only ever goes on, to be compared with others of this process and with nothing else: neither with the time of day nor with what is stored or was sent.</summary>
    public static DateTimeOffset GetSteadyNow(this TimeProvider clock) => DateTimeOffset.UnixEpoch + clock.GetElapsedTime(0);
}
