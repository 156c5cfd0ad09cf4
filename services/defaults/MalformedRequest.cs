using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Serm.Defaults;

/// <summary>Says of a request that could not be read what is at fault, in the words of the API and not of the framework.</summary>
internal static partial class MalformedRequest
{
    private const int Longest = 100;
    private const string NoBody = "This call takes a body of JSON, and there is none.";

    /// <summary>The field at fault, null when it is the body as a whole, and what to do.</summary>
    public static (string? Field, string Detail) Of(BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException json)
        {
            var field = json.Path is null or "$" ? null : json.Path.StartsWith("$.", StringComparison.Ordinal) ? json.Path[2..] : json.Path[1..];
            return (field, Json(json));
        }

        if (Unbound().Match(bad.Message) is { Success: true } unbound)
        {
            var field = Camel(unbound.Groups["name"].Value);
            return (field, $"{field} takes {Kind(unbound.Groups["type"].Value)}; \"{Short(unbound.Groups["value"].Value)}\" is none.");
        }

        if (Missing().Match(bad.Message) is { Success: true } missing)
        {
            var field = Camel(missing.Groups["name"].Value);
            return missing.Groups["where"].Value is "body" ? (null, NoBody) : (field, $"{field} is missing. Give it.");
        }

        return (null, bad.Message.StartsWith("Implicit body inferred", StringComparison.Ordinal) ? NoBody : bad.Message);
    }

    private static string Json(JsonException json)
    {
        var place = $"at {json.Path ?? "$"} (line {json.LineNumber + 1})";
        if (Unmapped().Match(json.Message) is { Success: true } unmapped)
        {
            return $"There is no member \"{Short(unmapped.Groups["name"].Value)}\" here, {place}. Check how it is written: /openapi/v1.json has all that there are.";
        }

        if (Twice().Match(json.Message) is { Success: true } twice)
        {
            return $"The member \"{Short(twice.Groups["name"].Value)}\" is there twice, {place}. Send it once.";
        }

        return json.Message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            ? $"The value {place} is none that can be there. /openapi/v1.json says which can."
            : $"The body is not the JSON that is expected here, {place}: {Place().Replace(json.Message, "")}";
    }

    private static string Kind(string type) => type.Replace("Nullable<", "", StringComparison.Ordinal).TrimEnd('>', '[', ']', '?') switch
    {
        "Guid" => "an id such as 0197a0c4-0000-7000-8000-000000000000",
        "DateTimeOffset" => "a time as in ISO 8601, such as 2026-03-01T12:00:00Z",
        "int" or "long" => "a whole number",
        "double" => "a number",
        "bool" => "true or false",
        _ => "something else",
    };

    private static string Short(string given) => given.Length <= Longest ? given : $"{given[..Longest]}...";

    private static string Camel(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    [GeneratedRegex("""^Failed to bind parameter "(?<type>\S+) (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unbound();

    [GeneratedRegex("""^Required parameter "\S+ (?<name>\w+)" was not provided from (?<where>.+)\.$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex("^The JSON property '(?<name>.*)' could not be mapped to any", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unmapped();

    [GeneratedRegex("^Duplicate property '(?<name>.*)' encountered", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Twice();

    [GeneratedRegex(@" Path: \S+ \| LineNumber: .*$", RegexOptions.Singleline, 1000)]
    private static partial Regex Place();
}
