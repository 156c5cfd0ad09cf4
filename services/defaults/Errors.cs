using System.Diagnostics;
using System.Net.Sockets;
using JasperFx;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Serm.Defaults;

/// <summary>A refusal that the caller can do something about. Deciders and endpoints throw it; it becomes problem details (RFC 9457).</summary>
/// <param name="code">Stable and dotted or snake-cased, such as <c>query_invalid</c>: programs rely on it.</param>
/// <param name="message">One sentence: what is wrong and what to do.</param>
/// <param name="status">HTTP status, 400 to 499 or 503.</param>
/// <param name="field">The field at fault, as the caller wrote it.</param>
/// <param name="extensions">Further members of the problem details.</param>
public sealed class RuleViolation(
    string code,
    string message,
    int status = StatusCodes.Status409Conflict,
    string? field = null,
    IReadOnlyDictionary<string, object?>? extensions = null) : Exception(message)
{
    /// <summary>The stable code.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The field at fault; null when it is not about a field.</summary>
    public string? Field { get; } = field;

    /// <summary>Further members of the problem details.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; } = extensions;

    /// <summary>400: a field has a value that cannot be taken.</summary>
    public static RuleViolation Invalid(string field, string code, string message) =>
        new(code, message, StatusCodes.Status400BadRequest, field);

    /// <summary>400 for a time that ends before it begins: an empty answer would look as if nothing had happened in it.</summary>
    public static void ThrowIfEndsFirst(DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from > to)
        {
            throw Invalid("from", "out_of_range", "from is after to, so nothing can lie between them. Give an earlier from, or a later to.");
        }
    }

    /// <summary>404: there is no such thing in this workspace.</summary>
    public static RuleViolation NotFound(string what) =>
        new("not_found", $"There is no such {what} in this workspace. Check the id.", StatusCodes.Status404NotFound);

    /// <summary>412: somebody changed it in between.</summary>
    public static RuleViolation Stale(long version, IReadOnlyDictionary<string, object?>? extensions = null) =>
        new(
            "version_conflict",
            "It was changed in the meantime. Read it again and repeat with the new version in If-Match.",
            StatusCodes.Status412PreconditionFailed,
            "If-Match",
            new Dictionary<string, object?>(extensions ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal)
            {
                ["version"] = version,
            });
}

/// <summary>Turns every exception into problem details with a stable <c>code</c>; the inside of an unexpected one stays in the log.</summary>
internal sealed partial class ProblemExceptionHandler(IProblemDetailsService problems, ILogger<ProblemExceptionHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var problem = ToProblem(exception, httpContext.Request.Method);
        httpContext.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        if (exception is not RuleViolation && problem.Status >= StatusCodes.Status500InternalServerError)
        {
            // The framework is silent about what a handler answers. The path's pattern, because the path itself may name a person; the trace id as the answer has it.
            var route = (httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "no route";
            var level = problem.Status == StatusCodes.Status500InternalServerError ? LogLevel.Error : LogLevel.Warning;
            LogFailed(log, level, exception, httpContext.Request.Method, route, problem.Status, Activity.Current?.Id ?? httpContext.TraceIdentifier);
        }

        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "5";
        }
        else if (problem.Extensions.TryGetValue("retryAfterSeconds", out var seconds))
        {
            httpContext.Response.Headers.RetryAfter = Convert.ToString(seconds, System.Globalization.CultureInfo.InvariantCulture);
        }

        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
    }

    private static ProblemDetails ToProblem(Exception exception, string method)
    {
        switch (exception)
        {
            case RuleViolation rule:
                var problem = Problem(rule.Status, rule.Code, rule.Message);
                if (rule.Field is not null)
                {
                    problem.Extensions["field"] = rule.Field;
                }

                foreach (var (key, value) in rule.Extensions ?? new Dictionary<string, object?>(StringComparer.Ordinal))
                {
                    problem.Extensions[key] = value;
                }

                return problem;
            case BadHttpRequestException bad:
                var (field, detail) = MalformedRequest.Of(bad);
                var malformed = Problem(bad.StatusCode, "request_malformed", detail);
                if (field is not null)
                {
                    malformed.Extensions["field"] = field;
                }

                return malformed;
            case ConcurrencyException:
                return Problem(
                    StatusCodes.Status412PreconditionFailed,
                    "version_conflict",
                    "It was changed in the meantime. Read it again and repeat with the new version in If-Match.");
            default:
                if (HasUnkeptCharacter(exception))
                {
                    return Problem(StatusCodes.Status400BadRequest, "request_malformed", "A value has the character U+0000, which no text can keep. Leave it out.");
                }

                if (!Transient.Is(exception))
                {
                    return Problem(StatusCodes.Status500InternalServerError, "internal_error", "An unexpected error. It is in the service's log under the trace id given here.");
                }

                return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || ChangedNothing(exception)
                    ? Problem(StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "A server behind this service does not answer. Nothing was changed; try again shortly.")
                    : Problem(StatusCodes.Status502BadGateway, "outcome_unknown", "A server behind this service broke off. The work may be done all the same: look before you repeat.");
        }
    }

    private static bool HasUnkeptCharacter(Exception? exception) => exception switch
    {
        null => false,
        PostgresException sql => sql.SqlState is PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter,
        _ => HasUnkeptCharacter(exception.InnerException),
    };

    // No connection was made, or the database took all of it back. Of a connection that breaks while a transaction commits nobody here knows how it ended.
    private static bool ChangedNothing(Exception exception) => exception switch
    {
        PostgresException sql => sql.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.TooManyConnections
            or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException { InnerException: SocketException } => true,
        Marten.Exceptions.ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException => true,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => true,
        AggregateException many => many.InnerExceptions.All(ChangedNothing),
        _ => exception.InnerException is { } inner && ChangedNothing(inner),
    };

    private static ProblemDetails Problem(int status, string code, string detail) => new()
    {
        Status = status,
        Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
        Type = $"urn:serm:problem:{code}",
        Extensions = { ["code"] = code },
    };

    [LoggerMessage(EventId = 141, Message = "{Method} {Route} failed with {Status}, trace {TraceId}")]
    private static partial void LogFailed(ILogger log, LogLevel level, Exception exception, string method, string route, int? status, string traceId);
}
