using System.Text.Json.Nodes;

namespace Serm.Gateway.Api;

/// <summary>What holds for the whole API and no service could say alone: sign-in, errors, limits, examples.</summary>
internal static class ApiWords
{
    private static readonly (string Name, string Status, string What)[] Errors =
    [
        ("BadRequest", "400", "The request cannot be taken; `field` names what is wrong."),
        ("Unauthorized", "401", "Nobody is signed in, the name or password is wrong, or the key is unknown, revoked or expired."),
        ("Forbidden", "403", "The role is too low, or a browser sent it for another site."),
        ("NotFound", "404", "There is no such thing in this workspace."),
        ("Conflict", "409", "A rule of the domain forbids it now; `code` says which."),
        ("Gone", "410", "It is not kept any more; the answer says from where on it is."),
        ("VersionConflict", "412", "It was changed in the meantime; `version` is the new one."),
        ("TooLarge", "413", "The body is too large."),
        ("NotJson", "415", "The body is of another type than the call takes."),
        ("Unprocessable", "422", "It was understood, and something in it fails; the answer says what and how to have it taken all the same."),
        ("VersionRequired", "428", "If-Match is missing."),
        ("TooMany", "429", "Too many requests; wait for the seconds in Retry-After."),
        ("OutcomeUnknown", "502", "A service or server behind the gateway broke off; it may have done the work: look before you repeat."),
        ("Unavailable", "503", "A service or server behind the gateway does not answer; nothing was changed: try again after Retry-After."),
        ("TimedOut", "504", "A service did not answer in time; it may have done the work: look before you repeat."),
    ];

    private static readonly (string Name, string What)[] Tags =
    [
        ("Brands", "What is listened for"),
        ("Sources", "Where is listened"),
        ("Ingest", "Pushing posts from own systems"),
        ("Mentions", "The inbox and the work on it"),
        ("Stories", "Tellings of the same thing, and how they spread"),
        ("Authors", "Who starts negativity, and who spreads it"),
        ("SLA", "How soon mentions are answered"),
        ("Automation", "Rules of the house: what goes by itself"),
        ("Views", "Saved views of the inbox"),
        ("Dynamics", "Numbers over time"),
        ("Sentiment", "The judge of sentiment"),
        ("Rules", "When somebody is told"),
        ("Alerts", "What somebody was told"),
        ("Webhooks", "Telling your own systems: signed, tried again, logged, and a feed to catch up from"),
        ("Incidents", "Alerts of one cause, handled once"),
        ("Silences", "When nobody is told"),
        ("Channels", "Where people are told"),
        ("Live", "Server-sent events"),
        ("Session", "Signing in and out"),
        ("Users", "People of the workspace"),
        ("Keys", "Programs of the workspace"),
        ("Parked", "Messages that could not be handled"),
        ("Audit", "Who changed what"),
    ];

    /// <summary>The document without paths and schemas.</summary>
    public static JsonObject Frame() => new()
    {
        ["openapi"] = "3.1.1",
        ["info"] = new JsonObject
        {
            ["title"] = "Serm",
            ["version"] = "1",
            ["description"] = "Social listening: mentions of brands, how negative they are and why, and the work on them. "
                + "Times are ISO 8601 with an offset. Bodies are JSON; a member that is not described is refused. Errors are problem details (RFC 9457) with a stable `code`.",
            ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
        ["security"] = new JsonArray(new JsonObject { ["key"] = new JsonArray() }, new JsonObject { ["session"] = new JsonArray() }),
        ["tags"] = new JsonArray([.. Tags.Select(t => new JsonObject { ["name"] = t.Name, ["description"] = t.What })]),
        ["components"] = new JsonObject
        {
            ["securitySchemes"] = new JsonObject
            {
                ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An API key: `Authorization: Bearer serm_...`" },
                ["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = "serm", ["description"] = "The cookie that signing in sets" },
            },
            ["responses"] = new JsonObject(Errors.Select(e => new KeyValuePair<string, JsonNode?>(e.Name, Response(e.Status, e.What)))),
        },
    };

    /// <summary>Problem details as every error answer has them.</summary>
    public static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "Problem details (RFC 9457)",
        ["required"] = new JsonArray("type", "title", "status", "code"),
        ["properties"] = new JsonObject
        {
            ["type"] = Text("`urn:serm:problem:` and the code"),
            ["title"] = Text("The status in words"),
            ["status"] = new JsonObject { ["type"] = "integer", ["description"] = "The HTTP status" },
            ["detail"] = Text("One sentence for people: what is wrong and what to do"),
            ["code"] = Text("Stable: what programs look at"),
            ["field"] = Text("The field at fault, as it was sent"),
            ["traceId"] = Text("Find it in the service's log by this"),
        },
        ["additionalProperties"] = true,
    };

    /// <summary>Adds to an operation the errors that it can answer, who may call it, and an example.</summary>
    /// <param name="operation">As its service describes it.</param>
    /// <param name="service">The service; <c>gateway</c> for the own ones.</param>
    /// <param name="method">Its method, in lower case.</param>
    /// <param name="path">Its path.</param>
    /// <param name="roles">Who may call it; null when it is said elsewhere.</param>
    public static JsonObject Complete(JsonObject operation, string service, string method, string path, string[]? roles)
    {
        var id = operation["operationId"]?.GetValue<string>() ?? "";
        var open = id is "SignIn" or "SignOut";
        if (open)
        {
            operation["security"] = new JsonArray();
        }

        if (roles is not null)
        {
            operation["x-serm-roles"] = new JsonArray([.. roles.Select(r => (JsonNode?)r)]);
        }

        var version = operation["parameters"]?.AsArray().FirstOrDefault(p => p?["name"]?.GetValue<string>() is "If-Match");
        var body = operation["requestBody"] is not null;
        var expected = new List<string> { "429" };
        expected.AddRange(id is "SignOut" ? ["403"] : ["401", "403"]);
        expected.AddRange(body || operation["parameters"] is not null ? ["400"] : []);
        expected.AddRange(body ? ["413", "415"] : []);
        expected.AddRange(method is "get" || open ? [] : ["409"]);
        expected.AddRange(path.Contains('{', StringComparison.Ordinal) ? ["404"] : []);
        expected.AddRange(version is null ? [] : ["412"]);
        expected.AddRange(version?["required"]?.GetValue<bool>() == true ? ["428"] : []);
        expected.AddRange(service is "gateway" ? [] : method is "get" ? ["503"] : ["502", "503", "504"]);
        var responses = operation["responses"]?.AsObject() ?? [];
        foreach (var (name, status, _) in Errors.Where(e => expected.Contains(e.Status) || responses.ContainsKey(e.Status)))
        {
            responses[status] = new JsonObject { ["$ref"] = $"#/components/responses/{name}" };
        }

        operation["responses"] = new JsonObject(responses.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => new KeyValuePair<string, JsonNode?>(r.Key, r.Value?.DeepClone())));
        if (ApiExamples.Of(id) is { } example && operation["requestBody"]?["content"]?["application/json"] is JsonObject content)
        {
            content["example"] = example;
        }

        return operation;
    }

    private static JsonObject Response(string status, string what)
    {
        var response = new JsonObject { ["description"] = what };
        if (status is "429" or "503")
        {
            response["headers"] = new JsonObject
            {
                ["Retry-After"] = new JsonObject { ["description"] = "Seconds to wait", ["schema"] = new JsonObject { ["type"] = "integer" } },
            };
        }

        response["content"] = new JsonObject
        {
            ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/ProblemDetails" } },
        };
        return response;
    }

    private static JsonObject Text(string what) => new() { ["type"] = "string", ["description"] = what };
}
