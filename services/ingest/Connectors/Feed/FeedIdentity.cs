using System.Security.Cryptography;
using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>The id under which a post is known for good.</summary>
internal static class FeedIdentity
{
    private const int MaxLength = 512;

    /// <summary>From the id that the feed gives, else the link, else the content. What is not unique beyond its feed carries the feed's address in front.</summary>
    /// <param name="id">guid, atom:id, JSON id, rdf:about; may be empty.</param>
    /// <param name="url">Absolute address of the post.</param>
    /// <param name="content">Title, date and text: the last resort.</param>
    /// <param name="feed">The address under which the feed was added. It must not follow redirects, or every post would be new after a move.</param>
    public static string Of(string? id, string? url, string content, Uri? feed)
    {
        id = PlainText.Line(id, 4_000);
        if (id is not null)
        {
            return Fit(IsGlobal(id) ? id : Scope(feed) + id);
        }

        return url is not null ? Fit(url) : Scope(feed) + "sha256:" + Hash(content);
    }

    /// <summary>Two different posts under one id: told apart by their address or content.</summary>
    public static string Distinct(string nativeId, string? url, string content) => Fit($"{nativeId}#{url ?? "sha256:" + Hash(content)}");

    /// <summary>Lower-case hex SHA-256 of a text in UTF-8.</summary>
    public static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    private static bool IsGlobal(string id) =>
        id.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || id.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || id.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) || id.StartsWith("tag:", StringComparison.OrdinalIgnoreCase);

    private static string Scope(Uri? feed) => feed is { IsAbsoluteUri: true } ? $"{feed.Authority}{feed.AbsolutePath}#" : "";

    /// <summary>An id that fits: a long one keeps its beginning and gets a hash.</summary>
    public static string Fit(string id) => id.Length <= MaxLength ? id : $"{id[..(char.IsHighSurrogate(id[439]) ? 439 : 440)]}~{Hash(id)}";
}
