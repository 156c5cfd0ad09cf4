using Serm.Contracts;
using Serm.Ingest.Connectors;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>What holds of networks that call, whatever the network.</summary>
public sealed class CallingConnectorLaws : ConnectorKit
{
    [Theory]
    [MemberData(nameof(NetworkCase.Names), MemberType = typeof(NetworkCase))]
    public async Task Calls_of_the_network_bring_the_same_posts_once_and_only_with_its_secret(string name)
    {
        var (network, stage, host) = Set(name);
        if (network.Hook is not { } hook)
        {
            return;
        }

        var posts = Script.Threads(stage, 16, network.Replies);
        await host.ReadAllAsync();
        var read = host.Now;
        var called = new Host(Books.All[network.Kind], network.Options(Simulation), Clock);
        var number = 0L;
        foreach (var post in posts)
        {
            var call = hook(stage, Change.Published, post, ++number);
            called.Call(call).ShouldBeOfType<HookAnswer.Taken>().EventId.ShouldNotBeNull();
            called.Call(call);
        }

        called.Now.Keys.ShouldBe(read.Keys, ignoreOrder: true);
        called.Now.Values.ShouldAllBe(p => p.Text == read[p.NativeId].Text && p.Revision == 1);
        var edited = stage.World.Edit(posts[1], "acme, edited");
        called.Call(hook(stage, Change.Edited, edited, ++number));
        called.Now[network.Id(Simulation, edited)].Text.ShouldBe("acme, edited");

        var forged = hook(stage, Change.Published, posts[0] with { Text = "acme, forged" }, ++number);
        foreach (var bad in Forgeries(forged))
        {
            called.Call(bad).ShouldBeOfType<HookAnswer.Refused>().Status.ShouldBeInRange(400, 403);
        }
    }

    private static IEnumerable<HookCall> Forgeries(HookCall call)
    {
        yield return call with { Body = "not json"u8.ToArray() };
        yield return call with { Headers = call.Headers.ToDictionary(h => h.Key, h => h.Value + "x", StringComparer.Ordinal), Body = Forged(call, "guess") };
        yield return call with { Headers = new Dictionary<string, string>(StringComparer.Ordinal), Body = Forged(call, "") };
    }

    private static byte[] Forged(HookCall call, string secret) => System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(call.Body.Span)
        .Replace("hook-secret", secret, StringComparison.Ordinal).Replace("signature=", $"signature={secret}0", StringComparison.Ordinal));
}
