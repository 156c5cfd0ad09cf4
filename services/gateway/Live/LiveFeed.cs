using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Serm.Defaults;

namespace Serm.Gateway.Live;

/// <summary>Hands the log's events to the streams and pages of this process. A listener that does not keep up reads from the table instead and holds nobody up.</summary>
public sealed class LiveFeed
{
    private const int Backlog = 1024;
    private const int Page = 500;

    private readonly LiveLog _live;
    private readonly Deliveries _deliveries;
    private readonly ILogger<LiveFeed> _log;
    private ImmutableDictionary<string, ImmutableList<Seat>> _seats = ImmutableDictionary<string, ImmutableList<Seat>>.Empty;
    private long _head;

    internal LiveFeed(LiveLog live, Deliveries deliveries, ILogger<LiveFeed> log) => (_live, _deliveries, _log) = (live, deliveries, log);

    /// <summary>The last place that was handed out. Take it before you load a page, then subscribe from it: nothing falls in between.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The events of a workspace, without end, from the first enumeration on. A <see cref="LiveEvent.Reset"/> comes when the place is too old.</summary>
    /// <param name="workspace">The tenant.</param>
    /// <param name="afterSeq">The last place seen; null for what happens from now on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<LiveEvent> Subscribe(string workspace, long? afterSeq = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var cursor = afterSeq ?? Head;
        for (var catchUp = afterSeq is not null; ; catchUp = true)
        {
            if (catchUp && !await HasAllAfterAsync(cursor, cancellationToken))
            {
                cursor = await HeadAsync(cancellationToken);
                yield return new LiveEvent(cursor, LiveEvent.Reset, """{"reason":"too_old"}""", Guid.Empty, Guid.Empty);
            }

            using var seat = new Seat(this, workspace);
            for (var full = catchUp; full;)
            {
                // The seat is taken already: what is logged from now on waits there, so the last page leaves no gap.
                var page = await ReadAsync(cursor, workspace, cancellationToken);
                full = page.Count == Page;
                foreach (var entry in page)
                {
                    cursor = entry.Event.Seq;
                    Delivered(entry.Event);
                    yield return entry.Event;
                }
            }

            await foreach (var next in seat.Events.ReadAllAsync(cancellationToken))
            {
                if (next.Seq > cursor)
                {
                    cursor = next.Seq;
                    yield return next;
                }
            }
        }
    }

    /// <summary>True while nobody listens: then the log's rows need not be read.</summary>
    internal bool IsIdle => Volatile.Read(ref _seats).IsEmpty;

    /// <summary>Hands out rows, in order.</summary>
    internal void Dispatch(IReadOnlyList<LiveEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (Volatile.Read(ref _seats).TryGetValue(entry.Workspace, out var seats))
            {
                using var push = Tracing.Continue("live.push", entry.TraceParent);
                push?.SetTag("serm.mention", entry.Event.MentionId);
                foreach (var seat in seats)
                {
                    seat.Offer(entry.Event);
                }

                Delivered(entry.Event);
            }

            Volatile.Write(ref _head, entry.Event.Seq);
        }
    }

    /// <summary>Moves on without handing anything out.</summary>
    internal void SkipTo(long head) => Volatile.Write(ref _head, Math.Max(head, Head));

    private void Delivered(LiveEvent shown)
    {
        if (string.Equals(shown.Type, LiveEvent.Alert, StringComparison.Ordinal))
        {
            _deliveries.Note(shown.Seq);
        }
    }

    private async Task<IReadOnlyList<LiveEntry>> ReadAsync(long afterSeq, string workspace, CancellationToken cancellationToken)
    {
        IReadOnlyList<LiveEntry> page = [];
        await Transient.RetryAsync(async ct => page = await _live.ReadAsync(afterSeq, workspace, Page, ct), _log, cancellationToken);
        return page;
    }

    private async Task<bool> HasAllAfterAsync(long seq, CancellationToken cancellationToken)
    {
        var all = false;
        await Transient.RetryAsync(async ct => all = await _live.HasAllAfterAsync(seq, ct), _log, cancellationToken);
        return all;
    }

    private async Task<long> HeadAsync(CancellationToken cancellationToken)
    {
        var head = 0L;
        await Transient.RetryAsync(async ct => head = await _live.HeadAsync(ct), _log, cancellationToken);
        return head;
    }

    /// <summary>A listener's place among the others, and what waits for it.</summary>
    private sealed class Seat : IDisposable
    {
        private readonly LiveFeed _feed;
        private readonly string _workspace;
        private readonly Channel<LiveEvent> _waiting = Channel.CreateBounded<LiveEvent>(new BoundedChannelOptions(Backlog) { SingleReader = true, SingleWriter = true });

        public Seat(LiveFeed feed, string workspace)
        {
            (_feed, _workspace) = (feed, workspace);
            ImmutableInterlocked.AddOrUpdate(ref feed._seats, workspace, [this], (_, seats) => seats.Add(this));
        }

        public ChannelReader<LiveEvent> Events => _waiting.Reader;

        public void Offer(LiveEvent next)
        {
            if (!_waiting.Writer.TryWrite(next))
            {
                // Full: the listener takes what waits here, then goes to the table for the rest.
                _waiting.Writer.TryComplete();
            }
        }

        public void Dispose()
        {
            _waiting.Writer.TryComplete();
            ImmutableInterlocked.Update(ref _feed._seats, seats => seats.TryGetValue(_workspace, out var mine) && mine.Remove(this) is var left
                ? left.IsEmpty ? seats.Remove(_workspace) : seats.SetItem(_workspace, left)
                : seats);
        }
    }
}
