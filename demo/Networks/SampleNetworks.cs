using Serm.Demo.Posts;
using Serm.Simulator;

namespace Serm.Demo.Networks;

/// <summary>The networks of the samples, as far as they have come: posts appear, are edited, deleted and liked.</summary>
internal sealed class SampleNetworks : IAsyncDisposable
{
    private readonly Simulation simulation;
    private readonly SimClock simulated;
    private readonly Dictionary<string, SimPost> known = new(StringComparer.Ordinal);
    private readonly PriorityQueue<Action, DateTimeOffset> ahead = new();

    private SampleNetworks(Simulation simulation, SimClock simulated) => (this.simulation, this.simulated) = (simulation, simulated);

    /// <summary>Opens them, with everything that has happened so far.</summary>
    /// <param name="port">Loopback port; 0 for any.</param>
    /// <param name="sites">Knows the first start, and what has appeared since.</param>
    /// <param name="clock">The time that they live in.</param>
    public static async Task<SampleNetworks> StartAsync(int port, SampleSites sites, TimeProvider clock)
    {
        var start = sites.StartedAt;
        var past = new SimClock(start.AddDays(-15));
        var networks = new SampleNetworks(await Simulation.StartAsync(past, port), past);
        foreach (var network in SampleNetwork.All)
        {
            networks.simulation[network.Name].Token = SampleNetwork.Token;
            networks.simulation[network.Name].Place = network.Place.Name.Length == 0 ? null : network.Place;
        }

        foreach (var sample in NetworkSamples.History())
        {
            var post = NetworkTrickle.Make(sample, start, networks.known);
            networks.known[sample.Id] = post;
            networks.Plan(sample, post, null);
        }

        foreach (var appeared in sites.OnNetworks)
        {
            networks.Publish(appeared);
        }

        networks.RunUntil(clock.GetUtcNow());
        past.Follow(clock);
        return networks;
    }

    /// <summary>Where a network is reached.</summary>
    public string Url(string name) => simulation.Url(name);

    /// <summary>Publishes the post of a number, with all that becomes of it.</summary>
    /// <returns>Its network.</returns>
    public string Publish(Appeared appeared)
    {
        var (sample, post, after) = NetworkTrickle.Make(appeared, known);
        Plan(sample, post, after);
        return sample.Network;
    }

    /// <summary>Lets happen what is due.</summary>
    public void RunUntil(DateTimeOffset now)
    {
        while (ahead.TryPeek(out _, out var at) && at <= now)
        {
            // Only while the world is made up to now does the clock stand.
            simulated.Advance(TimeSpan.FromTicks(Math.Max(0, (at - simulated.GetUtcNow()).Ticks)));
            ahead.Dequeue()();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => simulation.DisposeAsync();

    private void Plan(NetworkSample sample, SimPost post, string? after)
    {
        var world = simulation[sample.Network].World;
        ahead.Enqueue(() => world.Publish(post), post.At);
        if (after == NetworkSample.Gone)
        {
            ahead.Enqueue(() => world.Delete(post), post.At + NetworkTrickle.DeleteAfter);
        }
        else if (after is not null)
        {
            ahead.Enqueue(() => world.Edit(post, after), post.At + NetworkTrickle.EditAfter);
        }

        foreach (var minutes in NetworkTrickle.Countings.Where(m => after != NetworkSample.Gone || TimeSpan.FromMinutes(m) < NetworkTrickle.DeleteAfter))
        {
            var likes = NetworkTrickle.Likes(sample, TimeSpan.FromMinutes(minutes));
            ahead.Enqueue(() => world.React(post, likes, likes / 6, likes * 23), post.At.AddMinutes(minutes));
        }
    }
}
