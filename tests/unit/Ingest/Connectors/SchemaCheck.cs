using System.Text.Json;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Checks JSON against JSON Schema as networks publish it: types, required members, choices, references within and between files. Members that the schema does not know are told too, as a simulator must not invent any.</summary>
internal sealed class SchemaCheck
{
    private readonly Dictionary<string, JsonElement> files = new(StringComparer.Ordinal);

    /// <summary>What is wrong with a value, by path; nothing when it conforms.</summary>
    /// <param name="file">The schema's file.</param>
    /// <param name="pointer">Where the schema stands in it, such as <c>/definitions/x</c>.</param>
    public List<string> Of(string file, string pointer, JsonElement value)
    {
        var wrong = new List<string>();
        Check(file, At(file, pointer), value, "$", wrong);
        return wrong;
    }

    private void Check(string file, JsonElement schema, JsonElement value, string path, List<string> wrong)
    {
        var parts = new List<(string File, JsonElement Schema)>();
        Gather(file, schema, value, parts);
        if (value.ValueKind == JsonValueKind.Null && parts.Exists(p => Allows(p.Schema, "null") || (p.Schema.TryGetProperty("nullable", out var n) && n.ValueKind == JsonValueKind.True)))
        {
            return;
        }

        foreach (var (_, part) in parts)
        {
            if (part.TryGetProperty("type", out _) && !Allows(part, TypeOf(value)) && !(TypeOf(value) == "integer" && Allows(part, "number")))
            {
                wrong.Add($"{path} is {TypeOf(value)}");
            }

            if (part.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(c => c.ToString() == value.ToString()))
            {
                wrong.Add($"{path} is none of the choices: {value}");
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            Members(parts, value, path, wrong);
        }
        else if (value.ValueKind == JsonValueKind.Array && parts.Where(p => p.Schema.TryGetProperty("items", out _)).ToList() is [var first, ..])
        {
            var at = 0;
            foreach (var element in value.EnumerateArray())
            {
                Check(first.File, first.Schema.GetProperty("items"), element, $"{path}[{at++}]", wrong);
            }
        }
    }

    private void Members(List<(string File, JsonElement Schema)> parts, JsonElement value, string path, List<string> wrong)
    {
        var known = parts.Where(p => p.Schema.TryGetProperty("properties", out _)).SelectMany(p => p.Schema.GetProperty("properties").EnumerateObject().Select(m => (m.Name, p.File, Schema: m.Value))).ToLookup(m => m.Name, StringComparer.Ordinal);
        if (known.Count == 0)
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (known[member.Name].ToList() is [var schema, ..])
            {
                Check(schema.File, schema.Schema, member.Value, $"{path}.{member.Name}", wrong);
            }
            else
            {
                wrong.Add($"{path}.{member.Name} is not in the schema");
            }
        }

        // Draft 3 marks members as required themselves, later drafts list their names.
        var required = known.SelectMany(k => k).Where(m => m.Schema.ValueKind == JsonValueKind.Object && m.Schema.TryGetProperty("required", out var r) && r.ValueKind == JsonValueKind.True).Select(m => m.Name)
            .Concat(parts.Where(p => p.Schema.TryGetProperty("required", out var r) && r.ValueKind == JsonValueKind.Array).SelectMany(p => p.Schema.GetProperty("required").EnumerateArray().Select(n => n.GetString()!)));
        wrong.AddRange(required.Where(name => !value.TryGetProperty(name, out _)).Select(name => $"{path}.{name} is missing"));
    }

    // A schema and all that it is made of; of alternatives the first that fits.
    private void Gather(string file, JsonElement schema, JsonElement value, List<(string File, JsonElement Schema)> parts)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var target = reference.GetString()!.Split('#');
            var other = target[0].Length == 0 ? file : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, target[0]));
            Gather(other, At(other, target[1]), value, parts);
            return;
        }

        parts.Add((file, schema));
        foreach (var all in schema.TryGetProperty("allOf", out var list) ? list.EnumerateArray() : default)
        {
            Gather(file, all, value, parts);
        }

        foreach (var word in (ReadOnlySpan<string>)["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(word, out var choices))
            {
                var fits = choices.EnumerateArray().Where(c => { var wrong = new List<string>(); Check(file, c, value, "$", wrong); return wrong.Count == 0; }).ToList();
                Gather(file, fits is [var first, ..] ? first : choices[0], value, parts);
            }
        }
    }

    private static bool Allows(JsonElement schema, string type) => schema.TryGetProperty("type", out var types)
        && (types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Any(t => t.GetString() == type) : types.GetString() == type);

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };

    private JsonElement At(string file, string pointer)
    {
        if (!files.TryGetValue(file, out var element))
        {
            files[file] = element = JsonElement.Parse(File.ReadAllBytes(file));
        }

        foreach (var part in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            element = element.GetProperty(part.Replace("~1", "/", StringComparison.Ordinal));
        }

        return element;
    }
}
