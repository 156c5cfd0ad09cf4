using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Serm.Defaults;

/// <summary>Gives a status that the framework answers on its own (no such path, not this method, no JSON) a code and a sentence.</summary>
internal static class BareStatus
{
    /// <summary>Fills in what is missing; leaves alone what has a code.</summary>
    public static void Explain(ProblemDetails problem)
    {
        if (problem.Extensions.ContainsKey("code"))
        {
            return;
        }

        var (code, detail) = problem.Status switch
        {
            StatusCodes.Status404NotFound => ("not_found", "There is nothing at this path. See /openapi/v1.json for what there is."),
            StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", "This path does not take this method. The header Allow names those it takes."),
            StatusCodes.Status413PayloadTooLarge => ("body_too_large", "The body is too large for this path. Split it."),
            StatusCodes.Status415UnsupportedMediaType => ("not_json", "The body is not of the type that this path takes: send JSON as Content-Type: application/json, and to POST /api/imports the file as text/csv or application/x-ndjson."),
            _ => ($"http_{problem.Status}", problem.Detail),
        };
        problem.Extensions["code"] = code;
        problem.Type = $"urn:serm:problem:{code}";
        problem.Detail = detail;
    }
}
