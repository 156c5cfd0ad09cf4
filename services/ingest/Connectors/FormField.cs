using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Serm.Ingest.Connectors;

/// <summary>What a field of a source's form takes.</summary>
public enum FieldType
{
    /// <summary>One line.</summary>
    Text = 0,

    /// <summary>A number.</summary>
    Number = 1,

    /// <summary>An absolute http(s) address.</summary>
    Url = 2,

    /// <summary>One of <see cref="FormField.Choices"/>.</summary>
    Choice = 3,

    /// <summary>Any number of lines.</summary>
    List = 4,

    /// <summary>Yes or no.</summary>
    Flag = 5,

    /// <summary>A day, as <c>2026-12-31</c>.</summary>
    Date = 6,
}

/// <summary>A field of the form by which a source is added, made from the property of an options class.</summary>
/// <param name="Name">In <c>options</c>, or in <c>credentials</c> when <paramref name="Secret"/>.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Help">What to enter, and where it is found; null when the label says all.</param>
/// <param name="Type">What it takes.</param>
/// <param name="Required">It cannot be left out.</param>
/// <param name="Secret">A credential: encrypted at rest, never returned.</param>
/// <param name="Advanced">Most people leave it as it is.</param>
/// <param name="Default">What holds when it is left out, as text; null for nothing.</param>
/// <param name="Min">Least number; null for none.</param>
/// <param name="Max">Greatest number, or greatest length of a text or list; null for none.</param>
/// <param name="Choices">What can be chosen; null when it is no choice.</param>
public sealed record FormField(string Name, string Label, string? Help, FieldType Type, bool Required, bool Secret, bool Advanced, string? Default, double? Min, double? Max, IReadOnlyList<string>? Choices)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<FormField>> Known = new();

    // Few networks say when credentials end: the person who made them knows.
    private static readonly FormField CredentialsEnd = new(Settings.EndName, "Credentials end on", "Only if they end: Serm says so a week before that day. Where the network tells the day itself, the earlier one counts.", FieldType.Date, false, false, false, null, null, null, null);

    /// <summary>The fields of an options class, in its order; one with credentials has a field for the day on which they end.</summary>
    internal static IReadOnlyList<FormField> Of(Type options) => Known.GetOrAdd(options, static type =>
    {
        var fresh = Activator.CreateInstance(type);
        var fields = type.GetProperties().Where(p => p.CanWrite).Select(p => Of(p, p.GetValue(fresh))).ToList();
        if (fields.FindLastIndex(f => f.Secret) is >= 0 and var last)
        {
            fields.Insert(last + 1, CredentialsEnd);
        }

        return fields;
    });

    private static FormField Of(PropertyInfo property, object? value)
    {
        var display = property.GetCustomAttribute<DisplayAttribute>();
        var range = property.GetCustomAttribute<RangeAttribute>();
        var choices = property.GetCustomAttribute<AllowedValuesAttribute>()?.Values.OfType<string>().ToList();
        return new(
            JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            display?.Name ?? property.Name,
            display?.Description,
            TypeOf(property, choices),
            property.GetCustomAttribute<RequiredAttribute>() is not null,
            property.GetCustomAttribute<SecretAttribute>() is not null,
            property.GetCustomAttribute<AdvancedAttribute>() is not null,
            (value is string[] lines ? string.Join('\n', lines) : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)) is { Length: > 0 } text ? text : null,
            range is null ? null : Convert.ToDouble(range.Minimum, System.Globalization.CultureInfo.InvariantCulture),
            range is null ? property.GetCustomAttribute<MaxLengthAttribute>()?.Length : Convert.ToDouble(range.Maximum, System.Globalization.CultureInfo.InvariantCulture),
            choices);
    }

    private static FieldType TypeOf(PropertyInfo property, List<string>? choices) => property.PropertyType switch
    {
        _ when choices is not null => FieldType.Choice,
        var t when t == typeof(string) => property.GetCustomAttribute<UrlAttribute>() is null ? FieldType.Text : FieldType.Url,
        var t when t == typeof(bool) => FieldType.Flag,
        var t when t == typeof(string[]) => FieldType.List,
        var t when (Nullable.GetUnderlyingType(t) ?? t) is var n && (n == typeof(int) || n == typeof(long) || n == typeof(decimal) || n == typeof(double)) => FieldType.Number,
        _ => throw new InvalidOperationException($"{property.DeclaringType!.Name}.{property.Name} has a type that no form field stands for."),
    };
}
