using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>Keeps other sites from using a person's cookie: an unsafe call that a browser sends for another site is refused. Browsers say where a call comes from; programs that are no browsers carry no cookies by accident.</summary>
internal static class CrossSite
{
    public static void UseCrossSiteGuard(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!context.User.IsSession() && !context.Request.Path.StartsWithSegments("/api/session", StringComparison.OrdinalIgnoreCase))
        {
            return next(context);
        }

        return Refusals.IsApi(context) && !Allows(context.Request)
            ? throw new RuleViolation(
                "cross_site",
                "This call came from another site. Programs use an API key instead of a session.",
                StatusCodes.Status403Forbidden)
            : next(context);
    });

    /// <summary>Fetch metadata first, as it cannot be forged by a page; else the origin; a request with neither comes from no browser of this decade.</summary>
    internal static bool Allows(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        {
            return true;
        }

        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is "same-origin" or "none";
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
