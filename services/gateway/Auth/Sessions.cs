using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>The cookie of a signed-in person: seven days, sliding, and worthless as soon as it was signed out, or the user is gone or has a new password.</summary>
internal static class Sessions
{
    public const string SignInPath = "/sign-in";

    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public static AuthenticationBuilder AddSessions(this AuthenticationBuilder authentication) => authentication.AddCookie(Identity.SessionScheme, o =>
    {
        o.Cookie.Name = "serm";
        o.Cookie.HttpOnly = true;
        o.Cookie.SameSite = SameSiteMode.Lax;
        o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        o.Cookie.IsEssential = true;
        o.ExpireTimeSpan = Life;
        o.SlidingExpiration = true;
        o.LoginPath = SignInPath;
        o.AccessDeniedPath = "/no-access";
        o.ReturnUrlParameter = "returnUrl";
        o.Events.OnValidatePrincipal = ValidateAsync;
    });

    /// <summary>Signs in on this answer.</summary>
    public static Task StartSessionAsync(this HttpContext context, ClaimsPrincipal principal) =>
        context.SignInAsync(Identity.SessionScheme, principal, new AuthenticationProperties { IsPersistent = true });

    /// <summary>Signs out on this answer, and wherever else the cookie may be.</summary>
    public static async Task EndSessionAsync(this HttpContext context)
    {
        if (context.User.IsSession())
        {
            await context.RequestServices.GetRequiredService<Users>().EndAsync(context.User, context.RequestAborted);
        }

        await context.SignOutAsync(Identity.SessionScheme);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var users = context.HttpContext.RequestServices.GetRequiredService<Users>();
        if (context.Principal is not { } principal
            || !await users.IsCurrentAsync(principal, context.HttpContext.RequestAborted))
        {
            context.RejectPrincipal();
            Refusals.Because(context.HttpContext, Refusals.SessionExpired);
            await context.HttpContext.SignOutAsync(Identity.SessionScheme);
        }
    }
}

/// <summary>Looks again whether the user of an open page (a circuit, which makes no requests) still may be there. A database that is down ends no page: what somebody writes there would be lost.</summary>
internal sealed class PageSessions(ILoggerFactory logs, Users users) : RevalidatingServerAuthenticationStateProvider(logs)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(3);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        var user = authenticationState.User;
        try
        {
            return !user.IsSession() || await users.IsCurrentAsync(user, cancellationToken);
        }
        catch (Exception e) when (Transient.Is(e))
        {
            return true;
        }
    }
}
