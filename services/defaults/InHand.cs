using System.Threading.RateLimiting;
using MassTransit;

namespace Serm.Defaults;

/// <summary>How much of a queue one process takes apart before it has handled it. The broker counts bulks, which hold one message or a hundred: read all at once, twenty thousand mentions would lie about as objects and be carried from one generation of the collector to the next.</summary>
/// <param name="kibibytes">Of bodies; a larger one goes alone.</param>
internal sealed class InHand(int kibibytes) : IFilter<ReceiveContext>, IDisposable
{
    private readonly ConcurrencyLimiter room = new(new() { PermitLimit = kibibytes, QueueLimit = int.MaxValue, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var size = (int)Math.Clamp((context.Body.Length ?? 0) / 1024, 1, kibibytes);
        using var lease = await room.AcquireAsync(size, context.CancellationToken);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("inHand").Add("kibibytes", kibibytes);

    public void Dispose() => room.Dispose();
}
