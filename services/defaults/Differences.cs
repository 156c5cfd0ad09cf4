using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Serm.Defaults;

/// <summary>What is otherwise in a thing after a change, as people read it. Pure.</summary>
/// <remarks>Things that are given here hold no secrets: those lie apart, sealed. Should one get in by its name or in an address all the same, it is not told.</remarks>
public static partial class Differences
{
    /// <summary>UTF-16 characters that are shown of a value.</summary>
    public const int Longest = 300;

    private const string Hidden = "•••";
    private const string Cut = "…";

    // Of what is too long the place is shown where the two part.
    private const int Lead = 60;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The values that differ, in the order of the thing's members, what is new last. An empty list is as none.</summary>
    /// <param name="before">Null for a new thing.</param>
    /// <param name="after">Null for one that is gone.</param>
    /// <param name="without">Members at the top that say nothing to people, such as <c>version</c>.</param>
    public static IReadOnlyList<ChangedField> Of(object? before, object? after, params IReadOnlyCollection<string> without)
    {
        var (old, now) = (Flat(before, without), Flat(after, without));
        return [.. old.Keys.Union(now.Keys, StringComparer.Ordinal).Select(f => Field(f, old.GetValueOrDefault(f), now.GetValueOrDefault(f))).OfType<ChangedField>()];
    }

    /// <summary>One value that a person changed, told without it.</summary>
    public static ChangedField Secret(string field) => new(field, null, null, Secret: true);

    /// <summary>A text as it is shown: what looks like a secret in an address left out, what no text can keep replaced, and shortened.</summary>
    public static string Shown(string text, int longest = Longest) => Shortened(Harmless(text), 0, longest);

    private static ChangedField? Field(string field, string? before, string? after)
    {
        if (before == after)
        {
            return null;
        }

        var (old, now) = (before is null ? null : Harmless(before), after is null ? null : Harmless(after));
        if (SecretName().IsMatch(field) || old == now)
        {
            return Secret(field);
        }

        var apart = old is null || now is null ? 0 : old.AsSpan().CommonPrefixLength(now);
        return new(field, old is null ? null : Shortened(old, apart, Longest), now is null ? null : Shortened(now, apart, Longest));
    }

    private static string Shortened(string text, int apart, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var from = apart > longest - Lead ? Math.Min(apart - Lead, text.Length - longest + 1) : 0;
        from = Math.Max(0, from);
        from += from > 0 && char.IsLowSurrogate(text[from]) ? 1 : 0;
        var room = longest - (from > 0 ? 1 : 0);
        var rest = text.Length - from;
        var to = from + (rest <= room ? rest : room - 1);
        to -= to < text.Length && char.IsLowSurrogate(text[to]) ? 1 : 0;
        return (from > 0 ? Cut : "") + text[from..to] + (to < text.Length ? Cut : "");
    }

    private static string Harmless(string text)
    {
        var made = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value != 0)
            {
                made.Append(rune);
            }
        }

        var whole = made.ToString();
        return whole.Contains("://", StringComparison.Ordinal)
            ? LongSegment().Replace(SecretParameter().Replace(UserInfo().Replace(whole, $"://{Hidden}@"), $"${{name}}{Hidden}"), $"/{Hidden}")
            : whole;
    }

    private static Dictionary<string, string> Flat(object? thing, IReadOnlyCollection<string> without)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in JsonSerializer.SerializeToNode(thing, Json) as JsonObject ?? [])
        {
            if (!without.Contains(name, StringComparer.Ordinal))
            {
                Add(name, value);
            }
        }

        return fields;

        void Add(string name, JsonNode? value)
        {
            if (value is JsonObject members)
            {
                foreach (var (member, inner) in members)
                {
                    Add($"{name}.{member}", inner);
                }
            }
            else if (value is JsonArray list && Named(list) is { } parts)
            {
                foreach (var (part, inner) in parts)
                {
                    Add($"{name}.{part}", inner);
                }
            }
            else if (Text(value) is { Length: > 0 } text)
            {
                fields[name] = text;
            }
        }
    }

    // Things of a list that have names of their own are told one by one.
    private static List<(string Name, JsonObject Part)>? Named(JsonArray list)
    {
        var parts = list.OfType<JsonObject>().Select(o => (Name: o["name"] is JsonValue name && name.TryGetValue<string>(out var text) ? text : null, Part: o)).ToList();
        return list.Count > 0 && parts.Count == list.Count && parts.TrueForAll(p => p.Name is { Length: > 0 }) && parts.DistinctBy(p => p.Name, StringComparer.Ordinal).Count() == parts.Count
            ? parts.ConvertAll(p => (p.Name!, p.Part))
            : null;
    }

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonArray list => string.Join(list.Any(v => v is JsonObject) ? "; " : ", ", list.Select(Text)),
        JsonObject members => string.Join(", ", members.Where(m => m.Value is not null).Select(m => SecretName().IsMatch(m.Key) ? $"{m.Key}: {Hidden}" : $"{m.Key}: {Text(m.Value)}")),
        JsonValue leaf when leaf.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };

    [GeneratedRegex(@"passw|passphrase|secret|token|bearer|api_?key|access_?key|private_?key|signing_?key|credentials?(?:\.|$)|authorization|cookie|sealed", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"://[^/?#\s@]+@", RegexOptions.None, 1000)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"(?<name>[?&#;][\w.\[\]-]*(?:key|token|secret|sig|pass|pwd|auth|code|cred|session)[\w.\[\]-]*=)[^&#;\s]+", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SecretParameter();

    // No name is so long without a break and has digits among its letters.
    [GeneratedRegex(@"/(?=[A-Za-z_]*[0-9])(?=[0-9_]*[A-Za-z])[A-Za-z0-9_]{20,}(?=[/?#\s]|$)", RegexOptions.None, 1000)]
    private static partial Regex LongSegment();
}
