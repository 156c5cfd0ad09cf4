namespace Serm.Gateway;

/// <summary>Answers <c>HEAD</c> as <c>GET</c>, without the body (RFC 9110, section 9.3.2): endpoints take GET only, and routing gives HEAD to none of them.</summary>
internal static class HeadRequests
{
    /// <summary>Call it before routing.</summary>
    public static void UseHeadRequests(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        // The server knows what it was asked, and sends no body whatever is written.
        if (HttpMethods.IsHead(context.Request.Method) && Takes(context.Request.Path))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next(context);
    });

    /// <summary>False for streams, which would not end, for exports, which would be read for nothing, and for what networks call, where GET is a question of theirs.</summary>
    public static bool Takes(PathString path) =>
        !path.StartsWithSegments("/api/live", StringComparison.OrdinalIgnoreCase)
        && !path.StartsWithSegments("/api/mentions/export", StringComparison.OrdinalIgnoreCase)
        && !path.StartsWithSegments("/hooks", StringComparison.OrdinalIgnoreCase)
        && !path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase);
}
