using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>What people, keys and workspaces may be called, and what a password and a role must be.</summary>
internal static partial class Names
{
    public const int ShortestPassword = 10;
    public const int LongestPassword = 256;

    /// <summary>True for what a user can be called.</summary>
    public static bool IsUser([NotNullWhen(true)] string? name) => name is not null && UserPattern().IsMatch(name);

    /// <summary>A user's name: 1 to 64 letters, digits and <c>. _ - + @</c>, so that an e-mail address will do.</summary>
    public static string User(string? name) =>
        IsUser(name)
            ? name
            : throw RuleViolation.Invalid("name", "name_invalid", "A user name has 1 to 64 letters (a to z), digits or . _ - + @ characters.");

    /// <summary>A key's name: 1 to 100 printable characters.</summary>
    public static string Key(string? name) =>
        name?.Trim() is { Length: >= 1 and <= 100 } trimmed && !trimmed.Any(char.IsControl)
            ? trimmed
            : throw RuleViolation.Invalid("name", "name_invalid", "Give the key a name of 1 to 100 characters that says what uses it.");

    /// <summary>A role that was given. None is guessed: who forgets it would get the rights of another.</summary>
    public static Role Role(Role? role) =>
        role ?? throw RuleViolation.Invalid("role", "role_missing", $"role is missing. Give one of {string.Join(", ", Enum.GetValues<Role>().Select(r => r.Text()))}.");

    /// <summary>A workspace: 1 to 40 lower-case letters, digits and hyphens.</summary>
    public static string Workspace(string? workspace) =>
        workspace is not null && WorkspacePattern().IsMatch(workspace)
            ? workspace
            : throw RuleViolation.Invalid("workspace", "workspace_invalid", "A workspace has 1 to 40 lower-case letters, digits or hyphens, and starts with a letter or digit.");

    /// <summary>A new password. Length is what counts (NIST SP 800-63B, 3.1.1.2): no rules about kinds of characters.</summary>
    public static string Password(string? password, string field, string name)
    {
        if (password is null || password.Length < ShortestPassword || password.Length > LongestPassword)
        {
            throw RuleViolation.Invalid(field, "password_length", $"A password has {ShortestPassword} to {LongestPassword} characters.");
        }

        return password.Contains(name, StringComparison.OrdinalIgnoreCase) && name.Length >= 4
            ? throw RuleViolation.Invalid(field, "password_has_name", "The password contains the user name. Choose another one.")
            : password;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._+@-]{1,64}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,39}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex WorkspacePattern();
}
