using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The lanes of all webhooks in this replica. Room is given to whoever claims what is due, and to <see cref="FanOut"/>, which hands over what is new, so that a first attempt costs neither a claim nor the time of one.</summary>
/// <param name="webhooks">The webhooks that are delivered to, as they were when last read.</param>
/// <param name="options">The bounds.</param>
/// <param name="clock">The clock.</param>
internal sealed class Lanes(Func<IReadOnlyDictionary<Guid, OpenWebhook>> webhooks, IOptions<WebhookOptions> options, TimeProvider clock)
{
    // Rooms of a lane that new deliveries may take ahead: a page of events is often more than run at once.
    private const int Ahead = 4;

    private readonly Dictionary<Guid, Place> _places = [];
    private readonly Lock _lock = new();
    private readonly Channel<DueDelivery> _handed = Channel.CreateUnbounded<DueDelivery>(new() { SingleReader = true });
    private Dictionary<Guid, int> _claiming = [];
    private int _running;
    private bool _open;

    /// <summary>How long a delivery is its claimer's.</summary>
    public TimeSpan Lease => Timeout + TimeSpan.FromSeconds(15);

    private TimeSpan Timeout => TimeSpan.FromSeconds(options.Value.TimeoutSeconds);

    /// <summary>Lets deliveries be offered and begin in turn: while somebody reads what is handed over.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _open = true;
        }
    }

    /// <summary>Nothing is offered or begins any more.</summary>
    /// <returns>What waited.</returns>
    public IReadOnlyList<DueDelivery> Close()
    {
        lock (_lock)
        {
            _open = false;
            var left = _places.Values.SelectMany(p => p.Waiting).ToList();
            foreach (var place in _places.Values)
            {
                place.Waiting.Clear();
            }

            while (_handed.Reader.TryRead(out var delivery))
            {
                left.Add(delivery);
            }

            return left;
        }
    }

    /// <summary>How many deliveries of each webhook this replica begins without a claim. Webhooks with a limit a second, with a breaker that is open, or that nobody has read yet get nothing.</summary>
    public IReadOnlyDictionary<Guid, int> Offer(IEnumerable<Guid> ids)
    {
        var now = clock.GetSteadyNow();
        lock (_lock)
        {
            var offer = new Dictionary<Guid, int>();
            foreach (var id in _open ? ids : [])
            {
                if (webhooks().TryGetValue(id, out var open) && open.Webhook.Terms.MaxPerSecond is null && PlaceOf(id, open, now) is var place && place.Lane.Flows(now))
                {
                    var taken = place.Lane.Running + place.Waiting.Count + _claiming.GetValueOrDefault(id);
                    offer[id] = Math.Max(0, (options.Value.PerWebhook * Ahead) - taken);
                }
            }

            return offer;
        }
    }

    /// <summary>Begins what <see cref="Offer"/> had room for.</summary>
    public void Hand(IEnumerable<DueDelivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            _handed.Writer.TryWrite(delivery);
        }
    }

    /// <summary>Waits for what is handed over, and takes it; it begins with <see cref="Ready"/>.</summary>
    public async Task TakeHandedAsync(CancellationToken cancellationToken)
    {
        await _handed.Reader.WaitToReadAsync(cancellationToken);
        var now = clock.GetSteadyNow();
        lock (_lock)
        {
            while (_handed.Reader.TryRead(out var delivery))
            {
                if (webhooks().TryGetValue(delivery.WebhookId, out var open))
                {
                    PlaceOf(delivery.WebhookId, open, now).Waiting.Enqueue(delivery);
                }
            }
        }
    }

    /// <summary>Begins what waits and has room.</summary>
    public IReadOnlyList<Begun> Ready()
    {
        var now = clock.GetSteadyNow();
        var ready = new List<Begun>();
        lock (_lock)
        {
            foreach (var (id, place) in _places)
            {
                while (Next(id, place, now) is { } begun)
                {
                    ready.Add(begun);
                }
            }
        }

        return ready;
    }

    /// <summary>How many deliveries of each webhook may be claimed, and when, by the time that runs, it is worth asking again although nothing has ended. They count as taken until what was claimed begins.</summary>
    public (IReadOnlyList<(Guid Webhook, int Room)> Rooms, DateTimeOffset? Again) Rooms()
    {
        var now = clock.GetSteadyNow();
        DateTimeOffset? again = null;
        lock (_lock)
        {
            _claiming = [];
            foreach (var gone in _places.Where(p => !webhooks().ContainsKey(p.Key) && p.Value.Lane.Running == 0).Select(p => p.Key).ToList())
            {
                _places.Remove(gone);
            }

            foreach (var (id, open) in webhooks())
            {
                var place = PlaceOf(id, open, now);
                if (Room(place, now) - place.Waiting.Count is > 0 and var room)
                {
                    _claiming[id] = room;
                }

                again = place.Lane.RoomAt(now) is { } at && (again is null || at < again) ? at : again;
            }

            return ([.. _claiming.Select(c => (c.Key, c.Value))], again);
        }
    }

    /// <summary>Begins what was claimed.</summary>
    public IReadOnlyList<Begun> Begin(IReadOnlyList<DueDelivery> claimed)
    {
        var now = clock.GetSteadyNow();
        lock (_lock)
        {
            _claiming = [];
            return [.. claimed.Select(d => webhooks().TryGetValue(d.WebhookId, out var open) ? BeginIn(d, PlaceOf(d.WebhookId, open, now), open, now) : null).OfType<Begun>()];
        }
    }

    /// <summary>One has ended.</summary>
    /// <returns>What waited for its room, and has begun; null when nothing did.</returns>
    public Begun? End(Begun ended, AttemptResult result)
    {
        var now = clock.GetSteadyNow();
        lock (_lock)
        {
            ended.Lane.End(result, now);
            _running--;
            return _open && _places.TryGetValue(ended.Delivery.WebhookId, out var place) ? Next(ended.Delivery.WebhookId, place, now) : null;
        }
    }

    /// <summary>True when one of these could claim more.</summary>
    public bool AnyRoom(IEnumerable<Guid> webhooks)
    {
        var now = clock.GetSteadyNow();
        lock (_lock)
        {
            return webhooks.Any(id => _places.TryGetValue(id, out var place) && place.Lane.Room(now) > place.Waiting.Count);
        }
    }

    private Begun? Next(Guid id, Place place, DateTimeOffset now)
    {
        while (place.Waiting.TryPeek(out var next))
        {
            var gone = !webhooks().TryGetValue(id, out var open);
            if (gone || next.LeasedUntil - clock.GetUtcNow() < Timeout)
            {
                // It is not ours for as long as an attempt may take: it comes due again by itself.
                place.Waiting.Dequeue();
            }
            else
            {
                return Room(place, now) > _claiming.GetValueOrDefault(id) ? BeginIn(place.Waiting.Dequeue(), place, open!, now) : null;
            }
        }

        return null;
    }

    private Begun BeginIn(DueDelivery delivery, Place place, OpenWebhook open, DateTimeOffset now)
    {
        place.Lane.Begin(now);
        _running++;
        return new(delivery, open, place.Lane);
    }

    // Everybody's first attempt has its place: what hangs elsewhere cannot take it.
    private int Room(Place place, DateTimeOffset now) => Math.Min(place.Lane.Room(now), Math.Max(place.Lane.Running == 0 ? 1 : 0, options.Value.AtOnce - _running));

    private Place PlaceOf(Guid id, OpenWebhook open, DateTimeOffset now)
    {
        var rate = open.Webhook.Terms.MaxPerSecond;
        if (!_places.TryGetValue(id, out var place) || place.Rate != rate)
        {
            // Another rate makes another lane; what runs in the old one ends there, and what waits comes due again by itself.
            _places[id] = place = new(new Lane(options.Value.PerWebhook, rate, now), rate, []);
        }

        return place;
    }

    private sealed record Place(Lane Lane, int? Rate, Queue<DueDelivery> Waiting);
}

/// <summary>A delivery that has its place in a lane, which must hear of its end.</summary>
internal sealed record Begun(DueDelivery Delivery, OpenWebhook Open, Lane Lane);
