using System.Net;
using System.Net.Sockets;
using Serm.Defaults;

namespace Serm.Tests.Unit.Webhooks;

/// <summary>Names whose addresses change between two questions (DNS rebinding): what is connected to is what was checked.</summary>
public sealed class TurningNames
{
    private const string Name = "hooks.example.org";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_that_was_public_when_it_was_saved_and_leads_inside_when_it_is_called_is_not_connected_to()
    {
        await using var names = new NameServer(["93.184.215.14"], ["127.0.0.1"]);
        using var inside = new TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var guard = new OutboundGuard(new HashSet<string>(), names.LookUpAsync);

        (await guard.AllowsAsync(Name, Cancel)).ShouldBeTrue();
        using var http = new HttpClient(guard.CreateHandler(TimeSpan.FromSeconds(5)));
        var failed = await Should.ThrowAsync<HttpRequestException>(() => http.PostAsync(new Uri($"http://{Name}:{((IPEndPoint)inside.LocalEndpoint).Port}/"), null, Cancel));

        failed.InnerException.ShouldBeOfType<AddressRefusedException>();
        inside.Pending().ShouldBeFalse();
        names.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task An_address_inside_beside_a_public_one_is_refused()
    {
        await using var names = new NameServer(["93.184.215.14", "127.0.0.1"]);
        var guard = new OutboundGuard(new HashSet<string>(), names.LookUpAsync);

        (await guard.AllowsAsync(Name, Cancel)).ShouldBeFalse();
        await Should.ThrowAsync<AddressRefusedException>(async () => await guard.ConnectAsync(Name, 80, Cancel));
    }

    [Fact]
    public async Task The_address_that_is_connected_to_is_the_one_that_was_checked()
    {
        // Both listen on one port: a second question after the check would lead to the other.
        await using var names = new NameServer(["127.0.0.2"], ["127.0.0.1"]);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        second.Start();
        var port = ((IPEndPoint)second.LocalEndpoint).Port;
        using var first = new TcpListener(IPAddress.Parse("127.0.0.2"), port);
        first.Start();
        var guard = new OutboundGuard(new HashSet<string>([Name]), names.LookUpAsync);

        await using var stream = await guard.ConnectAsync(Name, port, Cancel);

        using var taken = await first.AcceptTcpClientAsync(Cancel);
        second.Pending().ShouldBeFalse();
        names.Asked.ShouldBe(1);
    }
}
