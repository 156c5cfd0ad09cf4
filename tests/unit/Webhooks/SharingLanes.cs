using FsCheck.Xunit;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Serm.Alerts;

namespace Serm.Tests.Unit.Webhooks;

public sealed class SharingLanes
{
    private const int AtOnce = 3;
    private static readonly AttemptResult Taken = new(200, null);
    private static readonly AttemptResult Failed = new(500, "status");

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private readonly Dictionary<Guid, OpenWebhook> _webhooks = [];
    private readonly Lanes _lanes;

    public SharingLanes()
    {
        _lanes = new(() => _webhooks, Options.Create(new WebhookOptions { PerWebhook = AtOnce }), _clock);
        _lanes.Open();
    }

    // Whatever happens in whatever order: no receiver gets more at once than it may, nothing begins twice, and once a healthy receiver has answered all, nothing that is still ours is left behind.
    [Property]
    public async Task<bool> Nothing_begins_twice_or_beyond_the_room_and_nothing_is_forgotten(byte[] steps)
    {
        _webhooks.Clear();
        var webhook = Add(maxPerSecond: null);
        var (running, begun, handed) = (new List<Begun>(), new HashSet<Guid>(), 0);
        var right = true;
        void Take(IEnumerable<Begun> more)
        {
            foreach (var one in more)
            {
                right &= begun.Add(one.Delivery.EventId);
                running.Add(one);
                right &= running.Count <= AtOnce;
            }
        }

        foreach (var step in steps)
        {
            switch (step % 3)
            {
                case 0:
                    var room = _lanes.Offer([webhook])[webhook];
                    var news = Enumerable.Range(0, Math.Min(room, 1 + (step / 16))).Select(_ => Delivery(webhook)).ToList();
                    handed += news.Count;
                    await HandAsync(news);
                    Take(_lanes.Ready());
                    break;
                case 1:
                    var (rooms, _) = _lanes.Rooms();
                    var claimed = rooms.SelectMany(r => Enumerable.Range(0, r.Room).Select(_ => Delivery(r.Webhook))).ToList();
                    handed += claimed.Count;
                    Take(_lanes.Begin(claimed));
                    Take(_lanes.Ready());
                    break;
                default:
                    Take(EndFirst(running, Taken));
                    break;
            }
        }

        while (running.Count > 0)
        {
            Take(EndFirst(running, Taken));
        }

        return right && begun.Count == handed;
    }

    [Fact]
    public async Task What_waited_beyond_its_lease_is_left_to_come_due_again()
    {
        var webhook = Add(maxPerSecond: null);
        await HandAsync([.. Enumerable.Range(0, AtOnce + 2).Select(_ => Delivery(webhook))]);
        var running = _lanes.Ready().ToList();
        running.Count.ShouldBe(AtOnce);

        _clock.Advance(TimeSpan.FromSeconds(16));

        EndFirst(running, Taken).ShouldBeEmpty();
        _lanes.Rooms().Rooms.ShouldHaveSingleItem().Room.ShouldBe(1);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_offered_nothing_and_what_waits_for_it_begins_one_by_one()
    {
        var webhook = Add(maxPerSecond: null);
        await HandAsync([.. Enumerable.Range(0, AtOnce * 3).Select(_ => Delivery(webhook))]);
        var running = _lanes.Ready().ToList();
        for (var i = 0; i < Lane.BreaksAfter; i++)
        {
            running.AddRange(EndFirst(running, Failed));
        }

        _lanes.Offer([webhook]).ShouldBeEmpty();
        running.Count.ShouldBe(AtOnce - 1);
        while (running.Count > 0)
        {
            EndFirst(running, Failed).ShouldBeEmpty();
        }

        _clock.Advance(TimeSpan.FromSeconds(11));
        _lanes.Ready().ShouldHaveSingleItem();
    }

    [Fact]
    public void Limits_a_second_webhooks_that_nobody_has_read_and_a_replica_that_stops_leave_all_to_claims()
    {
        var limited = Add(maxPerSecond: 5);
        var free = Add(maxPerSecond: null);
        _lanes.Offer([limited, free, Guid.NewGuid()]).Keys.ShouldBe([free]);

        _lanes.Close().ShouldBeEmpty();

        _lanes.Offer([free]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_that_waits_begins_once_the_replica_stops()
    {
        var webhook = Add(maxPerSecond: null);
        await HandAsync([.. Enumerable.Range(0, AtOnce + 1).Select(_ => Delivery(webhook))]);
        var running = _lanes.Ready().ToList();
        var late = Delivery(webhook);
        _lanes.Hand([late]);

        var left = _lanes.Close();

        left.Count.ShouldBe(2);
        left.ShouldContain(late);
        left.Select(l => l.EventId).Intersect(running.Select(r => r.Delivery.EventId)).ShouldBeEmpty();
        EndFirst(running, Taken).ShouldBeEmpty();
        _lanes.Close().ShouldBeEmpty();
    }

    [Fact]
    public void A_clock_that_is_set_back_holds_up_neither_a_limit_a_second_nor_a_breaker()
    {
        var day = new ClockOfDay(_clock);
        var lanes = new Lanes(() => _webhooks, Options.Create(new WebhookOptions { PerWebhook = AtOnce }), day);
        var (limited, failing) = (Add(maxPerSecond: 2), Add(maxPerSecond: null));
        foreach (var begun in lanes.Begin([Delivery(limited), Delivery(limited)]))
        {
            lanes.End(begun, Taken);
        }

        for (var i = 0; i < Lane.BreaksAfter; i++)
        {
            lanes.End(lanes.Begin([Delivery(failing)])[0], Failed);
        }

        lanes.Rooms().Rooms.ShouldBeEmpty();
        day.Back = TimeSpan.FromHours(1);
        _clock.Advance(TimeSpan.FromMinutes(1));

        lanes.Rooms().Rooms.ShouldBe([(limited, 2), (failing, 1)], ignoreOrder: true);
    }

    private Guid Add(int? maxPerSecond)
    {
        var id = Guid.NewGuid();
        _webhooks[id] = new("w", new Webhook(id) { Terms = new WebhookTerms("http://example.com", null, [], [], [], [], maxPerSecond, [], false) }, new("", [], new Dictionary<string, string>()));
        return id;
    }

    private DueDelivery Delivery(Guid webhook) => new("w", webhook, Guid.NewGuid(), "alert.raised", 1, _clock.GetUtcNow(), [], 0, null, _clock.GetUtcNow() + _lanes.Lease, Unwritten: true);

    private async Task HandAsync(List<DueDelivery> deliveries)
    {
        if (deliveries.Count > 0)
        {
            _lanes.Hand(deliveries);
            await _lanes.TakeHandedAsync(CancellationToken.None);
        }
    }

    private List<Begun> EndFirst(List<Begun> running, AttemptResult result)
    {
        if (running.Count == 0)
        {
            return [];
        }

        var ended = running[0];
        running.RemoveAt(0);
        return _lanes.End(ended, result) is { } next ? [next] : [];
    }
}
