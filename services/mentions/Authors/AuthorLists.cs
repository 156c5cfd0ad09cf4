using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>The lists that an author can be on.</summary>
internal static class AuthorLists
{
    /// <summary>Counts for more: rules can ask for it.</summary>
    public const string Vip = "vip";

    /// <summary>What they write goes to the filtered view.</summary>
    public const string Ignore = "ignore";

    /// <summary>On no list.</summary>
    public const string None = "none";

    /// <summary>The list, or a refusal.</summary>
    public static string Known(string? list, string field) => list is Vip or Ignore
        ? list
        : throw RuleViolation.Invalid(field, "value_unknown", $"The lists are {Vip} and {Ignore}.");
}
