using System.Security.Cryptography;
using System.Text;

namespace Serm.Ingest.Connectors;

/// <summary>A network's call.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Query">Decoded parameters of the address.</param>
/// <param name="Headers">The first value of each; names in lower case.</param>
/// <param name="Body">As received: signatures are over its bytes.</param>
internal sealed record HookCall(string Method, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>A parameter of the address; null when it is not there.</summary>
    public string? Asked(string name) => Query.GetValueOrDefault(name);

    /// <summary>A header; null when it is not there.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name.ToLowerInvariant());

    /// <summary>True when a header holds the HMAC-SHA256 of the body in hex, after a prefix such as <c>sha256=</c>.</summary>
    public bool IsSigned(string header, string prefix, string secret) =>
        secret.Length > 0 && Header(header) is { } given && given.StartsWith(prefix, StringComparison.Ordinal)
        && Same(given[prefix.Length..].ToLowerInvariant(), Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Body.Span)));

    /// <summary>Compares secrets in a time that tells nothing of where they differ.</summary>
    public static bool Same(string? given, string secret) =>
        given is not null && secret.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(secret));
}

/// <summary>What a call is answered with.</summary>
internal abstract record HookAnswer
{
    private HookAnswer()
    {
    }

    /// <summary>It only asks whether we are who we say.</summary>
    /// <param name="Text">The answer that it waits for.</param>
    public sealed record Challenge(string Text) : HookAnswer;

    /// <summary>It carries posts.</summary>
    /// <param name="Page">What it carries; the state is not used.</param>
    /// <param name="Text">The answer once they are safe.</param>
    /// <param name="EventId">The network's id of the call: the same again is answered and otherwise passed over. Null when there is none.</param>
    public sealed record Taken(Page Page, string Text = "", string? EventId = null) : HookAnswer;

    /// <summary>It is not from the network, or not for this source.</summary>
    /// <param name="Status">400 to 404.</param>
    /// <param name="Code">Stable: <c>bad_signature</c>, <c>bad_body</c>, ...</param>
    public sealed record Refused(int Status, string Code) : HookAnswer;
}
