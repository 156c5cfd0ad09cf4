using System.Security.Cryptography;
using System.Text;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Short stand-ins for what is long or personal: equal when the original is.</summary>
internal static class Keys
{
    private static readonly Guid Mentions = new("6f1d1c1e-0a54-5d0b-9a3e-52f1b1f0c0a1");
    private static readonly Guid Authors = new("0f4f1c63-7a55-4f0e-9f0b-8f6f5a0d8a11");
    private static readonly Guid Threads = new("c6a3e2e4-3f41-4b5e-8f5e-6d1c3a9b7e22");

    /// <summary>64 bits of the SHA-256 of a canonical address.</summary>
    public static long? OfUrl(string? canonical) => canonical is null ? null : BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

    /// <summary>The author of a post, by the network's id of the account; null when nobody is named.</summary>
    public static Guid? OfAuthor(string workspace, Post post) =>
        (post.Author?.Id ?? post.Author?.Handle ?? post.Author?.Name) is { Length: > 0 } id ? NameBasedGuid.Create(Authors, workspace, post.SourceKind, id) : null;

    /// <summary>The mention of a post for a brand, as ingest names it, whether there is one or not.</summary>
    public static Guid OfMention(string workspace, Guid brand, string sourceKind, string nativeId) => NameBasedGuid.Create(Mentions, workspace, brand.ToString(), sourceKind, nativeId);

    /// <summary>A thread of a source kind.</summary>
    public static Guid OfThread(string sourceKind, string threadId) => NameBasedGuid.Create(Threads, sourceKind, threadId);
}
