using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Serm.Defaults;

/// <summary>What a person or program may do.</summary>
public enum Role
{
    /// <summary>A program: reads, pushes mentions.</summary>
    Integrator = 0,

    /// <summary>Reads and triages mentions.</summary>
    Moderator = 1,

    /// <summary>Moderator, and changes brands, sources and rules.</summary>
    Manager = 2,

    /// <summary>Everything.</summary>
    Admin = 3,
}

/// <summary>On whose behalf a request runs. The gateway authenticates and says so in headers, which only it can send: they come with the internal key.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="User">Name of the person, or of the API key.</param>
/// <param name="Role">What it may do.</param>
public sealed record Caller(string Workspace, string User, Role Role)
{
    /// <summary>Header with the internal key (<c>Serm:InternalKey</c>).</summary>
    public const string InternalHeader = "X-Serm-Internal";

    /// <summary>Header with the tenant.</summary>
    public const string WorkspaceHeader = "X-Serm-Workspace";

    /// <summary>Header with the user's or key's name, percent-encoded.</summary>
    public const string UserHeader = "X-Serm-User";

    /// <summary>Header with the role, lower case.</summary>
    public const string RoleHeader = "X-Serm-Role";

    /// <summary>Minimal-API binding. Throws 401 problem details when there is no caller.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult<Caller?>(Of(context));

    /// <summary>The caller of a request. Throws 401 problem details when there is none.</summary>
    public static Caller Of(HttpContext context) =>
        context.Items[typeof(Caller)] as Caller ?? throw new RuleViolation(
            "not_through_gateway",
            "This service is not called directly. Go through the gateway.",
            StatusCodes.Status401Unauthorized);
}

/// <summary>Reading and demanding the caller.</summary>
public static class CallerExtensions
{
    /// <summary>Refuses an endpoint to callers whose role is not one of the given ones; admins may do everything.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, params Role[] roles)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
        {
            var caller = Caller.Of(context.HttpContext);
            if (caller.Role == Role.Admin || roles.Contains(caller.Role))
            {
                return await next(context);
            }

            throw new RuleViolation(
                "role_too_low",
                $"The role {caller.Role.ToString().ToLowerInvariant()} may not do this: it takes {string.Join(" or ", roles.Append(Role.Admin).Distinct().Select(r => r.ToString().ToLowerInvariant()))}.",
                StatusCodes.Status403Forbidden);
        });

    internal static IApplicationBuilder UseCaller(this IApplicationBuilder app)
    {
        var key = app.ApplicationServices.GetRequiredService<IConfiguration>()["Serm:InternalKey"];
        if (string.IsNullOrEmpty(key))
        {
            throw new InvalidOperationException("Serm:InternalKey is not set: give every service the same long random value.");
        }

        var expected = Encoding.UTF8.GetBytes(key);
        return app.Use((context, next) =>
        {
            var headers = context.Request.Headers;
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(headers[Caller.InternalHeader].ToString()), expected)
                && headers[Caller.WorkspaceHeader].ToString() is { Length: > 0 } workspace
                && Enum.TryParse<Role>(headers[Caller.RoleHeader].ToString(), ignoreCase: true, out var role))
            {
                context.Items[typeof(Caller)] = new Caller(workspace, Uri.UnescapeDataString(headers[Caller.UserHeader].ToString()), role);
            }

            return next(context);
        });
    }

    /// <summary>The version in <c>If-Match</c>: 428 problem details without one, 400 with one that is not a quoted number.</summary>
    public static long RequiredVersion(this HttpRequest request)
    {
        var header = request.Headers.IfMatch.ToString();
        if (header.Length == 0)
        {
            throw new RuleViolation(
                "version_required",
                "Say which version you saw: send its ETag in If-Match.",
                StatusCodes.Status428PreconditionRequired,
                "If-Match");
        }

        return long.TryParse(header.Trim('"'), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var version)
            ? version
            : throw RuleViolation.Invalid("If-Match", "version_invalid", "If-Match takes the ETag of the last answer, such as \"3\".");
    }
}
