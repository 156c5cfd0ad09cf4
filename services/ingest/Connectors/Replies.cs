using System.Globalization;
using Serm.Ingest.Connectors.Feed;

namespace Serm.Ingest.Connectors;

/// <summary>A network on which posts can be answered with the credentials of their source.</summary>
internal interface IReplies : IConnector
{
    /// <summary>For how long the network knows the id of an answer again, so that asking it twice sends once; null when it does not.</summary>
    TimeSpan? Remembers { get; }

    /// <summary>True when whoever keeps the source lets answers go out through it.</summary>
    bool Sends(Settings settings);

    /// <summary>How long an answer may be.</summary>
    ReplyLength Length(Settings settings);

    /// <summary>Sends one answer to one post.</summary>
    /// <exception cref="NetworkFailure">It was refused, or nothing certain is known of it; see <see cref="Answering.Maybe"/>.</exception>
    Task<SentReply> ReplyAsync(Answering answering, CancellationToken cancellationToken);
}

/// <summary>How long an answer may be, in UTF-16 characters: never fewer than the network counts.</summary>
/// <param name="Min">At least, from 1.</param>
/// <param name="Max">At most; null where the network names no limit.</param>
internal sealed record ReplyLength(int Min, int? Max);

/// <summary>An answer that the network has.</summary>
/// <param name="NativeId">Its id, as reading makes it; null where the network does not say, as when a moderator has to let it through first.</param>
/// <param name="Url">Where it can be read; null where the network does not say.</param>
internal sealed record SentReply(string? NativeId, string? Url);

/// <summary>An answer on its way: what a connector sends, and how.</summary>
/// <param name="Reading">The source with its credentials, and the way to the network. What only asks goes through its <see cref="Reading.Http"/>.</param>
/// <param name="Id">The answer's own id: the same whenever it is tried again.</param>
/// <param name="NativeId">The post that is answered, as reading made it.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Begin">Writes down, before the network is asked to take it, what the answer will read like there.</param>
internal sealed record Answering(Reading Reading, Guid Id, string NativeId, string Text, Func<string, CancellationToken, Task> Begin)
{
    /// <summary>Codes of refusals that only answers have.</summary>
    public const string CannotReply = "cannot_reply", PostGone = "post_gone", TooLong = "too_long", TooShort = "too_short", NotAccepted = "not_accepted";

    private const int MostWords = 200;

    /// <summary>True once the network was asked to take it.</summary>
    public bool Begun { get; private set; }

    /// <summary>The id as networks take it.</summary>
    public string Key => Id.ToString("D", CultureInfo.InvariantCulture);

    /// <summary>Asks the network to take the answer: the only call of a connector that changes something there, and its last one. The network's answer may be a refusal.</summary>
    /// <param name="request">With a body: such a request is never sent twice by the HTTP client itself.</param>
    /// <param name="said">What the answer will read like, so that it is known when it is read before the network's answer has come.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<NetworkAnswer> SendAsync(HttpRequestMessage request, string said, CancellationToken cancellationToken)
    {
        await Begin(said, cancellationToken);
        Begun = true;
        return await Reading.Http.SendAsync(request, new("replies"), cancellationToken);
    }

    /// <summary>True when the network may have taken what it was asked to take, although it did not say so.</summary>
    public static bool Maybe(NetworkFailure failure) => failure is { HeldBack: false, Permanent: false, Code: not NetworkFailure.RateLimited }
        && !(failure.Code == "http_503" && failure.RetryAfter is not null)
        && failure.InnerException is not (HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError } or OperationCanceledException { InnerException: TimeoutException });

    /// <summary>The post cannot be answered at all.</summary>
    public static NetworkFailure Cannot(string why) => new(CannotReply, why, permanent: true);

    /// <summary>The post is not there any more.</summary>
    public static NetworkFailure Gone(string host) => new(PostGone, $"{host} does not know the post that is answered. It may have been deleted.", permanent: true);

    /// <summary>The network takes no answer of this length.</summary>
    public static NetworkFailure Longer(int most) => new(TooLong, $"The answer is too long: at most {most} characters, what Serm puts in front of it included.", permanent: true);

    /// <summary>These credentials may not write.</summary>
    /// <param name="remedy">Which right they need, as a sentence.</param>
    public static NetworkFailure NotAllowed(string host, string remedy) => new(NetworkFailure.NotAllowed, $"{host} does not let these credentials answer here. {remedy}", permanent: true);

    /// <summary>The network does not take this answer, in its own words.</summary>
    public static NetworkFailure Refused(string host, string? words) =>
        new(NotAccepted, $"{host} does not take the answer{(PlainText.Line(words, MostWords) is { } said ? $": {said}" : ".")}", permanent: true);
}
