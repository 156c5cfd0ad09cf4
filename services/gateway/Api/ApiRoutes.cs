using Microsoft.AspNetCore.Routing.Template;
using Serm.Defaults;
using Serm.Gateway.Auth;
using Yarp.ReverseProxy.Configuration;

namespace Serm.Gateway.Api;

/// <summary>Which path of a service the outside can reach, and with which roles.</summary>
internal sealed class ApiRoutes(IProxyConfigProvider proxy)
{
    /// <summary>The roles that reach a path of a service, lowest first; null when no route leads there.</summary>
    /// <param name="service">The cluster.</param>
    /// <param name="method">Upper case.</param>
    /// <param name="path">A path template such as <c>/api/brands/{id}</c>.</param>
    public IReadOnlyList<Role>? RolesOf(string service, string method, string path)
    {
        var route = proxy.GetConfig().Routes
            .Where(r => r.Match.Methods?.Contains(method, StringComparer.OrdinalIgnoreCase) ?? true)
            .Where(r => Matches(r.Match.Path!, path))
            .OrderBy(r => r.Order ?? 0)
            .ThenBy(r => r.Match.Path!.Contains("{**", StringComparison.Ordinal))
            .FirstOrDefault();

        // What networks call without a key (/hooks) is no part of the API.
        return route is not null && string.Equals(route.ClusterId, service, StringComparison.Ordinal) ? Access.Roles.GetValueOrDefault(route.AuthorizationPolicy!) : null;
    }

    private static bool Matches(string template, string path) => new TemplateMatcher(TemplateParser.Parse(template), []).TryMatch(path, []);
}
