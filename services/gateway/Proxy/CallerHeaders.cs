using System.Net.Http.Headers;
using System.Security.Claims;
using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Proxy;

/// <summary>Tells a service on whose behalf it is called. Used by the proxy for programs and by the pages' clients for people.</summary>
internal sealed class CallerHeaders
{
    private const string Prefix = "X-Serm-";

    private readonly string _key;

    /// <summary>Reads the internal key.</summary>
    /// <exception cref="InvalidOperationException"><c>Serm:InternalKey</c> is missing.</exception>
    public CallerHeaders(IConfiguration configuration) => _key = configuration["Serm:InternalKey"] is { Length: > 0 } key
        ? key
        : throw new InvalidOperationException("Serm:InternalKey is not set: give every service the same long random value.");

    /// <summary>Removes what came from outside under our names, and the caller's credentials, which no service needs; then says who calls.</summary>
    public void Set(HttpRequestHeaders headers, ClaimsPrincipal principal) => Set(headers, principal.Caller());

    /// <inheritdoc cref="Set(HttpRequestHeaders, ClaimsPrincipal)"/>
    public void Set(HttpRequestHeaders headers, Caller caller)
    {
        SetNobody(headers);
        headers.Authorization = null;
        headers.Add(Caller.InternalHeader, _key);
        headers.Add(Caller.WorkspaceHeader, caller.Workspace);
        headers.Add(Caller.UserHeader, Uri.EscapeDataString(caller.User));
        headers.Add(Caller.RoleHeader, caller.Role.Text());
    }

    /// <summary>Removes what came from outside under our names: whoever calls, the service must find out by itself.</summary>
    public static void SetNobody(HttpRequestHeaders headers)
    {
        foreach (var name in headers.NonValidated.Select(h => h.Key).Where(k => k.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).ToList())
        {
            headers.Remove(name);
        }

        headers.Remove("Cookie");
    }

    /// <summary>Says that the gateway itself asks, for documents that belong to no workspace.</summary>
    public void SetInternal(HttpRequestHeaders headers) => headers.Add(Caller.InternalHeader, _key);
}
