using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Serm.Gateway.Auth;

/// <summary>Authenticates <c>Authorization: Bearer serm_...</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiKeys keys, TimeProvider clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    private const string Bearer = "Bearer ";

    /// <summary>True when the request says that it comes with a key: then no cookie is looked at.</summary>
    public static bool Concerns(HttpRequest request) => request.Headers.Authorization.Count > 0;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        var key = header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? await keys.FindAsync(header[Bearer.Length..].Trim(), Context.RequestAborted)
            : null;
        if (key is null)
        {
            Refusals.Because(Context, Refusals.KeyUnknown);
            return AuthenticateResult.Fail("Unknown key");
        }

        if (key.ExpiresAt <= clock.GetUtcNow())
        {
            Refusals.Because(Context, Refusals.KeyExpired);
            return AuthenticateResult.Fail("Expired key");
        }

        return AuthenticateResult.Success(new AuthenticationTicket(Identity.Of(key), Scheme.Name));
    }
}
