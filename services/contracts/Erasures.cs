namespace Serm.Contracts;

/// <summary>A workspace erases posts. Each service that keeps what they say takes it out, does not take it in again, and answers with <see cref="TextsErased"/>.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="ErasureId">The erasure.</param>
/// <param name="Page">Part of it, from 1: one of many posts is told in parts. A part may be told again, and then says the same.</param>
/// <param name="Posts">At most 200.</param>
/// <param name="KeptOutAuthor">Whose posts are not taken in any more, as a hash of workspace, kind of source and the network's id of the account; null where they may be.</param>
/// <param name="TraceParent">W3C traceparent of the request.</param>
public sealed record ErasureAsked(string Workspace, Guid ErasureId, int Page, IReadOnlyList<ErasedPost> Posts, Guid? KeptOutAuthor = null, string? TraceParent = null);

/// <summary>A post that is erased.</summary>
/// <param name="MentionId">The mention that was made of it for one brand.</param>
/// <param name="SourceKind">Kind of its source.</param>
/// <param name="NativeId">The network's id of it.</param>
public sealed record ErasedPost(Guid MentionId, string SourceKind, string NativeId);

/// <summary>A service has taken out what it kept of a part of an erasure.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="ErasureId">The erasure.</param>
/// <param name="Page">Which part.</param>
/// <param name="Service"><c>ingest</c>, <c>sentiment</c> or <c>alerts</c>.</param>
/// <param name="Rows">Texts that it had; 0 where it had none, or had taken them out before.</param>
/// <param name="At">When.</param>
/// <param name="TraceParent">W3C traceparent of the request.</param>
public sealed record TextsErased(string Workspace, Guid ErasureId, int Page, string Service, long Rows, DateTimeOffset At, string? TraceParent = null);
