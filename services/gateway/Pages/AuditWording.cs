using Microsoft.Extensions.Localization;

namespace Serm.Gateway.Pages;

/// <summary>Changes as people say them.</summary>
internal static class AuditWording
{
    private const string KeyMark = "key:";

    /// <summary>Who did it: a person's name, a key's, or what goes by itself.</summary>
    public static string WhoOf(this IStringLocalizer<Texts> l, string by) => by.StartsWith(KeyMark, StringComparison.Ordinal)
        ? l["Audit.Key", by[KeyMark.Length..]]
        : l[$"AuditBy.{by}"] is { ResourceNotFound: false } itself ? itself.Value : by;

    /// <summary>What was changed; a member of a member as the members are called, and what nobody has a word for as the API calls it.</summary>
    public static string FieldOf(this IStringLocalizer<Texts> l, string field) => l[$"AuditField.{field}"] is { ResourceNotFound: false } whole
        ? whole.Value
        : string.Join(" · ", field.Split('.').Select(part => l[$"AuditField.{part}"] is { ResourceNotFound: false } text ? text.Value : part));
}
