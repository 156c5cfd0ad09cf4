using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Serm.Gateway;

/// <summary>Problem details (RFC 9457) from places that cannot throw.</summary>
internal static class Problems
{
    public static async Task WriteAsync(HttpContext context, int status, string code, string detail, params (string Key, object? Value)[] more)
    {
        var problem = new ProblemDetails
        {
            Status = status,
            Title = ReasonPhrases.GetReasonPhrase(status),
            Detail = detail,
            Type = $"urn:serm:problem:{code}",
            Extensions = { ["code"] = code },
        };
        foreach (var (key, value) in more)
        {
            problem.Extensions[key] = value;
        }

        context.Response.StatusCode = status;
        await context.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
    }
}
