namespace Serm.Ingest.Connectors.Feed;

/// <summary>What the source said last time, to be asked only for what is new.</summary>
/// <param name="ETag">As received, quotes and all.</param>
/// <param name="LastModified">As received.</param>
/// <param name="MinInterval">How seldom the feed itself asked to be read: that holds too while it does not change.</param>
public sealed record FetchValidators(string? ETag, string? LastModified, TimeSpan? MinInterval = null);

/// <summary>How fetching a feed went.</summary>
public abstract record FetchResult
{
    private FetchResult()
    {
    }

    /// <summary>There is a body.</summary>
    /// <param name="Body">Decompressed bytes.</param>
    /// <param name="ContentType">The Content-Type header.</param>
    /// <param name="Url">Where it came from in the end.</param>
    /// <param name="Validators">What to ask with next time.</param>
    /// <param name="MovedTo">The new address for good, when every redirect on the way was a permanent one.</param>
    /// <param name="MaxAge">How long the answer is fresh by its Cache-Control; null when not said.</param>
    public sealed record Fetched(ReadOnlyMemory<byte> Body, string? ContentType, Uri Url, FetchValidators Validators, Uri? MovedTo, TimeSpan? MaxAge) : FetchResult
    {
        /// <summary>The WebSub hub that the Link header names; null for none.</summary>
        public string? Hub { get; init; }

        /// <summary>The address that the Link header gives for the feed itself; null for none.</summary>
        public string? Self { get; init; }
    }

    /// <summary>Nothing new since the last time.</summary>
    /// <param name="MovedTo">As in <see cref="Fetched"/>.</param>
    /// <param name="MaxAge">As in <see cref="Fetched"/>.</param>
    public sealed record NotModified(Uri? MovedTo, TimeSpan? MaxAge) : FetchResult;

    /// <summary>It did not work.</summary>
    /// <param name="Code">Stable: <c>timeout</c>, <c>unreachable</c>, <c>too_large</c>, <c>bad_encoding</c>, <c>cut_off</c>, <c>too_many_redirects</c>, <c>bad_redirect</c>, <c>address_not_allowed</c>, <c>rate_limited</c>, <c>gone</c>, <c>http_404</c> ...</param>
    /// <param name="Message">One sentence for the person who added the source.</param>
    /// <param name="Permanent">True when trying again soon is pointless.</param>
    /// <param name="RetryAfter">How long the server asked to wait.</param>
    public sealed record Failed(string Code, string Message, bool Permanent, TimeSpan? RetryAfter = null) : FetchResult;
}
