using Microsoft.Extensions.Time.Testing;

namespace Serm.Tests.Unit;

/// <summary>A clock that can be set back while its time runs on: the fake one refuses to go back.</summary>
internal sealed class ClockOfDay(FakeTimeProvider running) : TimeProvider
{
    public TimeSpan Back { get; set; }

    public override long TimestampFrequency => running.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => running.GetUtcNow() - Back;

    public override long GetTimestamp() => running.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => running.CreateTimer(callback, state, dueTime, period);
}
