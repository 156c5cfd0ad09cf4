using Microsoft.AspNetCore.Components.Authorization;
using Npgsql;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Pages;

/// <summary>To whom mentions can be given: what is given to somebody who is not there would be nobody's, and look like somebody's.</summary>
internal sealed class Colleagues(Users users, AuthenticationStateProvider who)
{
    /// <summary>The names of those who triage in this workspace; none while the database does not say: then any name is taken, as over the API.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        try
        {
            var workspace = (await who.GetAuthenticationStateAsync()).User.Caller().Workspace;
            return [.. (await users.ListAsync(workspace, CancellationToken.None)).Where(u => Access.Roles[Access.Triage].Contains(u.Role)).Select(u => u.Name)];
        }
        catch (NpgsqlException)
        {
            return [];
        }
    }
}
