using System.Collections.Concurrent;
using System.Net;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>How we behave towards the hosts that we read: one request at a time with a pause behind it, and what their robots.txt asks. Not towards our own machine, which nobody else pays for.</summary>
/// <param name="clock">For the pauses, and for how long a robots.txt is remembered.</param>
/// <param name="pause">Between the end of a request and the next to the same host.</param>
/// <param name="respectRobots">False to read whatever the operator says, whatever the host says.</param>
internal sealed class HostManners(TimeProvider clock, TimeSpan pause, bool respectRobots)
{
    // RFC 9309: at most a day.
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(24);
    private static readonly TimeSpan AskedAgain = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, Lane> lanes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Waits until it is our turn at the host; dispose when the answer is there.</summary>
    public async Task<IDisposable?> EnterAsync(Uri url, CancellationToken stop)
    {
        if (url.IsLoopback)
        {
            return null;
        }

        var lane = lanes.GetOrAdd(url.Authority, _ => new(clock));
        await lane.Turn.WaitAsync(stop);
        try
        {
            if (lane.Free - clock.GetSteadyNow() is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, clock, stop);
            }
        }
        catch
        {
            lane.Turn.Release();
            throw;
        }

        return new Turn(lane, pause);
    }

    /// <summary>True when the host lets us read the address. Asks for its robots.txt once a day; to be called in our turn.</summary>
    /// <param name="url">The address.</param>
    /// <param name="fetch">Gets a body: null with the status when there is none, and with no status when the host does not answer.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<bool> AllowsAsync(Uri url, Func<Uri, CancellationToken, Task<(byte[]? Body, HttpStatusCode? Status)>> fetch, CancellationToken stop)
    {
        if (!respectRobots || url.IsLoopback)
        {
            return true;
        }

        var lane = lanes.GetOrAdd(url.Authority, _ => new(clock));
        if (lane.Robots is null || clock.GetSteadyNow() >= lane.RobotsUntil)
        {
            var (body, status) = await fetch(new Uri(url, "/robots.txt"), stop);

            // No file is no wish. A host in trouble has said nothing yet: what is known stays, and it is asked again soon.
            lane.Robots = body is not null ? RobotsTxt.Parse(body) : status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError ? new() : lane.Robots ?? new();
            lane.RobotsUntil = clock.GetSteadyNow() + (body is not null || status is < HttpStatusCode.InternalServerError ? Remembered : AskedAgain);
        }

        return lane.Robots.Allows(url.PathAndQuery);
    }

    private sealed class Lane(TimeProvider clock)
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public DateTimeOffset Free { get; private set; }

        public RobotsTxt? Robots { get; set; }

        public DateTimeOffset RobotsUntil { get; set; }

        public void Leave(TimeSpan pause)
        {
            Free = clock.GetSteadyNow() + pause;
            Turn.Release();
        }
    }

    private sealed class Turn(Lane lane, TimeSpan pause) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
            {
                lane.Leave(pause);
            }
        }
    }
}
