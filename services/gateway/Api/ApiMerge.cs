using System.Text.Json.Nodes;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Api;

/// <summary>Puts the descriptions of the services together.</summary>
internal static class ApiMerge
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];

    /// <summary>One document of all.</summary>
    /// <param name="own">The gateway's description.</param>
    /// <param name="parts">Each service's, by name; null for one that says nothing.</param>
    /// <param name="routes">What the outside reaches.</param>
    public static JsonObject Merge(JsonObject own, IReadOnlyDictionary<string, JsonObject?> parts, ApiRoutes routes)
    {
        var paths = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        var schemas = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        var events = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (service, part) in parts.Prepend(new("gateway", own)).Where(p => p.Value is not null))
        {
            SayNullOnce(part!["components"]?["schemas"]?.AsObject());
            Rename(service, part!, schemas);
            foreach (var (path, item) in part!["paths"]?.AsObject() ?? [])
            {
                foreach (var method in Methods.Where(m => item![m] is not null))
                {
                    var operation = item![method]!.AsObject();
                    var roles = service is "gateway" ? null : routes.RolesOf(service, method.ToUpperInvariant(), path);
                    if (service is "gateway" || roles is not null)
                    {
                        var whole = paths.TryGetValue(path, out var there) ? there!.AsObject() : [];
                        whole[method] = ApiWords.Complete(operation.DeepClone().AsObject(), service, method, path, roles?.Select(r => r.Text()).ToArray());
                        paths[path] = whole;
                    }
                }
            }

            foreach (var (type, told) in part!["webhooks"]?.AsObject() ?? [])
            {
                events[type] = told!.DeepClone();
            }
        }

        KeepUsed(paths.Values.Concat(events.Values), schemas);
        schemas["ProblemDetails"] = ApiWords.Problem();
        var missing = parts.Where(p => p.Value is null).Select(p => (JsonNode?)p.Key).ToArray();
        var whole2 = ApiWords.Frame();
        if (missing.Length > 0)
        {
            whole2["x-serm-missing"] = new JsonArray(missing);
        }

        whole2["paths"] = new JsonObject(paths);
        if (events.Count > 0)
        {
            whole2["webhooks"] = new JsonObject(events);
        }

        var components = whole2["components"]!.AsObject();
        components["schemas"] = new JsonObject(schemas.ToDictionary(s => s.Key, s => s.Value?.DeepClone(), StringComparer.Ordinal));
        return whole2;
    }

    // Two services may each have a type of the same name: the later one gets its service's name in front, everywhere in its part. What speaks of a renamed type differs by that, and is renamed in turn.
    private static void Rename(string service, JsonObject part, SortedDictionary<string, JsonNode?> schemas)
    {
        if (part["components"]?["schemas"] is not JsonObject mine)
        {
            return;
        }

        while (mine.FirstOrDefault(s => schemas.TryGetValue(s.Key, out var there) && !JsonNode.DeepEquals(there, s.Value)) is { Key: { } name })
        {
            var final = char.ToUpperInvariant(service[0]) + service[1..] + name;
            mine[final] = mine[name]?.DeepClone();
            mine.Remove(name);
            Redirect(part, $"#/components/schemas/{name}", $"#/components/schemas/{final}");
        }

        foreach (var (name, schema) in mine)
        {
            schemas[name] = schema?.DeepClone();
        }
    }

    // Where a member may be null, the member says so. A type that says it too, as the first to speak of it was such a member, takes null everywhere, and there null is two of one.
    private static void SayNullOnce(JsonObject? schemas)
    {
        foreach (var values in (schemas ?? []).Select(s => s.Value?["enum"]).OfType<JsonArray>())
        {
            for (var i = values.Count - 1; i >= 0; i--)
            {
                if (values[i] is null)
                {
                    values.RemoveAt(i);
                }
            }
        }
    }

    private static void Redirect(JsonNode? node, string from, string to)
    {
        switch (node)
        {
            case JsonObject map:
                if (map["$ref"] is JsonValue value && value.GetValue<string>() == from)
                {
                    map["$ref"] = to;
                }

                foreach (var (_, child) in map.ToList())
                {
                    Redirect(child, from, to);
                }

                break;
            case JsonArray list:
                foreach (var child in list)
                {
                    Redirect(child, from, to);
                }

                break;
        }
    }

    // What neither a reachable path nor an event speaks of is left out.
    private static void KeepUsed(IEnumerable<JsonNode?> speaking, SortedDictionary<string, JsonNode?> schemas)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<JsonNode?>(speaking);
        while (open.TryDequeue(out var node))
        {
            foreach (var name in References(node))
            {
                if (used.Add(name) && schemas.TryGetValue(name, out var schema))
                {
                    open.Enqueue(schema);
                }
            }
        }

        foreach (var name in schemas.Keys.Where(n => !used.Contains(n)).ToList())
        {
            schemas.Remove(name);
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => m.Key is "$ref" && m.Value is JsonValue v ? [v.GetValue<string>().Split('/')[^1]] : References(m.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
