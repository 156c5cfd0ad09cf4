using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Turns what went wrong into a stable code and a sentence.</summary>
internal static class FetchFailures
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>For an answer that is no success.</summary>
    public static FetchResult.Failed Of(HttpResponseMessage response, Uri at, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        var wait = RetryAfter(response, now);
        return response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => new("rate_limited", $"{at.Host} asks to be read less often (429).", Permanent: false, wait),
            HttpStatusCode.Gone => new("gone", $"{at.Host} says that this feed is gone for good (410).", Permanent: true, wait),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new($"http_{status}", $"{at.Host} does not let us read this feed ({status}).", Permanent: true, wait),
            >= HttpStatusCode.InternalServerError => new($"http_{status}", $"{at.Host} has a fault of its own ({status}).", Permanent: false, wait),
            >= HttpStatusCode.BadRequest => new($"http_{status}", $"{at.Host} has no feed at this address ({status}).", Permanent: true, wait),
            _ => new($"http_{status}", $"{at.Host} answers with {status}, which is no feed.", Permanent: false, wait),
        };
    }

    /// <summary>For an exception of the client.</summary>
    public static FetchResult.Failed Of(Exception exception, Uri url, TimeSpan timeout) => Innermost(exception) switch
    {
        AddressRefusedException refused => new("address_not_allowed", refused.Message, Permanent: true),
        OperationCanceledException => new("timeout", $"{url.Host} took longer than {timeout.TotalSeconds:0} seconds.", Permanent: false),
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => new("host_not_found", $"The name {url.Host} does not resolve.", Permanent: false),
        SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted } => new("cut_off", $"{url.Host} broke off the connection.", Permanent: false),
        SocketException => new("unreachable", $"{url.Host} does not accept the connection.", Permanent: false),
        AuthenticationException => new("bad_certificate", $"The certificate of {url.Host} is not valid.", Permanent: false),
        InvalidDataException bad => new("bad_encoding", $"The body from {url.Host} cannot be decompressed. {bad.Message}", Permanent: false),
        HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => new("cut_off", $"{url.Host} ended the answer before it was complete.", Permanent: false),
        HttpRequestException or IOException => new("unreachable", $"{url.Host} broke off the connection.", Permanent: false),
        _ => new("unreachable", $"{url.Host} cannot be read.", Permanent: false),
    };

    /// <summary>The wait that a server asks for, in seconds or as a date; at most a day.</summary>
    private static TimeSpan? RetryAfter(HttpResponseMessage response, DateTimeOffset now)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } date } => date - now,
            _ => (TimeSpan?)null,
        };
        return wait is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestWait.Ticks)) : null;
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner && exception is not (InvalidDataException or OperationCanceledException))
        {
            exception = inner;
        }

        return exception;
    }
}
