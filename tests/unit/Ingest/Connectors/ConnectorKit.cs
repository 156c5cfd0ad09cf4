using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Feed;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>The conformance kit: every connector is put through the same laws, against the simulated networks, over real sockets and with a clock that nobody waits for.</summary>
public abstract class ConnectorKit : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private protected SimClock Clock { get; } = new(Start);

    private protected Simulation Simulation { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Simulation = await Simulation.StartAsync(Clock);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Simulation.DisposeAsync();
    }

    /// <summary>A network of the kit, its stage, and a host that has read nothing yet.</summary>
    private protected (NetworkCase Network, Stage Stage, Host Host) Set(string name)
    {
        var network = NetworkCase.Of(name);
        var stage = Simulation[network.Network];
        return (network, stage, new(Books.All[network.Kind], network.Options(Simulation), Clock)
        {
            Caller = network.Hook is { } hook ? () => [.. stage.World.Log.Select((l, i) => hook(stage, l.What, l.Post, i + 1))] : null,
        });
    }

    /// <summary>All is there, nothing twice, and nothing went wrong.</summary>
    private protected void RequireOnce(NetworkCase network, Stage stage, Host host, IReadOnlyList<SimPost> expected)
    {
        host.Now.Keys.ShouldBe(expected.Select(p => network.Id(Simulation, p)), ignoreOrder: true);
        host.Published.CountBy(p => (p.NativeId, p.Revision)).Where(c => c.Value > 1).ShouldBeEmpty();
        host.Failures.ShouldBeEmpty();
        stage.Violations.ShouldBeEmpty();
    }

    /// <summary>All is there and reads as it was written. Hostile markup is shown; nothing of it is an address.</summary>
    private protected void Require(NetworkCase network, Stage stage, Host host, IReadOnlyList<SimPost> expected)
    {
        var now = host.Now;
        now.Keys.ShouldBe(expected.Select(p => network.Id(Simulation, p)), ignoreOrder: true);
        foreach (var post in expected)
        {
            var read = now[network.Id(Simulation, post)];
            read.Text.ShouldBe(PlainText.Lines(post.Text));
            read.PublishedAt.ShouldBe(post.At);
            (network.Anonymous || read.Author!.Id is not null).ShouldBeTrue();
            (read.Url is null || new Uri(read.Url).Scheme is "https" or "http").ShouldBeTrue();
            read.ParentNativeId.ShouldBe(network is { Replies: true, Unlinked: false } && post.Parent is { } parent ? network.Id(Simulation, network.Flat ? post.Root : parent) : null);
        }

        stage.Violations.ShouldBeEmpty();
    }
}
