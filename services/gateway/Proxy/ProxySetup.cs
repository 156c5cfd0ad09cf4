using Microsoft.AspNetCore.Routing.Template;
using Serm.Gateway.Auth;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms;

namespace Serm.Gateway.Proxy;

/// <summary>The routes of appsettings.json to the services.</summary>
internal static class ProxySetup
{
    /// <summary>Bodies beyond this are refused, unless the route says otherwise.</summary>
    public const long LargestBody = 1024 * 1024;

    // Networks call without an account of ours: ingest knows them by their own signatures.
    private const string Hooks = "hooks";

    public static void AddProxy(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(o =>
        {
            o.Limits.MaxRequestBodySize = LargestBody;
            o.AddServerHeader = false;
        });
        builder.Services.AddSingleton<ServiceAddresses>();
        builder.Services.AddSingleton<CallerHeaders>();
        builder.Services.AddReverseProxy()
            .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
            .AddConfigFilter<ServiceClusters>()
            .AddTransforms(t =>
            {
                var headers = t.Services.GetRequiredService<CallerHeaders>();
                if (t.Route.RouteId == Hooks)
                {
                    t.AddRequestTransform(c =>
                    {
                        CallerHeaders.SetNobody(c.ProxyRequest.Headers);
                        return ValueTask.CompletedTask;
                    });
                    return;
                }

                t.AddRequestTransform(c =>
                {
                    headers.Set(c.ProxyRequest.Headers, c.HttpContext.User);
                    return ValueTask.CompletedTask;
                });
            });
    }

    public static void MapProxy(this WebApplication app)
    {
        app.MapReverseProxy(pipeline =>
        {
            pipeline.Use(ExplainFailureAsync);
            pipeline.UseLoadBalancing();
        });
    }

    /// <summary>Keeps the page for unknown paths, which takes GET and POST, from answering programs, and says of a body that is compressed that none can be.</summary>
    public static void UseApiPaths(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (Refusals.IsApi(context) && context.Request.Headers.ContentEncoding is [{ } coding, ..] && !coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.AcceptEncoding = "identity";
            return Problems.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "body_encoded", "Bodies are taken as they are: send it without Content-Encoding, not compressed.");
        }

        // None at all where only a page or a file would take this method, and not at this path.
        var endpoint = context.GetEndpoint();
        if (!Refusals.IsApi(context) || (endpoint is not null && IsOfApi(endpoint)))
        {
            return next(context);
        }

        var methods = Methods(context);
        var taken = methods.Contains(context.Request.Method, StringComparer.OrdinalIgnoreCase);
        if (taken && endpoint is not RouteEndpoint)
        {
            // Routing refuses it itself, for the type of its body.
            return next(context);
        }

        if (methods.Length > 0 && !taken)
        {
            context.Response.Headers.Allow = string.Join(", ", methods);
            return Problems.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "This path does not take this method. The header Allow names those it takes.");
        }

        // A body of another type finds no endpoint of the API either.
        return context.Request.ContentLength > 0 && !context.Request.HasJsonContentType()
            ? Problems.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "not_json", "The body is JSON here: send Content-Type: application/json.")
            : Problems.WriteAsync(context, StatusCodes.Status404NotFound, "not_found", "There is nothing at this path. See /openapi/v1.json for what there is.");
    });

    private static bool IsOfApi(Endpoint endpoint) =>
        endpoint is RouteEndpoint { RoutePattern.RawText: { } text } && text.TrimStart('/') is var path && (path.StartsWith("api", StringComparison.Ordinal) || path.StartsWith("openapi", StringComparison.Ordinal));

    private static string[] Methods(HttpContext context) =>
    [
        .. context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(e => IsOfApi(e) && new TemplateMatcher(TemplateParser.Parse(((RouteEndpoint)e).RoutePattern.RawText!), []).TryMatch(context.Request.Path, []))
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .SelectMany(m => HttpMethods.IsGet(m) && HeadRequests.Takes(context.Request.Path) ? [m, HttpMethods.Head] : new[] { m })
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>True when a call cannot have arrived: no connection was made to carry it.</summary>
    public static bool NeverReached(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };

    private static async Task ExplainFailureAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var service = context.GetReverseProxyFeature().Route.Cluster?.ClusterId ?? "unknown";
        var failure = context.GetForwarderErrorFeature();
        var error = failure?.Error
            ?? (context.Response.StatusCode == StatusCodes.Status503ServiceUnavailable ? ForwarderError.NoAvailableDestinations : ForwarderError.None);
        await (error switch
        {
            ForwarderError.None => Task.CompletedTask,
            ForwarderError.RequestBodyClient when context.Response.StatusCode == StatusCodes.Status413PayloadTooLarge => Problems.WriteAsync(
                context, StatusCodes.Status413PayloadTooLarge, "body_too_large", "The body is too large for this path. Split it."),
            ForwarderError.RequestBodyClient => Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "request_malformed", "The body did not arrive whole. Send it again."),
            ForwarderError.RequestTimedOut => Down(context, StatusCodes.Status504GatewayTimeout, "service_timeout", service, "did not answer in time. It may have done the work: look before you repeat."),
            _ when HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || error == ForwarderError.NoAvailableDestinations || NeverReached(failure?.Exception) =>
                Down(context, StatusCodes.Status503ServiceUnavailable, "service_unavailable", service, "does not answer. Nothing was changed; try again shortly."),
            _ => Down(context, StatusCodes.Status502BadGateway, "outcome_unknown", service, "broke off. It may have done the work: look before you repeat."),
        });
    }

    private static Task Down(HttpContext context, int status, string code, string service, string what)
    {
        // Some programs take this header for leave to repeat.
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "2";
        }

        return Problems.WriteAsync(context, status, code, $"The service {service} {what}", ("service", service));
    }
}
