using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Delivers what is due: wakes when something new is noted, claims as much as each webhook's lane has room for, lets the attempts run side by side, and hands what they came to to the <see cref="AttemptBook"/>. Any number of replicas share the work.</summary>
internal sealed partial class Dispatcher(
    DeliverySignal signal, DeliveryTable table, WebhookBook book, Sender sender, AttemptBook attempts, IOptions<WebhookOptions> options, TimeProvider clock, ILogger<Dispatcher> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    // The least time between two claims: what comes meanwhile is claimed together.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly Histogram<double> Delay = Telemetry.Meter.CreateHistogram<double>("serm.webhooks.first_attempt", "s", "From what happened to the first attempt to deliver it");

    private readonly Dictionary<Guid, (Lane Lane, int? Rate)> _lanes = [];
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private HashSet<Guid> _hungry = [];

    private TimeSpan Lease => TimeSpan.FromSeconds(options.Value.TimeoutSeconds + 15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = signal.ListenAsync(stoppingToken);
        try
        {
            for (var attempt = 0; !stoppingToken.IsCancellationRequested;)
            {
                try
                {
                    await RoundAsync(stoppingToken);
                    attempt = 0;
                }
                catch (Exception e) when (Transient.Is(e) && !stoppingToken.IsCancellationRequested)
                {
                    LogWaiting(log, e.GetType().Name);
                    signal.Wake(webhooks: true);
                    await Task.Delay(Transient.Pause(attempt++, Random.Shared.NextDouble()), stoppingToken);
                }
            }
        }
        finally
        {
            // What runs is let finish: its result is worth more than a second attempt.
            Task[] rest;
            lock (_lock)
            {
                rest = [.. _running];
            }

            await Task.WhenAll([.. rest, listening]).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (signal.TakeStale())
        {
            await book.ReadAsync(cancellationToken);
        }

        var pace = Task.Delay(Pace, cancellationToken);
        var (rooms, again) = Rooms();
        var due = rooms.Count == 0 ? [] : await table.ClaimAsync(rooms, Lease, cancellationToken);
        lock (_lock)
        {
            // Where all the room was used, or there was none, more may be due: then an end is worth a claim.
            var claimed = due.CountBy(d => d.WebhookId).ToDictionary();
            _hungry = [.. book.All.Keys.Except(rooms.Where(r => claimed.GetValueOrDefault(r.Webhook) < r.Room).Select(r => r.Webhook))];
        }

        foreach (var delivery in due)
        {
            Begin(delivery);
        }

        lock (_lock)
        {
            // What ended while this was claimed has told nobody.
            if (_hungry.Any(id => _lanes.TryGetValue(id, out var lane) && lane.Lane.Room(clock.GetUtcNow()) > 0))
            {
                signal.Wake();
            }
        }

        await pace;
        await signal.WaitAsync(again is { } at && at - clock.GetUtcNow() is var soon && soon < Poll ? TimeSpan.FromMilliseconds(Math.Max(5, soon.TotalMilliseconds)) : Poll, cancellationToken);
    }

    private (List<(Guid Webhook, int Room)> Rooms, DateTimeOffset? Again) Rooms()
    {
        var now = clock.GetUtcNow();
        DateTimeOffset? again = null;
        var rooms = new List<(Guid, int)>();
        lock (_lock)
        {
            foreach (var gone in _lanes.Keys.Where(k => !book.All.ContainsKey(k) && _lanes[k].Lane.Running == 0).ToList())
            {
                _lanes.Remove(gone);
            }

            var free = options.Value.AtOnce - _running.Count;
            foreach (var (id, open) in book.All)
            {
                var lane = LaneOf(id, open.Webhook.Terms.MaxPerSecond, now);
                var room = lane.Room(now);

                // Everybody's first attempt has its place: what hangs elsewhere cannot take it.
                room = lane.Running == 0 ? Math.Min(room, Math.Max(1, free)) : Math.Min(room, Math.Max(0, free));
                if (room > 0)
                {
                    rooms.Add((id, room));
                }

                again = lane.RoomAt(now) is { } at && (again is null || at < again) ? at : again;
            }
        }

        return (rooms, again);
    }

    private Lane LaneOf(Guid id, int? rate, DateTimeOffset now)
    {
        if (!_lanes.TryGetValue(id, out var lane) || lane.Rate != rate)
        {
            // Another rate makes another lane; what runs in the old one ends there.
            _lanes[id] = lane = (new Lane(options.Value.PerWebhook, rate, now), rate);
        }

        return lane.Lane;
    }

    private void Begin(DueDelivery delivery)
    {
        if (!book.All.TryGetValue(delivery.WebhookId, out var open))
        {
            return;
        }

        var now = clock.GetUtcNow();
        if (delivery.Step == 0)
        {
            Delay.Record(Math.Max(0, (now - delivery.At).TotalSeconds));
        }

        lock (_lock)
        {
            var lane = LaneOf(delivery.WebhookId, open.Webhook.Terms.MaxPerSecond, now);
            lane.Begin(now);
            var task = RunAsync(delivery, open, lane);
            if (!task.IsCompleted)
            {
                _running.Add(task);
                _ = task.ContinueWith(
                    t =>
                    {
                        bool more;
                        lock (_lock)
                        {
                            _running.Remove(t);
                            more = _hungry.Contains(delivery.WebhookId);
                        }

                        if (more)
                        {
                            signal.Wake();
                        }
                    },
                    TaskScheduler.Default);
            }
        }
    }

    private async Task RunAsync(DueDelivery delivery, OpenWebhook open, Lane lane)
    {
        await Task.Yield();
        var attempt = await sender.TryAsync(delivery, open.Webhook, open.Secrets, CancellationToken.None);
        lock (_lock)
        {
            lane.End(attempt.Result, clock.GetUtcNow());
        }

        await attempts.AddAsync(attempt);
    }

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning, Message = "Deliveries wait for PostgreSQL ({Error})")]
    private static partial void LogWaiting(ILogger log, string error);
}
