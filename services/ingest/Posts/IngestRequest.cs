namespace Serm.Ingest.Posts;

/// <summary>Posts that a program hands in.</summary>
/// <param name="Source">Name of the source that they are shown under, 1 to 100 characters without a slash; <c>push</c> when left out.</param>
/// <param name="Posts">1 to 500.</param>
public sealed record IngestRequest(string? Source = null, IReadOnlyList<PushedPost?>? Posts = null);

/// <summary>One post. Plain text: HTML in it is shown as it is written.</summary>
/// <param name="Id">The caller's own id, 1 to 400 characters: the same id again is the same post, with another text an edit of it.</param>
/// <param name="Text">1 to 100,000 characters; may be empty when there is a title.</param>
/// <param name="Title">At most 2,000 characters.</param>
/// <param name="Url">Absolute http(s) address of the post.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="PublishedAt">ISO 8601; UTC without an offset. Now when left out or in the future.</param>
/// <param name="Language">Code such as <c>sv</c>; told from the text when left out.</param>
/// <param name="Reach">People who can have seen it, 0 to 20,000,000,000.</param>
/// <param name="ParentId">Id of the post that it answers.</param>
public sealed record PushedPost(
    string? Id = null,
    string? Text = null,
    string? Title = null,
    string? Url = null,
    PushedAuthor? Author = null,
    string? PublishedAt = null,
    string? Language = null,
    long? Reach = null,
    string? ParentId = null);

/// <summary>Who wrote a post.</summary>
/// <param name="Id">The network's id of the account.</param>
/// <param name="Name">Display name.</param>
/// <param name="Handle">Handle, with or without @.</param>
/// <param name="Url">Absolute http(s) address of the profile.</param>
/// <param name="Followers">0 to 20,000,000,000.</param>
public sealed record PushedAuthor(string? Id = null, string? Name = null, string? Handle = null, string? Url = null, long? Followers = null);

/// <summary>What became of the posts of one call. <paramref name="Accepted"/>, <paramref name="Repeated"/> and <paramref name="KeptOut"/> add up to all of them.</summary>
/// <param name="Accepted">New or edited.</param>
/// <param name="Repeated">Known already, or there twice in the call.</param>
/// <param name="Edited">Of the accepted: known, with another text.</param>
/// <param name="Matched">Of the accepted: those that at least one brand's query takes.</param>
/// <param name="KeptOut">Not taken in, as the post or its author was erased.</param>
public sealed record IngestAnswer(int Accepted, int Repeated, int Edited, int Matched, int KeptOut = 0);
