using Yarp.ReverseProxy.Configuration;

namespace Serm.Gateway.Proxy;

/// <summary>Where the services behind the gateway are: <c>Services:Ingest</c>, <c>Services:Sentiment</c>, <c>Services:Mentions</c>, <c>Services:Alerts</c>, each a base URL.</summary>
internal sealed class ServiceAddresses
{
    /// <summary>The clusters of appsettings.json.</summary>
    public static readonly IReadOnlyList<string> Names = ["ingest", "sentiment", "mentions", "alerts"];

    private readonly Dictionary<string, Uri> _addresses;

    /// <summary>Reads all addresses.</summary>
    /// <exception cref="InvalidOperationException">An address is missing or is not an absolute http(s) URL.</exception>
    public ServiceAddresses(IConfiguration configuration) => _addresses = Names.ToDictionary(n => n, n => Read(configuration, n), StringComparer.Ordinal);

    public Uri this[string service] => _addresses[service];

    private static Uri Read(IConfiguration configuration, string service)
    {
        // Configuration keys ignore case: Services:Ingest is found as Services:ingest.
        var text = configuration[$"Services:{service}"];
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new InvalidOperationException($"Services:{char.ToUpperInvariant(service[0])}{service[1..]} is not set: give the base URL of the service, such as http://127.0.0.1:8081.");
    }
}

/// <summary>Gives each cluster of appsettings.json its address.</summary>
internal sealed class ServiceClusters(ServiceAddresses addresses) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) => ValueTask.FromResult(cluster with
    {
        Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
        {
            [cluster.ClusterId] = new() { Address = addresses[cluster.ClusterId].ToString() },
        },
    });

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => ValueTask.FromResult(route);
}
