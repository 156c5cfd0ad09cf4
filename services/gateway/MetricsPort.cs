namespace Serm.Gateway;

/// <summary>The world reaches the gateway and need not see its metrics: they are on a port of their own (<c>Gateway:MetricsPort</c>, one of the addresses in <c>ASPNETCORE_URLS</c>), and nowhere without it.</summary>
internal static class MetricsPort
{
    public static void UseMetricsPort(this WebApplication app)
    {
        if (app.Configuration.GetValue<int?>("Gateway:MetricsPort") is { } port)
        {
            // The connection's own port: a header can say anything.
            app.UseOpenTelemetryPrometheusScrapingEndpoint(c => c.Connection.LocalPort == port && c.Request.Path == "/metrics");
        }
    }
}
