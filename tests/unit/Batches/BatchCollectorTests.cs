using System.Reflection;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Batches;

public sealed class BatchCollectorTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly FakeTimeProvider clock = new();
    private readonly Recorder recorder = new();

    [Fact]
    public async Task A_lone_message_waits_for_nobody()
    {
        await Collector(pace: TimeSpan.FromHours(1)).Consume(Bulk("a")).WaitAsync(Soon, TestContext.Current.CancellationToken);

        recorder.Batches.ShouldHaveSingleItem().ShouldBe(["a"]);
    }

    [Fact]
    public async Task What_comes_while_a_batch_is_handled_makes_the_next_one_together()
    {
        var collector = Collector(pace: TimeSpan.Zero);
        recorder.Gate.Reset();
        var first = collector.Consume(Bulk("a"));
        await Task.Run(recorder.Begun.Wait, TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken);
        Task[] others = [collector.Consume(Bulk("b", "c")), collector.Consume(Bulk("d"))];
        others.ShouldAllBe(o => !o.IsCompleted);
        recorder.Gate.Set();

        await Task.WhenAll([first, .. others]).WaitAsync(Soon, TestContext.Current.CancellationToken);

        recorder.Batches.ShouldBe([["a"], ["b", "c", "d"]]);
    }

    [Fact]
    public async Task Batches_keep_their_pace_unless_one_is_full()
    {
        var collector = Collector(pace: TimeSpan.FromSeconds(10), size: 3);
        await collector.Consume(Bulk("a")).WaitAsync(Soon, TestContext.Current.CancellationToken);
        var second = collector.Consume(Bulk("b"));
        await Task.Delay(20, TestContext.Current.CancellationToken);
        second.IsCompleted.ShouldBeFalse();

        await AdvanceUntilAsync(second, TimeSpan.FromSeconds(2));

        recorder.Batches.ShouldBe([["a"], ["b"]]);
        await collector.Consume(Bulk("c", "d", "e")).WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_bulk_that_must_be_of_an_age_is_held_until_then_and_an_older_one_is_not()
    {
        var collector = Collector(pace: TimeSpan.Zero, age: TimeSpan.FromSeconds(1));
        await collector.Consume(Bulk(clock.GetUtcNow().AddMinutes(-1), "old")).WaitAsync(Soon, TestContext.Current.CancellationToken);
        var young = collector.Consume(Bulk(clock.GetUtcNow(), "young"));
        await Task.Delay(20, TestContext.Current.CancellationToken);
        young.IsCompleted.ShouldBeFalse();

        await AdvanceUntilAsync(young, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_holds_nothing_longer()
    {
        var day = new ClockOfDay(clock);
        var collector = Collector(pace: TimeSpan.FromSeconds(10), age: TimeSpan.FromSeconds(1), clock: day);
        await collector.Consume(Bulk(day.GetUtcNow().AddMinutes(-1), "a")).WaitAsync(Soon, TestContext.Current.CancellationToken);
        var aged = collector.Consume(Bulk(day.GetUtcNow(), "b"));
        day.Back = TimeSpan.FromHours(3);

        await AdvanceUntilAsync(aged, TimeSpan.FromSeconds(1));

        (clock.GetUtcNow() - clock.Start).ShouldBeLessThan(TimeSpan.FromMinutes(4));
    }

    private async Task AdvanceUntilAsync(Task task, TimeSpan step)
    {
        for (var i = 0; i < 200 && !task.IsCompleted; i++)
        {
            clock.Advance(step);
            await Task.WhenAny(task, Task.Delay(20, TestContext.Current.CancellationToken));
        }

        await task.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    private BatchCollector<SourceGapChanged> Collector(TimeSpan pace, int size = 100, TimeSpan age = default, TimeProvider? clock = null) =>
        new(new(new Lazy<IBatchConsumer<SourceGapChanged>>(recorder), "q", NullLogger.Instance), new(size, pace, 1, age), "q", clock ?? this.clock);

    private static ConsumeContext<Bulk<SourceGapChanged>> Bulk(params string[] names) => Bulk(null, names);

    private static ConsumeContext<Bulk<SourceGapChanged>> Bulk(DateTimeOffset? sent, params string[] names)
    {
        var context = DispatchProxy.Create<ConsumeContext<Bulk<SourceGapChanged>>, BulkContext>();
        var proxy = (BulkContext)(object)context;
        proxy.Message = new(names.Select(n => new SourceGapChanged(Guid.Empty, "main", Guid.Empty, n, Guid.Empty, default, null, "")).ToList(), []);
        proxy.Sent = sent?.UtcDateTime;
        return context;
    }

    private sealed class Recorder : IBatchConsumer<SourceGapChanged>
    {
        public ManualResetEventSlim Gate { get; } = new(true);

        public ManualResetEventSlim Begun { get; } = new(false);

        public List<List<string>> Batches { get; } = [];

        public Task ConsumeAsync(IReadOnlyList<SourceGapChanged> messages, CancellationToken cancellationToken)
        {
            Begun.Set();
            Gate.Wait(cancellationToken);
            Batches.Add([.. messages.Select(m => m.SourceName)]);
            return Task.CompletedTask;
        }
    }
}

/// <summary>The little of a context that the collector looks at.</summary>
public class BulkContext : DispatchProxy
{
    public Bulk<SourceGapChanged>? Message { get; set; }

    public DateTime? Sent { get; set; }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "get_Message" => Message,
        "get_SentTime" => Sent,
        "get_CancellationToken" => CancellationToken.None,
        _ => throw new NotSupportedException(targetMethod.Name),
    };
}
