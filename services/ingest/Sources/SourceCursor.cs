namespace Serm.Ingest.Sources;

/// <summary>Why the last read failed.</summary>
/// <param name="Code">Stable: <c>timeout</c>, <c>http_404</c>, <c>not_a_feed</c> ...</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="At">When.</param>
public sealed record SourceError(string Code, string Message, DateTimeOffset At);

/// <summary>Where reading a source stands.</summary>
/// <param name="State">JSON of the connector's own: where to go on.</param>
/// <param name="LastReadAt">The last try.</param>
/// <param name="LastGoodAt">The last try that went well.</param>
/// <param name="Failures">Failed tries since then.</param>
/// <param name="LastError">Why the last try failed; null when it did not.</param>
/// <param name="ItemsSeen">Different posts and edits taken so far.</param>
/// <param name="PaceSeconds">The interval that the source's own activity suggests; null before the first read.</param>
/// <param name="ExpiresAt">When the credentials end, as far as the network says.</param>
public sealed record SourceCursor(
    string? State = null,
    DateTimeOffset? LastReadAt = null,
    DateTimeOffset? LastGoodAt = null,
    int Failures = 0,
    SourceError? LastError = null,
    long ItemsSeen = 0,
    double? PaceSeconds = null,
    DateTimeOffset? ExpiresAt = null)
{
    /// <summary>When the credentials of a source end: as the network says or as a person wrote, whichever is earlier; null when neither does.</summary>
    internal static DateTimeOffset? EndOf(Source source, DateTimeOffset? told) => Connectors.Settings.EndOf(source.Options) is { } written ? (told < written ? told : written) : told;
}
