using System.Security.Claims;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>Who is asking.</summary>
/// <param name="Name">The user's name; <c>key:</c> and the key's name for an API key.</param>
/// <param name="Workspace">The tenant.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Kind"><c>user</c> or <c>key</c>.</param>
public sealed record Me(string Name, string Workspace, Role Role, string Kind);

/// <summary>Body of <c>POST /api/session</c>.</summary>
/// <param name="Name">The user's name, in any case.</param>
/// <param name="Password">The password.</param>
public sealed record StartSession(string Name, string Password);

/// <summary>Body of <c>POST /api/me/password</c>.</summary>
/// <param name="Current">The password so far.</param>
/// <param name="New">The new one, 10 to 256 characters.</param>
public sealed record ChangePassword(string Current, string New);

/// <summary>Signing in and out, as a program and as a form.</summary>
internal static class SessionEndpoints
{
    /// <summary>The form of the sign-in page posts name, password, returnUrl and the antiforgery token here.</summary>
    public const string FormPath = "/session";

    /// <summary>The form of the password page posts current, new, again and the antiforgery token here.</summary>
    public const string PasswordFormPath = "/session/password";

    /// <summary>The page with that form.</summary>
    public const string PasswordPath = "/password";

    /// <summary>The sign-out button posts the antiforgery token here.</summary>
    public const string EndFormPath = "/session/end";

    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api").WithTags("Session");
        api.MapPost("/session", PostAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).WithName("SignIn").WithSummary("Sign in")
            .WithDescription("Sets the session cookie.");
        api.MapDelete("/session", (Delegate)EndAsync).AllowAnonymous().WithName("SignOut").WithSummary("Sign out");
        api.MapGet("/me", Who).RequireAuthorization(Access.Read).WithName("WhoAmI").WithSummary("Who am I");
        api.MapPost("/me/password", ChangeAsync).RequireAuthorization(Access.Read).RequireRateLimiting(RateLimits.SignIn).WithName("ChangePassword").WithSummary("Change the own password")
            .WithDescription("Ends all other sessions of the user.");

        // It looks at the token itself: the framework's refusal would be JSON to somebody at a form.
        app.MapPost(FormPath, FormAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).DisableAntiforgery().ExcludeFromDescription();
        app.MapPost(PasswordFormPath, PasswordFormAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn).DisableAntiforgery().ExcludeFromDescription();
        app.MapPost(EndFormPath, EndFormAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>A path of this site to go to after signing in; the start page for anything else.</summary>
    internal static string SafeReturnUrl(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) ? url : "/";

    private static async Task<Ok<Me>> PostAsync(StartSession body, SignIn signIn, HttpContext context, CancellationToken cancellationToken)
    {
        var principal = await signIn.CheckAsync(body.Name, body.Password, context.Connection.RemoteIpAddress, cancellationToken);
        await context.StartSessionAsync(principal);
        return TypedResults.Ok(Describe(principal));
    }

    private static async Task<NoContent> EndAsync(HttpContext context)
    {
        await context.EndSessionAsync();
        return TypedResults.NoContent();
    }

    private static Ok<Me> Who(ClaimsPrincipal user) => TypedResults.Ok(Describe(user));

    private static async Task<NoContent> ChangeAsync(ChangePassword body, ClaimsPrincipal principal, SignIn signIn, Users users, Passwords passwords, HttpContext context, CancellationToken cancellationToken)
    {
        await SetPasswordAsync(body, principal, signIn, users, passwords, context, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<RedirectHttpResult> PasswordFormAsync(
        [FromForm] string? current, [FromForm] string? @new, [FromForm] string? again, ClaimsPrincipal principal, SignIn signIn, Users users, Passwords passwords, IAntiforgery antiforgery, HttpContext context, CancellationToken cancellationToken)
    {
        var page = $"~{PasswordPath}?";
        if (!principal.IsSession())
        {
            return TypedResults.LocalRedirect($"~{PasswordPath}");
        }

        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.LocalRedirect($"{page}error=form_expired");
        }

        if (!string.Equals(@new, again, StringComparison.Ordinal))
        {
            return TypedResults.LocalRedirect($"{page}error=password_differs");
        }

        try
        {
            await SetPasswordAsync(new(current ?? "", @new ?? ""), principal, signIn, users, passwords, context, cancellationToken);
            return TypedResults.LocalRedirect($"{page}done=true");
        }
        catch (RuleViolation e)
        {
            return TypedResults.LocalRedirect($"{page}error={e.Code}");
        }
        catch (Exception e) when (Transient.Is(e))
        {
            return TypedResults.LocalRedirect($"{page}error=temporarily_unavailable");
        }
    }

    private static async Task SetPasswordAsync(ChangePassword body, ClaimsPrincipal principal, SignIn signIn, Users users, Passwords passwords, HttpContext context, CancellationToken cancellationToken)
    {
        if (!principal.IsSession())
        {
            throw new RuleViolation("not_a_user", "An API key has no password. Sign in as a user.", StatusCodes.Status403Forbidden);
        }

        var name = principal.Identity!.Name!;
        var password = Names.Password(body.New, "new", name);
        try
        {
            await signIn.CheckAsync(name, body.Current, context.Connection.RemoteIpAddress, cancellationToken);
        }
        catch (RuleViolation e) when (e.Status == StatusCodes.Status401Unauthorized)
        {
            throw RuleViolation.Invalid("current", "password_wrong", "The current password is wrong.");
        }

        var user = (await users.FindAsync(principal.Id(), cancellationToken))!;
        await users.SetPasswordAsync(user, passwords.Hash(password), Users.NewStamp(), user.Name, cancellationToken);
        await context.StartSessionAsync(Identity.Of((await users.FindAsync(user.Id, cancellationToken))!));
    }

    private static async Task<RedirectHttpResult> FormAsync(
        [FromForm] string? name, [FromForm] string? password, [FromForm] string? returnUrl, SignIn signIn, IAntiforgery antiforgery, HttpContext context, CancellationToken cancellationToken)
    {
        var back = SafeReturnUrl(returnUrl);
        var again = $"{Sessions.SignInPath}?returnUrl={Uri.EscapeDataString(back)}&error=";
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.LocalRedirect($"~{again}form_expired");
        }

        try
        {
            await context.StartSessionAsync(await signIn.CheckAsync(name, password, context.Connection.RemoteIpAddress, cancellationToken));
            return TypedResults.LocalRedirect($"~{back}");
        }
        catch (RuleViolation e)
        {
            return TypedResults.LocalRedirect($"~{again}{e.Code}");
        }
        catch (Exception e) when (Transient.Is(e))
        {
            return TypedResults.LocalRedirect($"~{again}temporarily_unavailable");
        }
    }

    private static async Task<RedirectHttpResult> EndFormAsync(IAntiforgery antiforgery, HttpContext context)
    {
        if (await antiforgery.IsRequestValidAsync(context))
        {
            await context.EndSessionAsync();
        }

        return TypedResults.LocalRedirect($"~{Sessions.SignInPath}");
    }

    private static Me Describe(ClaimsPrincipal principal)
    {
        var caller = principal.Caller();
        return new Me(caller.User, caller.Workspace, caller.Role, principal.IsSession() ? "user" : "key");
    }
}
