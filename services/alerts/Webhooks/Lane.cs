namespace Serm.Alerts;

/// <summary>How many deliveries of one webhook may begin now. Each webhook has its own, so that one that is slow, hangs or is dead holds up nobody else. Not safe for many threads: its owner locks it.</summary>
/// <param name="atOnce">Attempts that may run at once.</param>
/// <param name="maxPerSecond">Deliveries a second; null for no limit.</param>
/// <param name="now">The moment.</param>
internal sealed class Lane(int atOnce, int? maxPerSecond, DateTimeOffset now)
{
    /// <summary>Failures in a row after which only single attempts are made.</summary>
    public const int BreaksAfter = 5;

    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestHold = TimeSpan.FromHours(1);

    private double _tokens = maxPerSecond ?? 0;
    private DateTimeOffset _filledAt = now;
    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private int _failures;
    private int _breaks;

    /// <summary>Attempts that run.</summary>
    public int Running { get; private set; }

    /// <summary>True while only single attempts are made.</summary>
    public bool Broken => _failures >= BreaksAfter;

    /// <summary>True when nothing is known that holds deliveries up: neither a breaker nor a receiver that asked to wait.</summary>
    public bool Flows(DateTimeOffset at) => !Broken && at >= _notBefore;

    /// <summary>How many may begin.</summary>
    public int Room(DateTimeOffset at)
    {
        if (at < _notBefore)
        {
            return 0;
        }

        var room = (Broken ? 1 : atOnce) - Running;
        return Math.Max(0, maxPerSecond is null ? room : Math.Min(room, (int)Tokens(at)));
    }

    /// <summary>When it is worth asking for room again, although nothing has ended meanwhile; null when only an end can make room.</summary>
    public DateTimeOffset? RoomAt(DateTimeOffset at) =>
        at < _notBefore ? _notBefore
        : maxPerSecond is { } rate && Tokens(at) < 1 ? at + TimeSpan.FromSeconds((1 - Tokens(at)) / rate)
        : null;

    /// <summary>One begins.</summary>
    public void Begin(DateTimeOffset at)
    {
        _tokens = maxPerSecond is null ? 0 : Tokens(at) - 1;
        _filledAt = at;
        Running++;
    }

    /// <summary>One has ended.</summary>
    public void End(AttemptResult result, DateTimeOffset at)
    {
        Running--;
        if (result.Ok)
        {
            _notBefore = Broken ? DateTimeOffset.MinValue : _notBefore;
            (_failures, _breaks) = (0, 0);
            return;
        }

        _failures++;
        if (result.Code is 429 or 503 && result.RetryAfter is { } asked)
        {
            // It is said of the receiver, not of this one delivery.
            Hold(at + TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestHold.Ticks)));
        }

        // Those that ran at the same time and fail together are one break.
        if (Broken && at >= _notBefore)
        {
            var pause = FirstBreak * Math.Pow(2, Math.Min(_breaks++, 10));
            Hold(at + (pause < LongestBreak ? pause : LongestBreak));
        }
    }

    private void Hold(DateTimeOffset until) => _notBefore = until > _notBefore ? until : _notBefore;

    private double Tokens(DateTimeOffset at) => maxPerSecond is { } rate ? Math.Min(rate, _tokens + ((at - _filledAt).TotalSeconds * rate)) : 0;
}
