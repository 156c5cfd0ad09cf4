namespace Serm.Mentions;

/// <summary>A person sends an answer through the mention's network; its text is in the notes table, under the reply's id.</summary>
/// <param name="ReplyId">The reply: of an answer that is sent once more it is another.</param>
/// <param name="SourceId">The source that the mention came by.</param>
/// <param name="SourceKind">Its kind.</param>
/// <param name="NativeId">The network's id of the post that is answered.</param>
/// <param name="Then"><c>waiting</c> or <c>resolved</c>: what follows once it is sent. Null when the status stays.</param>
public sealed record ReplyOrdered(string By, DateTimeOffset At, Guid ReplyId, Guid SourceId, string SourceKind, string NativeId, MentionStatus? Then, string? TraceParent);

/// <summary>The answer is not on the network: its text is the draft again, and the turn is ours.</summary>
/// <param name="By">Who had sent it.</param>
/// <param name="ReplyId">The reply.</param>
/// <param name="Code">Why, a stable code.</param>
/// <param name="DetailId">Under which the network's words lie in the notes table; null when there are none.</param>
public sealed record ReplyRefused(string By, DateTimeOffset At, Guid ReplyId, string Code, Guid? DetailId, string? TraceParent);

/// <summary>The network was asked and its answer was lost: the answer may be there. Only a person can look.</summary>
/// <param name="By">Who had sent it.</param>
/// <param name="ReplyId">The reply.</param>
/// <param name="Code">What broke, a stable code.</param>
/// <param name="DetailId">Under which more of it lies in the notes table; null when there is none.</param>
public sealed record ReplyUnknown(string By, DateTimeOffset At, Guid ReplyId, string Code, Guid? DetailId, string? TraceParent);
