using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>The policies of the routes and pages, and who passes each. Admins pass all.</summary>
internal static class Access
{
    /// <summary>Reading: everybody who is signed in.</summary>
    public const string Read = "read";

    /// <summary>Claiming, answering, resolving mentions.</summary>
    public const string Triage = "triage";

    /// <summary>Pushing mentions.</summary>
    public const string Ingest = "ingest";

    /// <summary>Webhooks.</summary>
    public const string Integrate = "integrate";

    /// <summary>Brands, sources, rules.</summary>
    public const string Manage = "manage";

    /// <summary>Users, keys, parked messages.</summary>
    public const string Admin = "admin";

    /// <summary>Policy and the roles that pass it, lowest first.</summary>
    public static readonly IReadOnlyDictionary<string, Role[]> Roles = new Dictionary<string, Role[]>(StringComparer.Ordinal)
    {
        [Read] = [Role.Integrator, Role.Moderator, Role.Manager, Role.Admin],
        [Triage] = [Role.Moderator, Role.Manager, Role.Admin],
        [Ingest] = [Role.Integrator, Role.Admin],
        [Integrate] = [Role.Integrator, Role.Manager, Role.Admin],
        [Manage] = [Role.Manager, Role.Admin],
        [Admin] = [Role.Admin],
    };

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        builder.AddSharedDataProtection();
        builder.Services.AddSingleton<Users>();
        builder.Services.AddSingleton<Passwords>(_ => new Passwords());
        builder.Services.AddSingleton<SignInThrottle>();
        builder.Services.AddSingleton<SignIn>();
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddSingleton<People>();
        builder.Services.AddOptions<FirstAdminOptions>().BindConfiguration("Gateway:FirstAdmin").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddHostedService<FirstAdmin>();
        builder.Services.AddScoped<AuthenticationStateProvider, PageSessions>();
        builder.Services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "serm-form";
            o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
        builder.Services.AddAuthentication("either")
            .AddPolicyScheme("either", null, o =>
            {
                o.ForwardDefaultSelector = c => ApiKeyHandler.Concerns(c.Request) ? Identity.KeyScheme : Identity.SessionScheme;
            })
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(Identity.KeyScheme, null)
            .AddSessions();
        var authorization = builder.Services.AddAuthorizationBuilder();
        foreach (var (policy, roles) in Roles)
        {
            authorization.AddPolicy(policy, p => p.RequireRole(roles.Select(r => r.Text())));
        }
    }
}
