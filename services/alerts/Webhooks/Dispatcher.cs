using System.Diagnostics.Metrics;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Delivers what is due: begins at once what <see cref="FanOut"/> hands over, wakes when something else is noted, claims as much as each webhook's lane has room for, lets the attempts run side by side, and hands what they came to to the <see cref="AttemptBook"/>. Any number of replicas share the work.</summary>
internal sealed partial class Dispatcher(
    DeliverySignal signal, DeliveryTable table, WebhookBook book, Lanes lanes, Sender sender, AttemptBook attempts, TimeProvider clock, ILogger<Dispatcher> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);

    // The least time between two claims: what comes meanwhile is claimed together.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly Histogram<double> Delay = Telemetry.Meter.CreateHistogram<double>("serm.webhooks.first_attempt", "s", "From what happened to the first attempt to deliver it");

    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private HashSet<Guid> _hungry = [];
    private DateTimeOffset _lookedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var others = Task.WhenAll(signal.ListenAsync(stoppingToken), HandedAsync(stoppingToken));
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

            await Task.WhenAll([.. rest, others]).ContinueWith(static _ => { }, TaskScheduler.Default);
            await LetGoAsync(lanes.Close());
        }
    }

    private async Task HandedAsync(CancellationToken cancellationToken)
    {
        lanes.Open();
        try
        {
            while (true)
            {
                await lanes.TakeHandedAsync(cancellationToken);
                Run(lanes.Ready());
            }
        }
        finally
        {
            await LetGoAsync(lanes.Close());
        }
    }

    // Another replica, or this one when it is back, need not wait for the end of our lease. It comes due then, should this fail.
    private async Task LetGoAsync(IReadOnlyList<DueDelivery> waiting)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        using var patience = new CancellationTokenSource(LastPatience);
        try
        {
            await table.LetGoAsync(waiting, patience.Token);
        }
        catch (Exception e)
        {
            LogWaiting(log, e.GetType().Name);
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (signal.TakeStale())
        {
            await book.ReadAsync(cancellationToken);
        }

        if (clock.GetSteadyNow() is var now && now - _lookedAt >= Poll)
        {
            await table.ComeDueAsync(cancellationToken);
            _lookedAt = now;
        }

        var pace = Task.Delay(Pace, cancellationToken);
        Run(lanes.Ready());
        var (rooms, again) = lanes.Rooms();
        IReadOnlyList<DueDelivery> due = rooms.Count == 0 ? [] : await table.ClaimAsync(rooms, lanes.Lease, cancellationToken);
        lock (_lock)
        {
            // Where all the room was used, or there was none, more may be due: then an end is worth a claim.
            var claimed = due.CountBy(d => d.WebhookId).ToDictionary();
            _hungry = [.. book.All.Keys.Except(rooms.Where(r => claimed.GetValueOrDefault(r.Webhook) < r.Room).Select(r => r.Webhook))];
        }

        Run(lanes.Begin(due));
        Run(lanes.Ready());
        HashSet<Guid> hungry;
        lock (_lock)
        {
            hungry = _hungry;
        }

        if (lanes.AnyRoom(hungry))
        {
            // What ended while this was claimed has told nobody.
            signal.Wake();
        }

        await pace;
        await signal.WaitAsync(again is { } at && at - clock.GetSteadyNow() is var soon && soon < Poll ? TimeSpan.FromMilliseconds(Math.Max(5, soon.TotalMilliseconds)) : Poll, cancellationToken);
    }

    private void Run(IReadOnlyList<Begun> begun)
    {
        foreach (var one in begun)
        {
            var task = RunAsync(one);
            lock (_lock)
            {
                _running.Add(task);
            }

            _ = task.ContinueWith(
                t =>
                {
                    bool more;
                    lock (_lock)
                    {
                        _running.Remove(t);
                        more = _hungry.Contains(one.Delivery.WebhookId);
                    }

                    if (more)
                    {
                        signal.Wake();
                    }
                },
                TaskScheduler.Default);
        }
    }

    private async Task RunAsync(Begun first)
    {
        await Task.Yield();
        for (var begun = first; begun is not null;)
        {
            var delivery = begun.Delivery;
            if (delivery.Step == 0)
            {
                Delay.Record(Math.Max(0, (clock.GetUtcNow() - delivery.At).TotalSeconds));
            }

            var attempt = await sender.TryAsync(delivery, begun.Open, CancellationToken.None);
            begun = lanes.End(begun, attempt.Result);
            await attempts.AddAsync(attempt);
        }
    }

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning, Message = "Deliveries wait for PostgreSQL ({Error})")]
    private static partial void LogWaiting(ILogger log, string error);
}
