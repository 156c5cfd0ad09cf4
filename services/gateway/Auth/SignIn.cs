using System.Net;
using System.Security.Claims;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>Turns a name and a password into a principal, slowly for those who guess.</summary>
internal sealed partial class SignIn(Users users, Passwords passwords, SignInThrottle throttle, ILogger<SignIn> log)
{
    /// <summary>The signed-in principal.</summary>
    /// <exception cref="RuleViolation">401: name or password is wrong, without saying which; 429: too many tries.</exception>
    public async Task<ClaimsPrincipal> CheckAsync(string? name, string? password, IPAddress? address, CancellationToken cancellationToken)
    {
        if (!Names.IsUser(name) || string.IsNullOrEmpty(password) || password.Length > Names.LongestPassword)
        {
            throw Refused();
        }

        await throttle.EnterAsync(name, address, cancellationToken);
        var user = await users.FindAsync(name, cancellationToken);
        var (right, better) = await passwords.CheckAsync(user?.PasswordHash, password, cancellationToken);
        if (user is null || !right)
        {
            LogRefused(log, user?.Id);
            if (user is not null)
            {
                await users.NoteRefusedAsync(user, cancellationToken);
            }

            throw Refused();
        }

        await throttle.ForgetAsync(name, address, cancellationToken);
        if (better is not null)
        {
            await users.SetHashAsync(user.Id, user.PasswordHash, better, cancellationToken);
        }

        await users.NoteSignInAsync(user, cancellationToken);
        LogSignedIn(log, user.Id);
        return Identity.Of(user);
    }

    private static RuleViolation Refused() => new(
        "sign_in_refused",
        "The name or the password is wrong. Check both and try again.",
        StatusCodes.Status401Unauthorized);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message = "User {UserId} signed in")]
    private static partial void LogSignedIn(ILogger log, Guid userId);

    [LoggerMessage(EventId = 202, Level = LogLevel.Warning, Message = "A sign-in was refused; user {UserId}")]
    private static partial void LogRefused(ILogger log, Guid? userId);
}
