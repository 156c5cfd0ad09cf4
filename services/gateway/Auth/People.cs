using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>What admins do with the users and API keys of their workspace: the same over the API and on the page. Tests of pages put another in its place, as they have no database.</summary>
internal class People(Users users, ApiKeys keys, Passwords passwords, SignInThrottle throttle, TimeProvider clock)
{
    public virtual async Task<IReadOnlyList<UserView>> UsersAsync(Caller admin, CancellationToken cancellationToken) =>
        [.. (await users.ListAsync(admin.Workspace, cancellationToken)).Select(View)];

    /// <summary>Adds a user.</summary>
    /// <exception cref="RuleViolation">The name, the role or the password cannot be taken.</exception>
    public virtual async Task<AddedUser> AddUserAsync(Caller admin, AddUser body, CancellationToken cancellationToken)
    {
        var name = Names.User(body.Name);
        var role = Names.Role(body.Role);
        var password = Password(body.Password, name);
        var user = new User(Guid.CreateVersion7(), name, admin.Workspace, role, passwords.Hash(password), Users.NewStamp(), clock.GetUtcNow());
        await users.AddAsync(user, onlyFirstAdmin: false, admin.User, cancellationToken);
        return new AddedUser(View(user), body.Password is null ? password : null);
    }

    /// <summary>Gives a user another role and ends their sessions.</summary>
    /// <exception cref="RuleViolation">There is no such user, or it is the last admin.</exception>
    public virtual async Task<UserView> SetRoleAsync(Caller admin, Guid id, Role role, CancellationToken cancellationToken)
    {
        var user = await FindAsync(admin, id, cancellationToken);

        // Who has it already is not signed out for it.
        return user.Role == role || await users.SetRoleAsync(user, role, admin.User, cancellationToken) ? View(user with { Role = role }) : throw LastAdmin();
    }

    /// <summary>Gives a user a new password and ends their sessions.</summary>
    /// <returns>The password when it was made up; null when one was given.</returns>
    /// <exception cref="RuleViolation">There is no such user, or the password cannot be taken.</exception>
    public virtual async Task<string?> ResetPasswordAsync(Caller admin, Guid id, string? given, CancellationToken cancellationToken)
    {
        var user = await FindAsync(admin, id, cancellationToken);
        var password = Password(given, user.Name);
        await users.SetPasswordAsync(user, passwords.Hash(password), Users.NewStamp(), admin.User, cancellationToken);
        await throttle.ForgetNameAsync(user.Name, cancellationToken);
        return given is null ? password : null;
    }

    /// <summary>Ends all sessions of a user.</summary>
    /// <exception cref="RuleViolation">There is no such user.</exception>
    public virtual async Task SignOutAsync(Caller admin, Guid id, CancellationToken cancellationToken) =>
        await users.EndSessionsAsync(await FindAsync(admin, id, cancellationToken), admin.User, cancellationToken);

    /// <summary>Removes a user and ends their sessions.</summary>
    /// <exception cref="RuleViolation">There is no such user, or it is the last admin.</exception>
    public virtual async Task RemoveAsync(Caller admin, Guid id, CancellationToken cancellationToken)
    {
        if (!await users.RemoveAsync(await FindAsync(admin, id, cancellationToken), admin.User, cancellationToken))
        {
            throw LastAdmin();
        }
    }

    public virtual async Task<IReadOnlyList<KeyView>> KeysAsync(Caller admin, CancellationToken cancellationToken) =>
        [.. (await keys.ListAsync(admin.Workspace, cancellationToken)).Select(View)];

    /// <summary>Makes a key.</summary>
    /// <exception cref="RuleViolation">The name, the role or the time cannot be taken.</exception>
    public virtual async Task<AddedKey> AddKeyAsync(Caller admin, AddKey body, CancellationToken cancellationToken)
    {
        var name = Names.Key(body.Name);
        var role = Names.Role(body.Role);
        if (body.ExpiresAt <= clock.GetUtcNow())
        {
            throw RuleViolation.Invalid("expiresAt", "expiry_past", "The key would be expired already. Give a later time, or none.");
        }

        var (key, secret) = await keys.CreateAsync(name, admin.Workspace, role, admin.User, body.ExpiresAt?.ToUniversalTime(), cancellationToken);
        return new AddedKey(View(key), secret);
    }

    /// <summary>Revokes a key.</summary>
    /// <exception cref="RuleViolation">There is no such key.</exception>
    public virtual async Task RevokeAsync(Caller admin, Guid id, CancellationToken cancellationToken)
    {
        if (!await keys.RevokeAsync(id, admin.Workspace, admin.User, cancellationToken))
        {
            throw RuleViolation.NotFound("key");
        }
    }

    private static string Password(string? given, string name) => given is null ? Secrets.Base62(15) : Names.Password(given, "password", name);

    private static RuleViolation LastAdmin() => new("last_admin", "This is the last admin of the workspace. Add another admin first.");

    private static UserView View(User user) => new(user.Id, user.Name, user.Role, user.CreatedAt, user.LastSignInAt);

    private static KeyView View(ApiKey key) => new(key.Id, key.Name, key.Role, key.CreatedBy, key.CreatedAt, key.ExpiresAt, key.LastUsedAt);

    private async Task<User> FindAsync(Caller admin, Guid id, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is { } user && string.Equals(user.Workspace, admin.Workspace, StringComparison.Ordinal) ? user : throw RuleViolation.NotFound("user");
}
