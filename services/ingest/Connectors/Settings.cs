using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serm.Defaults;

namespace Serm.Ingest.Connectors;

/// <summary>Marks an option as a credential: encrypted at rest, never returned.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;

/// <summary>Marks an option that most people leave as it is.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AdvancedAttribute : Attribute;

/// <summary>Marks an option that says what is sent, and not what is read: with another value it is the same source.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SendsAttribute : Attribute;

/// <summary>Marks an option that says to which server credentials are sent, beside those that are addresses.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ServerAttribute : Attribute;

/// <summary>The options and credentials of a source, as a connector's own class sees them: a public class with settable properties, whose attributes (<c>Display</c>, <c>Required</c>, <c>Range</c>, <c>MaxLength</c>, <c>AllowedValues</c>, <c>Url</c>, <see cref="SecretAttribute"/>) are the form and its checks.</summary>
internal sealed class Settings
{
    /// <summary>The option that every kind with credentials has: the day on which they end.</summary>
    public const string EndName = "credentialsEnd";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly ConcurrentDictionary<Type, object> read = new();
    private readonly JsonObject values;

    private Settings(JsonObject values) => this.values = values;

    /// <summary>None.</summary>
    public static Settings Empty => new([]);

    /// <summary>Puts stored options and credentials together. What was valid when it was stored is not checked again.</summary>
    public static Settings Of(string? options, string? secrets)
    {
        var all = Object(options);
        foreach (var (name, value) in Object(secrets))
        {
            all[name] = value?.DeepClone();
        }

        return new(all);
    }

    /// <summary>The day on which a person said that the credentials end, in UTC; null for none.</summary>
    public static DateTimeOffset? EndOf(string? options) => options?.Contains(EndName, StringComparison.Ordinal) == true ? Day(Object(options)[EndName]) : null;

    /// <summary>The values in their class.</summary>
    public T As<T>()
        where T : class, new() => (T)read.GetOrAdd(typeof(T), _ => values.Deserialize<T>(Json) ?? new T());

    /// <summary>True when these bring the same posts as <paramref name="others"/>: credentials and what is asked for are the same, written out or left at their defaults. How fast and how far back is asked, and what is sent, makes no difference.</summary>
    public bool BringTheSame(Settings others, ConnectorCard card)
    {
        var (ours, theirs) = (values.Deserialize(card.Options, Json), others.values.Deserialize(card.Options, Json));
        return Array.TrueForAll(card.Options.GetProperties(), p => p.IsDefined(typeof(AdvancedAttribute), false) || p.IsDefined(typeof(SendsAttribute), false) || IsSame(p.GetValue(ours), p.GetValue(theirs)));

        static bool IsSame(object? one, object? other) => (one, other) switch
        {
            (string[] some, string[] more) => some.ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(more),
            (string text, string more) => text.TrimEnd('/') == more.TrimEnd('/'),
            _ => Equals(one, other),
        };
    }

    /// <summary>Stands for the credentials without giving them away: sources with the same ones share the network's limits.</summary>
    public string Bucket(ConnectorCard card)
    {
        var secrets = FormField.Of(card.Options).Where(f => f.Secret || f.Type == FieldType.Url).Select(f => values[f.Name]?.ToJsonString() ?? "");
        return $"{card.Kind}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', secrets))))[..16]}";
    }

    /// <summary>Checks what a person gave, and parts options from credentials.</summary>
    /// <param name="card">The kind.</param>
    /// <param name="options">Options as given; credentials in it are refused.</param>
    /// <param name="credentials">Credentials as given; those that are left out stay as <paramref name="known"/> has them.</param>
    /// <param name="known">The credentials that are stored; null for none.</param>
    /// <param name="before">The options that they were entered with; null for the defaults.</param>
    /// <exception cref="RuleViolation">Names the field, as <c>options.terms</c>, and the remedy.</exception>
    public static (string Options, string? Secrets) Check(ConnectorCard card, JsonElement? options, JsonElement? credentials, string? known, string? before = null)
    {
        var fields = FormField.Of(card.Options);
        var plain = Part(fields.Where(f => !f.Secret), options, "options");
        var secret = Object(known);
        var given = Part(fields.Where(f => f.Secret), credentials, "credentials");
        var kept = fields.FirstOrDefault(f => secret.ContainsKey(f.Name) && !given.ContainsKey(f.Name));
        foreach (var (name, value) in given)
        {
            secret[name] = value?.DeepClone();
        }

        var all = (JsonObject)plain.DeepClone();
        foreach (var (name, value) in secret)
        {
            all[name] = value?.DeepClone();
        }

        var typed = Validate(card, fields, all);
        if (kept is not null && OtherServer(card, fields, Object(before).Deserialize(card.Options, Json)!, typed) is { } other)
        {
            // Who may change a source without knowing its credentials must not have them sent to a server of their own.
            throw RuleViolation.Invalid(Path(kept, "credentials"), "credentials_again", $"\"{other.Label}\" is not what these credentials were entered for: enter \"{kept.Label}\" again, or leave \"{other.Label}\" as it was.");
        }

        return (plain.ToJsonString(), secret.Count == 0 ? null : secret.ToJsonString());
    }

    private static JsonObject Part(IEnumerable<FormField> fields, JsonElement? given, string part)
    {
        var known = fields.Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var result = new JsonObject();
        if (given is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } there)
        {
            return result;
        }

        if (there.ValueKind != JsonValueKind.Object)
        {
            throw RuleViolation.Invalid(part, "option_invalid", $"Give {part} as an object, such as {{\"name\": \"value\"}}.");
        }

        foreach (var member in there.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                throw RuleViolation.Invalid($"{part}.{member.Name}", "option_unknown", known.Count == 0 ? $"This kind takes no {part}." : $"There is no \"{member.Name}\" here. Known: {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }

            if (member.Value.ValueKind != JsonValueKind.Null && !(member.Value.ValueKind == JsonValueKind.String && member.Value.Said().Length == 0))
            {
                result[member.Name] = JsonNode.Parse(member.Value.Whole());
            }
        }

        return result;
    }

    private static DateTimeOffset? Day(JsonNode? written) => written is JsonValue value && value.TryGetValue<string>(out var text) && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero)
        : null;

    private static FormField? OtherServer(ConnectorCard card, IReadOnlyList<FormField> fields, object before, object now)
    {
        var changed = Array.Find(card.Options.GetProperties(), p => (p.IsDefined(typeof(UrlAttribute), false) || p.IsDefined(typeof(ServerAttribute), false)) && Text(p.GetValue(before)) != Text(p.GetValue(now)));
        return changed is null ? null : fields.Single(f => f.Name == JsonNamingPolicy.CamelCase.ConvertName(changed.Name));

        static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture)!.TrimEnd('/');
    }

    private static object Validate(ConnectorCard card, IReadOnlyList<FormField> fields, JsonObject all)
    {
        if (all[EndName] is { } end && Day(end) is null)
        {
            throw RuleViolation.Invalid($"options.{EndName}", "option_invalid", "Write the day on which the credentials end as 2026-12-31.");
        }

        object typed;
        try
        {
            typed = all.Deserialize(card.Options, Json)!;
        }
        catch (JsonException e)
        {
            var field = fields.FirstOrDefault(f => e.Path?.StartsWith($"$.{f.Name}", StringComparison.Ordinal) == true);
            throw RuleViolation.Invalid(Path(field, "options"), "option_invalid", field is null ? "The options are not of the expected form." : $"\"{field.Label}\" is a {field.Type.ToString().ToLowerInvariant()}.");
        }

        var wrong = new List<ValidationResult>();
        if (!Validator.TryValidateObject(typed, new ValidationContext(typed), wrong, validateAllProperties: true))
        {
            var name = wrong[0].MemberNames.FirstOrDefault() is { } member ? JsonNamingPolicy.CamelCase.ConvertName(member) : null;
            var field = fields.FirstOrDefault(f => f.Name == name);
            throw RuleViolation.Invalid(Path(field, name ?? "options"), field is { Required: true } && all[field.Name] is null ? "option_missing" : "option_invalid", wrong[0].ErrorMessage ?? "This value cannot be taken.");
        }

        return typed;
    }

    private static string Path(FormField? field, string otherwise) => field is null ? otherwise : $"{(field.Secret ? "credentials" : "options")}.{field.Name}";

    private static JsonObject Object(string? json) => json is null ? [] : JsonNode.Parse(json) as JsonObject ?? [];
}
