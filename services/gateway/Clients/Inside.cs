using System.Text.Json;
using Microsoft.AspNetCore.Components.Authorization;
using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Clients;

/// <summary>What the gateway itself does for an admin's page. It refuses as a service does.</summary>
internal sealed class Inside(AuthenticationStateProvider authentication, Users users)
{
    /// <summary>Reads in the name of the admin whose page this is, or where <paramref name="least"/> says so of a manager.</summary>
    /// <exception cref="Refusal">Who asks may not any more, what they ask for is refused, or a server does not answer.</exception>
    public Task<T> ReadAsync<T>(Func<Caller, Task<T>> work, CancellationToken cancellationToken, Role least = Role.Admin) =>
        RunAsync(work, least, Refusal.Unreachable, "The database or the broker does not answer. Nothing was changed; try again shortly.", cancellationToken);

    /// <summary>Changes something in the name of the admin whose page this is.</summary>
    /// <exception cref="Refusal">Who asks is no admin any more, what they ask for is refused, or a server does not answer.</exception>
    public Task<T> DoAsync<T>(Func<Caller, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(work, Role.Admin, Refusal.OutcomeUnknown, "The database or the broker does not answer. It may be done all the same: look before you repeat.", cancellationToken);

    /// <inheritdoc cref="DoAsync{T}"/>
    public Task DoAsync(Func<Caller, Task> work, CancellationToken cancellationToken) => DoAsync(
        async c =>
        {
            await work(c);
            return true;
        },
        cancellationToken);

    private async Task<T> RunAsync<T>(Func<Caller, Task<T>> work, Role least, string code, string silent, CancellationToken cancellationToken)
    {
        try
        {
            return await work(await WhoAsync(least, cancellationToken));
        }
        catch (RuleViolation e)
        {
            throw new Refusal(e.Status, e.Code, e.Message, JsonSerializer.SerializeToElement(new { field = e.Field }));
        }
        catch (Exception e) when (Transient.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            throw new Refusal(0, code, silent);
        }
    }

    // An open page is looked at every few seconds only: what it does here is refused as soon as a call of the API would be.
    private async Task<Caller> WhoAsync(Role least, CancellationToken cancellationToken)
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        if (user.IsSession() && !await users.IsCurrentAsync(user, cancellationToken))
        {
            throw Refusals.Unauthorized(Refusals.SessionExpired);
        }

        return user.Caller() is var caller && caller.Role >= least ? caller : throw new RuleViolation("role_too_low", $"This takes the role {least.Text()}.", StatusCodes.Status403Forbidden);
    }
}
