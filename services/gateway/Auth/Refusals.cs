using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>Says no so that the caller knows why and what to do: problem details to programs, the sign-in page to browsers.</summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    public const string KeyUnknown = "key_unknown";
    public const string KeyExpired = "key_expired";
    public const string SessionExpired = "session_expired";
    public const string NotSignedIn = "not_signed_in";

    private readonly AuthorizationMiddlewareResultHandler _pages = new();

    /// <summary>Notes why nobody is signed in.</summary>
    public static void Because(HttpContext context, string code) => context.Items[typeof(Refusals)] = code;

    public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded || !IsApi(context))
        {
            return _pages.HandleAsync(next, context, policy, authorizeResult);
        }

        if (authorizeResult.Forbidden)
        {
            var needed = policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(r => r.AllowedRoles).ToList();
            var has = context.User.Caller().Role.Text();
            throw new RuleViolation(
                "role_too_low",
                $"The role {has} may not do this: it takes {string.Join(" or ", needed)}. Ask an admin for it, or use a key that has it.",
                StatusCodes.Status403Forbidden,
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["role"] = has, ["needed"] = needed });
        }

        // On starting, because the error handler empties the headers that were set before.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"serm\"";
            return Task.CompletedTask;
        });
        throw Unauthorized(Reason(context));
    }

    /// <summary>True for the paths that programs call.</summary>
    public static bool IsApi(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        || context.Request.Path.StartsWithSegments("/openapi", StringComparison.OrdinalIgnoreCase);

    /// <summary>Why nobody is signed in. A cookie that does not open any more is an expired session.</summary>
    private static string Reason(HttpContext context) =>
        context.Items[typeof(Refusals)] as string
        ?? (context.Request.Cookies.ContainsKey("serm") ? SessionExpired : NotSignedIn);

    internal static RuleViolation Unauthorized(string code) => new(code, code switch
    {
        KeyUnknown => "There is no such API key: it was mistyped or revoked. Ask an admin for a new one, and send it as Authorization: Bearer serm_...",
        KeyExpired => "This API key has expired. Ask an admin for a new one.",
        SessionExpired => "The session has ended. Sign in again.",
        _ => "Sign in, or send an API key as Authorization: Bearer serm_...",
    }, StatusCodes.Status401Unauthorized);
}
