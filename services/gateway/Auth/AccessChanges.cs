using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>What admins read of who may get in: users, their sign-ins, API keys. Pure. Neither a password nor a key is ever in it.</summary>
internal static class AccessChanges
{
    /// <summary>Where they are kept.</summary>
    public const string Schema = "gateway";

    /// <summary>Who did what an operator did beside the server.</summary>
    public const string CommandLine = "command line";

    // Who gives a wrong password is not known to be anybody.
    private const string Somebody = "not signed in";

    public static ChangeRow UserAdded(User user, string by) => Of("user.added", user, by, user.CreatedAt, Differences.Of(null, new { Role = user.Role.Text() }));

    public static ChangeRow UserRemoved(User user, string by, DateTimeOffset now) => Of("user.removed", user, by, now, Differences.Of(new { Role = user.Role.Text() }, null));

    public static ChangeRow RoleChanged(User user, Role role, string by, DateTimeOffset now) => Of("user.role_changed", user, by, now, Differences.Of(new { Role = user.Role.Text() }, new { Role = role.Text() }));

    public static ChangeRow PasswordSet(User user, string by, DateTimeOffset now) => Of("user.password_changed", user, by, now, [Differences.Secret("password")]);

    public static ChangeRow SessionsEnded(User user, string by, DateTimeOffset now) => Of("user.sessions_ended", user, by, now, []);

    public static ChangeRow SignedIn(User user, DateTimeOffset now) => Of("user.signed_in", user, user.Name, now, []);

    public static ChangeRow SignInRefused(User user, DateTimeOffset now) => Of("user.sign_in_refused", user, Somebody, now, []);

    public static ChangeRow KeyAdded(ApiKey key) => Of("key.added", key, key.CreatedBy, key.CreatedAt, Differences.Of(null, new { Role = key.Role.Text(), key.ExpiresAt }));

    public static ChangeRow KeyRevoked(ApiKey key, string by, DateTimeOffset now) => Of("key.revoked", key, by, now, Differences.Of(new { Role = key.Role.Text(), key.ExpiresAt }, null));

    private static ChangeRow Of(string kind, User user, string by, DateTimeOffset at, IReadOnlyList<ChangedField> fields) => ChangeRow.Of(kind, user.Id, user.Name, by, at, fields, adminsOnly: true);

    private static ChangeRow Of(string kind, ApiKey key, string by, DateTimeOffset at, IReadOnlyList<ChangedField> fields) => ChangeRow.Of(kind, key.Id, key.Name, by, at, fields, adminsOnly: true);
}
