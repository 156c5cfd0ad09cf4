using System.Runtime.InteropServices;
using Serm.Contracts;

namespace Serm.Ingest.Queries.Matching;

/// <summary>What a query sees of a post.</summary>
/// <param name="Title">Plain text, NFC.</param>
/// <param name="Text">Plain text, NFC.</param>
/// <param name="Language">Code; <c>und</c> when not known.</param>
/// <param name="AuthorName">Display name.</param>
/// <param name="AuthorHandle">Handle.</param>
/// <param name="Url">Absolute address.</param>
/// <param name="SourceKind">The connector.</param>
/// <param name="SourceName">What people call the source.</param>
/// <param name="Followers">Of the author.</param>
/// <param name="Reach">People who can have seen it.</param>
/// <param name="Engagement">Likes, shares and replies.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PostText(
    string? Title,
    string Text,
    string Language,
    string? AuthorName = null,
    string? AuthorHandle = null,
    string? Url = null,
    string? SourceKind = null,
    string? SourceName = null,
    long? Followers = null,
    long? Reach = null,
    long? Engagement = null)
{
    /// <summary>Words between title and text that no phrase and no NEAR bridges.</summary>
    public const int PartGap = 1_000;

    public static PostText Of(Post post) =>
        new(post.Title, post.Text, post.Language, post.Author?.Name, post.Author?.Handle, post.Url, post.SourceKind, post.SourceName, post.Author?.Followers, post.Reach, Sum(post.Engagement));

    // Null only where the network tells none of them.
    private static long? Sum(Engagement? e) => e is null or { Likes: null, Shares: null, Replies: null } ? null : (e.Likes ?? 0) + (e.Shares ?? 0) + (e.Replies ?? 0);
}

/// <summary>A word that made a query match.</summary>
/// <param name="Part">Which part the offsets count in.</param>
/// <param name="Start">First UTF-16 character, from 0.</param>
/// <param name="Length">UTF-16 characters.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct MatchSpan(PostPart Part, int Start, int Length);
