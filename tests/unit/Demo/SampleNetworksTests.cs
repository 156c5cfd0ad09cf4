using System.Text.Json;
using System.Text.Json.Nodes;
using Serm.Demo;
using Serm.Demo.Networks;
using Serm.Demo.Provisioning;
using Serm.Simulator;
using Serm.Tests.Unit.Ingest;
using Serm.Tests.Unit.Ingest.Connectors;

namespace Serm.Tests.Unit.Demo;

public sealed class SampleNetworksTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 34, 56, TimeSpan.Zero);
    private static readonly IReadOnlyList<NetworkSample> History = NetworkSamples.History();
    private static readonly IReadOnlyList<NetworkSample> Later = NetworkSamples.Later();

    public static TheoryData<string> Networks => [.. SampleNetwork.All.Select(n => n.Name)];

    [Fact]
    public void Samples_belong_to_networks_in_five_languages_and_speak_of_a_brand()
    {
        var all = History.Concat(Later).ToList();
        all.Select(p => p.Id).ShouldBeUnique();
        all.Select(p => p.Text).ShouldBeUnique();
        all.Select(p => p.Language).Distinct().Order().ShouldBe(["en", "ru", "sv", "tr", "vi"]);
        all.ShouldAllBe(p => DemoBrand.Ours.Finds(p) || DemoBrand.Competitor.Finds(p) || p.Parent != null);
        all.Select(p => p.Network).Distinct().Order().ShouldBe(SampleNetwork.All.Select(n => n.Name).Order());
        Later.GroupBy(p => p.Network).ShouldAllBe(g => g.Count() >= 4);
    }

    [Fact]
    public void An_answer_stands_on_the_same_network_after_what_it_answers()
    {
        foreach (var answer in History.Concat(Later).Where(p => p.Parent is not null))
        {
            var answered = History.Single(p => p.Id == answer.Parent);
            answered.Network.ShouldBe(answer.Network, answer.Id);
            (answer.DaysAgo == 0 || answered.PublishedAt(Start) < answer.PublishedAt(Start)).ShouldBeTrue(answer.Id);
        }
    }

    [Fact]
    public void People_have_two_names_where_a_network_wants_them() =>
        History.Concat(Later).Where(p => p.Network is "vk" or "telegram").ShouldAllBe(p => p.Author.Contains(' '));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(23)]
    public void No_two_posts_of_a_network_share_a_number(int hour)
    {
        var start = Start.AddHours(hour - Start.Hour);
        var known = new Dictionary<string, SimPost>();
        foreach (var sample in History)
        {
            known[sample.Id] = NetworkTrickle.Make(sample, start, known);
        }

        History.Select(s => (s.Network, known[s.Id].Id)).ShouldBeUnique();
        known.Values.ShouldAllBe(p => p.At < start);
        known.Values.Max(p => p.Id % 1_000_000_000).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void Posts_appear_every_twenty_to_eighty_seconds_without_blanks()
    {
        var waits = Enumerable.Range(0, 1_000).Select(NetworkTrickle.SecondsBefore).ToList();
        waits.ShouldAllBe(s => s >= 20 && s <= 80);
        waits.Average().ShouldBeInRange(40, 50);
        var known = new Dictionary<string, SimPost>();
        foreach (var sample in History)
        {
            known[sample.Id] = NetworkTrickle.Make(sample, Start, known);
        }

        var made = Enumerable.Range(0, 3 * Later.Count).Select(n => NetworkTrickle.Make(new(n, Start.AddSeconds(45 * n)), known)).ToList();
        made.ShouldAllBe(m => !(m.Post.Text + m.Post.Title + m.After).Contains('{'));
        made.Take(Later.Count).Select(m => m.Sample.Id).Order().ShouldBe(Later.Select(s => s.Id).Order());
    }

    /// <summary>The connectors are the product's own: what they read is what was written, and a demo that is started again brings nothing twice.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public async Task A_network_is_read_by_its_connector_and_stands_as_it_was_after_a_restart(string name)
    {
        var network = SampleNetwork.All.Single(n => n.Name == name);
        var file = Path.Combine(Path.GetTempPath(), $"serm-demo-{Guid.CreateVersion7()}.json");
        try
        {
            var clock = new SimClock(Start.AddSeconds(5));
            var sites = new SampleSites(file, Start);
            var networks = await SampleNetworks.StartAsync(0, sites, clock);
            var address = networks.Url(name);
            var host = new Host(Books.All[name], Options(network, address), clock);
            await host.ReadAllAsync();
            host.Now.Count.ShouldBe(History.Count(s => s.Network == name));
            host.Now.Values.Select(p => p.Text).Order(StringComparer.Ordinal).ShouldBe(History.Where(s => s.Network == name).Select(s => s.Text).Order(StringComparer.Ordinal));

            for (var number = 0; number < Later.Count; number++)
            {
                networks.Publish(sites.PublishOnNetwork(clock.GetUtcNow()));
                networks.RunUntil(clock.GetUtcNow());
                clock.Advance(TimeSpan.FromSeconds(45));
                await host.ReadAllAsync();
            }

            host.Now.Count.ShouldBe(History.Count(s => s.Network == name) + Later.Count(s => s.Network == name));
            clock.Advance(TimeSpan.FromHours(1));
            networks.RunUntil(clock.GetUtcNow());
            await host.ReadAllAsync();
            await host.RecheckAsync();
            host.Failures.ShouldBeEmpty();
            host.Removed.Count.ShouldBe(Books.All[name] is Serm.Ingest.Connectors.IRechecked ? Later.Count(s => s.Network == name && s.After == NetworkSample.Gone) : 0);
            var (published, removed) = (host.Published.Count, host.Removed.Count);
            await networks.DisposeAsync();

            var again = new SampleSites(file, clock.GetUtcNow());
            await using var second = await SampleNetworks.StartAsync(new Uri(address).Port, again, clock);
            await host.ReadAllAsync();
            await host.RecheckAsync();
            (host.Published.Count, host.Removed.Count, host.Failures.Count).ShouldBe((published, removed, 0));

            // And it goes on.
            for (var number = 0; number < Later.Count; number++)
            {
                clock.Advance(TimeSpan.FromSeconds(45));
                second.Publish(again.PublishOnNetwork(clock.GetUtcNow()));
                second.RunUntil(clock.GetUtcNow());
                clock.Advance(TimeSpan.FromSeconds(1));
                await host.ReadAllAsync();
            }

            host.Now.Count.ShouldBe(History.Count(s => s.Network == name) + (2 * Later.Count(s => s.Network == name)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    // As the demo gives them to the API, options and credentials in one.
    private static JsonObject Options(SampleNetwork network, string address)
    {
        var all = JsonSerializer.SerializeToNode(network.Options(address))!.AsObject();
        foreach (var (key, value) in network.Credentials is null ? [] : JsonSerializer.SerializeToNode(network.Credentials)!.AsObject())
        {
            all[key] = value!.DeepClone();
        }

        return all;
    }
}
