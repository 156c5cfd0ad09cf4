using System.Security.Claims;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>How a signed-in person or an API key looks as claims, and back.</summary>
internal static class Identity
{
    /// <summary>Scheme of people who signed in on a page or by <c>POST /api/session</c>.</summary>
    public const string SessionScheme = "session";

    /// <summary>Scheme of programs that send <c>Authorization: Bearer serm_...</c>.</summary>
    public const string KeyScheme = "key";

    /// <summary>Claim with the tenant.</summary>
    public const string WorkspaceClaim = "workspace";

    /// <summary>Claim with the security stamp of a session.</summary>
    public const string StampClaim = "stamp";

    /// <summary>Claim with what tells one session of a user from the others; sessions from before this was known have none.</summary>
    public const string SessionClaim = "session";

    /// <summary>A new session of a user.</summary>
    public static ClaimsPrincipal Of(User user) => Principal(SessionScheme, user.Id, user.Name, user.Workspace, user.Role, new Claim(StampClaim, user.Stamp), new Claim(SessionClaim, Secrets.Base62(16)));

    // The prefix keeps a key named like a person from speaking in that person's name.
    public static ClaimsPrincipal Of(ApiKey key) => Principal(KeyScheme, key.Id, $"key:{key.Name}", key.Workspace, key.Role);

    /// <summary>The caller behind a principal.</summary>
    /// <exception cref="RuleViolation">401: nobody is signed in.</exception>
    public static Caller Caller(this ClaimsPrincipal principal) =>
        principal.Identity?.IsAuthenticated == true
            && principal.FindFirstValue(WorkspaceClaim) is { } workspace
            && Enum.TryParse<Role>(principal.FindFirstValue(ClaimTypes.Role), ignoreCase: true, out var role)
            ? new Caller(workspace, principal.Identity.Name ?? "", role)
            : throw new RuleViolation("not_signed_in", "Sign in, or send an API key as Authorization: Bearer serm_...", StatusCodes.Status401Unauthorized);

    /// <summary>Id of the user or key.</summary>
    public static Guid Id(this ClaimsPrincipal principal) => Guid.Parse(principal.FindFirstValue(ClaimTypes.NameIdentifier)!);

    /// <summary>True for a person's session, false for a key and for nobody.</summary>
    public static bool IsSession(this ClaimsPrincipal principal) => string.Equals(principal.Identity?.AuthenticationType, SessionScheme, StringComparison.Ordinal);

    /// <summary>The role as claims and JSON write it.</summary>
    public static string Text(this Role role) => role switch
    {
        Role.Integrator => "integrator",
        Role.Moderator => "moderator",
        Role.Manager => "manager",
        Role.Admin => "admin",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "Not a role"),
    };

    private static ClaimsPrincipal Principal(string scheme, Guid id, string name, string workspace, Role role, params Claim[] more) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, id.ToString()),
            new(ClaimTypes.Name, name),
            new(ClaimTypes.Role, role.Text()),
            new(WorkspaceClaim, workspace),
            .. more,
        ],
        scheme));
}
