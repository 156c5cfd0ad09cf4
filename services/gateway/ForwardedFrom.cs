using Microsoft.AspNetCore.HttpOverrides;

namespace Serm.Gateway;

/// <summary>Behind a load balancer the caller's address, scheme and host come in headers. They are believed only from the networks in <c>Gateway:TrustedProxies</c> (comma-separated CIDR ranges).</summary>
internal static class ForwardedFrom
{
    public static void AddForwardedFrom(this WebApplicationBuilder builder) => builder.Services.Configure<ForwardedHeadersOptions>(o =>
    {
        o.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        o.KnownProxies.Clear();
        o.KnownIPNetworks.Clear();
        foreach (var range in (builder.Configuration["Gateway:TrustedProxies"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            o.KnownIPNetworks.Add(System.Net.IPNetwork.TryParse(range, out var network)
                ? network
                : throw new InvalidOperationException($"Gateway:TrustedProxies holds \"{range}\", which is no CIDR range such as 10.0.0.0/8."));
        }

        if (o.KnownIPNetworks.Count == 0)
        {
            // An empty list would mean that everybody is believed.
            o.ForwardedHeaders = ForwardedHeaders.None;
        }
    });
}
