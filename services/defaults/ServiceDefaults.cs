using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Serm.Defaults;

/// <summary>What every service is composed of: telemetry, health, errors, JSON, the caller, the guard for outgoing addresses.</summary>
public static class ServiceDefaults
{
    /// <summary>Registers the defaults.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="service">Its name, such as <c>ingest</c>.</param>
    public static WebApplicationBuilder AddSermDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.AddSermTelemetry(service);
        builder.Logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            o.UseUtcTimestamp = true;
        });

        // Marten's daemon tells each page that it has gone through, hundreds a second; ours above it tells what an operator needs.
        builder.Logging.AddFilter(DaemonLeader.StoreLog, LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(OutboundGuard.FromList(builder.Configuration["Serm:AllowHosts"] ?? builder.Configuration["SERM_ALLOW_HOSTS"]));
        builder.Services.AddProblemDetails(o => o.CustomizeProblemDetails = c => BareStatus.Explain(c.ProblemDetails));
        builder.Services.AddExceptionHandler<ProblemExceptionHandler>();
        builder.Services.AddHttpContextAccessor();
        builder.AddApiDocument();
        builder.Services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(o => Configure(o.SerializerOptions).Converters.Add(new UtcTimes()));
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(20));
        return builder;
    }

    /// <summary>Maps health and errors, and behind the gateway metrics. Call it before the service's own endpoints.</summary>
    /// <param name="app">The service.</param>
    /// <param name="behindGateway">True for the services that only the gateway calls: they read the caller from its headers.</param>
    public static WebApplication UseSermDefaults(this WebApplication app, bool behindGateway = true)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = c => c.Tags.Contains("live"), ResponseWriter = WriteHealthAsync });
        app.MapHealthChecks("/healthz/ready", new HealthCheckOptions { Predicate = c => c.Tags.Contains("ready"), ResponseWriter = WriteHealthAsync });
        if (behindGateway)
        {
            app.MapPrometheusScrapingEndpoint();
            app.UseCaller();
            app.MapOpenApi(ApiDocument.Path);
        }

        return app;
    }

    /// <summary>JSON as the public API speaks it: camelCase, enums as camelCase strings, unknown members refused.</summary>
    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }

    private static Task WriteHealthAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        status = report.Status.ToString(),
        checks = report.Entries.ToDictionary(e => e.Key, e => new { status = e.Value.Status.ToString(), e.Value.Description }, StringComparer.Ordinal),
    });
}
