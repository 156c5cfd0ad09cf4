namespace Serm.Contracts;

/// <summary>Somebody answers a mention on its network. Producer: mentions. Consumer: ingest, which sends it once, through the source that the mention came by, and tells what became of it.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="ReplyId">The reply: the same in every repeat of this message.</param>
/// <param name="MentionId">What is answered.</param>
/// <param name="SourceId">The source that the mention came by.</param>
/// <param name="SourceKind">Its kind.</param>
/// <param name="NativeId">The network's id of the post, as the connector made it.</param>
/// <param name="Text">Plain text, 1 to 4,000 characters.</param>
/// <param name="By">Who answers.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="TraceParent">W3C traceparent of the request.</param>
public sealed record ReplyAsked(
    string Workspace,
    Guid ReplyId,
    Guid MentionId,
    Guid SourceId,
    string SourceKind,
    string NativeId,
    string Text,
    string By,
    DateTimeOffset At,
    string? TraceParent = null);

/// <summary>What became of a reply. Producer: ingest. Consumer: mentions.</summary>
/// <param name="Workspace">The tenant.</param>
/// <param name="ReplyId">The reply.</param>
/// <param name="MentionId">What was answered.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="NativeId">The network's id of the reply, of the same form as those of posts; null unless it was sent and the network told it.</param>
/// <param name="Url">Where it can be read; null where the network does not say. Never trusted.</param>
/// <param name="Code">Why it was not sent, a stable code: <c>token_refused</c>, <c>cannot_reply</c>, <c>post_gone</c>, <c>too_long</c>, ...; null when it was.</param>
/// <param name="Detail">The same in words, at most 500 characters, some of them the network's; null when it was sent.</param>
/// <param name="At">When.</param>
/// <param name="TraceParent">W3C traceparent of the request.</param>
public sealed record ReplyTold(
    string Workspace,
    Guid ReplyId,
    Guid MentionId,
    ReplyOutcome Outcome,
    string? NativeId,
    string? Url,
    string? Code,
    string? Detail,
    DateTimeOffset At,
    string? TraceParent = null);

/// <summary>What became of a reply.</summary>
public enum ReplyOutcome
{
    /// <summary>The network has it.</summary>
    Sent = 0,

    /// <summary>The network, or Serm before it asked the network, refused it: it is not there, and sending it again does no harm.</summary>
    Refused = 1,

    /// <summary>The network was asked and its answer was lost: it may be there. Only a person can look.</summary>
    Unknown = 2,
}
