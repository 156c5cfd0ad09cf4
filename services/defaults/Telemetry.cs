using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Serm.Defaults;

/// <summary>OpenTelemetry for every service: Prometheus always, OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.</summary>
public static class Telemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Serm";

    /// <summary>The meter of all own instruments.</summary>
    public static readonly Meter Meter = new(Name);

    internal static void AddSermTelemetry(this IHostApplicationBuilder builder, string service)
    {
        var otlp = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService($"serm-{service}", "serm"))
            .WithMetrics(m => m
                .AddMeter(Name, "MassTransit", "Marten", "Npgsql", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "Yarp.ReverseProxy")
                .AddPrometheusExporter());
        if (!otlp)
        {
            return;
        }

        telemetry
            .WithTracing(t => t
                .AddSource(Name, "MassTransit", "Marten", "Npgsql")
                .AddAspNetCoreInstrumentation(o => o.Filter = c => !c.Request.Path.StartsWithSegments("/healthz") && !c.Request.Path.StartsWithSegments("/metrics"))
                .AddHttpClientInstrumentation())
            .WithLogging()
            .UseOtlpExporter();
        builder.Logging.Configure(o => o.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
    }
}
