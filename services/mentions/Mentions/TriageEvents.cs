namespace Serm.Mentions;

/// <summary>How much hangs on a mention.</summary>
public enum Severity
{
    /// <summary>Can wait.</summary>
    Low = 0,

    /// <summary>As any other.</summary>
    Normal = 1,

    /// <summary>Before the others.</summary>
    High = 2,

    /// <summary>At once.</summary>
    Critical = 3,
}

/// <summary>A rule of the house did something. Names the rule as it was then.</summary>
/// <param name="Id">The rule; the author's id for the list of ignored authors.</param>
/// <param name="Version">Its version then.</param>
/// <param name="Name">Its name then.</param>
public sealed record RuleRef(Guid Id, int Version, string Name);

/// <summary>A person answered, or asked, and now it is the author's turn: clocks stop.</summary>
public sealed record AwaitedAuthor(string By, DateTimeOffset At, string? TraceParent);

/// <summary>The author said something more: the turn is ours again.</summary>
/// <param name="MentionId">What they said.</param>
public sealed record AuthorAnswered(Guid MentionId, DateTimeOffset At, string? TraceParent);

/// <summary>A person put it off.</summary>
/// <param name="Until">When it comes back by itself.</param>
public sealed record Snoozed(string By, DateTimeOffset At, DateTimeOffset Until, string? TraceParent);

/// <summary>It is back where it was before it was put off.</summary>
/// <param name="By">Null when its time had come.</param>
public sealed record Woke(string? By, DateTimeOffset At, string? TraceParent);

/// <summary>A person gave it to a person.</summary>
/// <param name="To">Whose it is now.</param>
public sealed record Assigned(string By, string To, DateTimeOffset At, string? TraceParent);

/// <summary>A person put a tag on it.</summary>
/// <param name="Tag">Lower case, 1 to 50 characters.</param>
public sealed record Tagged(string By, DateTimeOffset At, string Tag, string? TraceParent);

/// <summary>A person took a tag off it.</summary>
/// <param name="Tag">The tag.</param>
public sealed record Untagged(string By, DateTimeOffset At, string Tag, string? TraceParent);

/// <summary>A person said how much hangs on it.</summary>
/// <param name="Severity">From now on.</param>
public sealed record SeveritySet(string By, DateTimeOffset At, Severity Severity, string? TraceParent);

/// <summary>A person wrote a draft of an answer; its text is in the notes table.</summary>
/// <param name="DraftId">The draft; the last one counts.</param>
public sealed record Drafted(string By, DateTimeOffset At, Guid DraftId, string? TraceParent);

/// <summary>A person answered on the network: they said so, or it was sent for them and the network has it.</summary>
/// <param name="Url">Where the answer stands; null when it has no address.</param>
/// <param name="ReplyId">The reply that was sent through the network; null when a person told of it.</param>
/// <param name="NativeId">The network's id of the answer; null when nobody told it.</param>
public sealed record Replied(string By, DateTimeOffset At, string? Url, string? TraceParent, Guid? ReplyId = null, string? NativeId = null);

/// <summary>A rule did, at once, all that it says. A mention that people have begun with is tagged and flagged at most.</summary>
/// <param name="Rule">Which one.</param>
/// <param name="Tags">Tags put on it.</param>
/// <param name="AssignTo">Whose it became; null when nobody's.</param>
/// <param name="Dismiss">Why it was put into the filtered view; null when it was not.</param>
/// <param name="Severity">What hangs on it; null when that did not change.</param>
/// <param name="Flag">True when it asks for attention.</param>
public sealed record Automated(RuleRef Rule, DateTimeOffset At, IReadOnlyList<string> Tags, string? AssignTo, DismissReason? Dismiss, Severity? Severity, bool Flag, string? TraceParent);

/// <summary>What people had done to it in one step was taken back.</summary>
/// <param name="BulkId">The step.</param>
/// <param name="To">How it stands again.</param>
public sealed record Undone(string By, DateTimeOffset At, Guid BulkId, Standing To, string? TraceParent);

/// <summary>It tells the story of another mention: it is one of that story's sightings.</summary>
/// <param name="StoryId">The mention that leads the story.</param>
public sealed record JoinedStory(Guid StoryId, DateTimeOffset At);

/// <summary>A rule put aside the mention whose story it told: it leads that story now.</summary>
public sealed record LeadsStory(DateTimeOffset At);

/// <summary>The story that it leads has doubled.</summary>
/// <param name="Sightings">Mentions of the story, this one included.</param>
/// <param name="PerHour">Sightings an hour since it last doubled.</param>
public sealed record StoryGrew(int Sightings, double PerHour, DateTimeOffset At);

/// <summary>A clock of the service level passed a mark.</summary>
/// <param name="Clock">Which clock.</param>
/// <param name="State">What it says now; paused when it was breached and counts no more: the mention was dismissed, tells the story of another, or follows another policy.</param>
/// <param name="Policy">Name of the policy that it follows.</param>
/// <param name="PolicyVersion">Version of the policies then.</param>
/// <param name="DueAt">When it is, or was, due.</param>
/// <param name="Done">It has been stopped for good: met, or too late.</param>
public sealed record SlaMarked(SlaClock Clock, SlaState State, string Policy, int PolicyVersion, DateTimeOffset DueAt, DateTimeOffset At, bool Done = false);

/// <summary>Where a mention stands in its triage: what people and rules made of it.</summary>
/// <param name="Status">Where in its life.</param>
/// <param name="Owner">Whose it is; null when nobody's.</param>
/// <param name="SnoozedUntil">When it comes back; null when it is not put off.</param>
/// <param name="Before">The status to come back to.</param>
/// <param name="Severity">What hangs on it.</param>
/// <param name="Tags">In order.</param>
/// <param name="FilteredBy">The rule that put it into the filtered view; null when none did.</param>
/// <param name="FirstAnsweredAt">When anybody first answered or closed it; null when nobody had.</param>
/// <param name="ResolvedAt">When it was closed; null while it is open, and in steps of before this was kept.</param>
/// <param name="Relevant">Whether people took it up or said that it is not about the brand; null while nobody had said, and in steps of before this was kept.</param>
public sealed record Standing(
    MentionStatus Status,
    string? Owner,
    DateTimeOffset? SnoozedUntil,
    MentionStatus Before,
    Severity Severity,
    IReadOnlyList<string> Tags,
    RuleRef? FilteredBy,
    DateTimeOffset? FirstAnsweredAt,
    DateTimeOffset? ResolvedAt = null,
    bool? Relevant = null);
