using System.Reflection;
using MassTransit;
using Serm.Defaults;

namespace Serm.Tests.Unit.Batches;

public sealed class InHandTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private readonly Held held = new();

    [Fact]
    public async Task What_does_not_fit_beside_what_is_in_hand_waits_its_turn()
    {
        using var room = new InHand(10);
        Task[] sent = [.. new[] { 6, 6, 3 }.Select(kibibytes => room.Send(Body(kibibytes, TestContext.Current.CancellationToken), held))];
        held.Count.ShouldBe(1);

        held.Release();
        await sent[0].WaitAsync(Soon, TestContext.Current.CancellationToken);
        held.Release();
        held.Release();
        held.Count.ShouldBe(3);
        await Task.WhenAll(sent).WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_body_larger_than_all_the_room_goes_alone()
    {
        using var room = new InHand(10);
        var large = room.Send(Body(500, TestContext.Current.CancellationToken), held);
        var small = room.Send(Body(1, TestContext.Current.CancellationToken), held);
        held.Count.ShouldBe(1);

        held.Release();
        await large.WaitAsync(Soon, TestContext.Current.CancellationToken);
        held.Release();
        await small.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_fails_makes_room_as_well()
    {
        using var room = new InHand(10);
        var failing = room.Send(Body(10, TestContext.Current.CancellationToken), held);
        held.Fail();
        await Should.ThrowAsync<InvalidOperationException>(() => failing);

        var next = room.Send(Body(10, TestContext.Current.CancellationToken), held);
        held.Release();

        await next.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Whoever_waits_gives_up_when_the_service_stops()
    {
        using var room = new InHand(10);
        using var stop = new CancellationTokenSource();
        var first = room.Send(Body(10, TestContext.Current.CancellationToken), held);
        var waiting = room.Send(Body(10, stop.Token), held);
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        held.Count.ShouldBe(1);
        held.Release();
        await first.WaitAsync(Soon, TestContext.Current.CancellationToken);
    }

    private static ReceiveContext Body(int kibibytes, CancellationToken cancellationToken)
    {
        var context = DispatchProxy.Create<ReceiveContext, BodyContext>();
        ((BodyContext)(object)context).Length = kibibytes * 1024;
        ((BodyContext)(object)context).Stop = cancellationToken;
        return context;
    }

    private sealed class Held : IPipe<ReceiveContext>
    {
        private readonly Lock gate = new();
        private readonly Queue<TaskCompletionSource> inHand = new();

        /// <summary>All that came through so far.</summary>
        public int Count { get; private set; }

        public Task Send(ReceiveContext context)
        {
            var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (gate)
            {
                Count++;
                inHand.Enqueue(mine);
            }

            return mine.Task;
        }

        public void Release() => Next().SetResult();

        public void Fail() => Next().SetException(new InvalidOperationException());

        public void Probe(ProbeContext context) => throw new NotSupportedException();

        private TaskCompletionSource Next()
        {
            SpinWait.SpinUntil(() => { lock (gate) { return inHand.Count > 0; } }, Soon).ShouldBeTrue();
            lock (gate)
            {
                return inHand.Dequeue();
            }
        }
    }
}

/// <summary>The little of a context that <see cref="InHand"/> looks at.</summary>
public class BodyContext : DispatchProxy
{
    public int Length { get; set; }

    public CancellationToken Stop { get; set; }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "get_Body" => new BytesMessageBody(new byte[Length]),
        "get_CancellationToken" => Stop,
        _ => throw new NotSupportedException(targetMethod.Name),
    };
}
