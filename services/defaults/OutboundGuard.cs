using System.Net;
using System.Net.Sockets;

namespace Serm.Defaults;

/// <summary>Keeps addresses that users type from reaching the inside of the network (server-side request forgery). The check is on the resolved address, at connect time.</summary>
/// <param name="allowedHosts">Hosts that the operator allows although they are private (<c>SERM_ALLOW_HOSTS</c>); case is ignored.</param>
/// <param name="lookUp">Looks up a name; null asks the machine's resolver.</param>
public sealed class OutboundGuard(IReadOnlySet<string> allowedHosts, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null)
{
    // IANA special-purpose address registries (IPv4 and IPv6), everything that is not globally reachable unicast.
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/8", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
            "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>A guard from a comma-separated list of hosts.</summary>
    public static OutboundGuard FromList(string? hosts) => new(
        (hosts ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase));

    /// <summary>True when the address is public, or the operator allows the host.</summary>
    public bool Allows(string host, IPAddress address) =>
        allowedHosts.Contains(host.Trim('[', ']')) || !IsRefused(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>Resolves a host and says whether all its addresses may be called. A host that does not resolve is not refused here: it fails at connect time with a clearer reason.</summary>
    public async Task<bool> AllowsAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await ResolveAsync(host, cancellationToken);
            return addresses.All(a => Allows(host, a));
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>A handler whose every connection goes through the guard; no proxy, no automatic redirects, no decompression: the caller does these knowingly.</summary>
    public SocketsHttpHandler CreateHandler(TimeSpan connectTimeout) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken),
    };

    /// <summary>Connects to a host that a user gave: resolves it, refuses it if any of its addresses is refused, and speaks to one of those addresses.</summary>
    /// <exception cref="AddressRefusedException">An address is private or otherwise special.</exception>
    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(host, cancellationToken);
        if (Array.Find(addresses, a => !Allows(host, a)) is not null)
        {
            throw new AddressRefusedException(host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? Task.FromResult(new[] { literal })
            : lookUp?.Invoke(host, cancellationToken) ?? Dns.GetHostAddressesAsync(host, cancellationToken);

    private static bool IsRefused(IPAddress address) => Array.Exists(Refused, n => n.Contains(address));
}

/// <summary>A user's URL resolves to an address that may not be called from here.</summary>
/// <param name="host">The host of the URL.</param>
public sealed class AddressRefusedException(string host) : Exception(
    $"The host {host} is at a private, loopback or otherwise special address. Use a public one, or have the operator add the host to SERM_ALLOW_HOSTS.");
