namespace Serm.Ingest.Connectors;

/// <summary>A network did not give what it was asked for. What follows is decided by its members, never by the network.</summary>
/// <param name="code">Stable: <c>rate_limited</c>, <c>token_refused</c>, <c>http_404</c>, <c>bad_answer</c>, <c>budget_spent</c>, ...</param>
/// <param name="message">One sentence for the person who keeps the source; no text of the network.</param>
/// <param name="permanent">True when trying again soon is pointless.</param>
/// <param name="retryAfter">How long to wait at least.</param>
internal sealed class NetworkFailure(string code, string message, bool permanent = false, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Codes that more than one connector uses.</summary>
    public const string RateLimited = "rate_limited", TokenRefused = "token_refused", NotAllowed = "not_allowed", BadAnswer = "bad_answer", BudgetSpent = "budget_spent";

    public string Code { get; } = code;

    public bool Permanent { get; } = permanent;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Our own limits held the call back: nothing is wrong with the source.</summary>
    public bool HeldBack { get; private init; }

    /// <summary>The limit of ours that held it back; null for none.</summary>
    public string? Limit { get; private init; }

    /// <summary>What was asked for is refused, and not who asks: something else may be had all the same.</summary>
    public bool OnlyThis => Permanent && Code != TokenRefused;

    /// <summary>What was asked for failed as one thing may fail while others are had: by a fault of the server, or without an answer that can be read.</summary>
    public bool MayBeOnlyThis => !Permanent && !HeldBack && RetryAfter is null && Code is not (RateLimited or "unreachable" or "host_not_found" or "bad_certificate");

    /// <summary>What was asked for is not there any more.</summary>
    public bool Gone => Code is "not_found" or "http_404" or "http_410";

    /// <summary>The limits of the options are used up for now.</summary>
    public static NetworkFailure Held(string limit, TimeSpan wait) =>
        new(BudgetSpent, $"The limit \"{limit}\" of this source's options is used up for now.", retryAfter: wait) { HeldBack = true, Limit = limit };

    /// <summary>The network asks for patience.</summary>
    public static NetworkFailure Limited(string host, TimeSpan? wait) => new(RateLimited, $"{host} asks to be read less often.", retryAfter: wait);

    /// <summary>The credentials are wrong, expired or withdrawn.</summary>
    public static NetworkFailure Refused(string host) => new(TokenRefused, $"{host} does not accept the credentials. They may have expired: enter new ones.", permanent: true);

    /// <summary>The answer is not what the network's documentation promises.</summary>
    public static NetworkFailure Unreadable(string host, Exception? inner = null) => new(BadAnswer, $"{host} answers with something that cannot be read. It is tried again.", inner: inner);
}

/// <summary>A part of a source that its network refuses.</summary>
/// <param name="Permanent">True when nothing of the part can be seen, so that the source is blind there.</param>
internal sealed record Refusal(string Code, string Message, bool Permanent)
{
    /// <summary>Only single posts are meant: all else of the part was read.</summary>
    public bool Single { get; init; }

    /// <summary>Of a lane, whose name the message begins with.</summary>
    public static Refusal Of(string lane, NetworkFailure failure, bool permanent) => new(failure.Code, $"{lane}: {failure.Message}", permanent);
}
