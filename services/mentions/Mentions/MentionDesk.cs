using System.Collections.Immutable;

namespace Serm.Mentions;

/// <summary>What was done to a mention, beside its texts and verdicts.</summary>
public sealed partial record Mention
{
    private static readonly ImmutableSortedSet<string> NoTags = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The status that a snooze goes back to.</summary>
    public MentionStatus Before { get; init; }

    /// <summary>When it comes back; null when it is not put off.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    public Severity Severity { get; init; } = Severity.Normal;

    public ImmutableSortedSet<string> Tags { get; init; } = NoTags;

    /// <summary>A rule asks for attention.</summary>
    public bool Flagged { get; init; }

    /// <summary>The rule that put it into the filtered view; null when none did.</summary>
    public RuleRef? FilteredBy { get; init; }

    /// <summary>Rules that were applied: none is a second time.</summary>
    public ImmutableSortedSet<Guid> Rules { get; init; } = [];

    /// <summary>The mention whose story it tells; null when it tells its own.</summary>
    public Guid? StoryId { get; init; }

    /// <summary>Mentions that tell its story, as of the last doubling; 1 when it is alone.</summary>
    public int Sightings { get; init; } = 1;

    /// <summary>Sightings an hour when its story last doubled.</summary>
    public double PerHour { get; init; }

    /// <summary>When its story last doubled.</summary>
    public DateTimeOffset? GrewAt { get; init; }

    public long? SimHash { get; init; }

    public long? UrlKey { get; init; }

    public Guid? AuthorKey { get; init; }

    /// <summary>The network's id of the post that began the thread, or of what is answered where that is all that is known; its own when it answers nothing.</summary>
    public string ThreadId { get; init; } = "";

    /// <summary>It answers another post.</summary>
    public bool IsReply { get; init; }

    public string? ReplyUrl { get; init; }

    /// <summary>When we last answered on the network.</summary>
    public DateTimeOffset? RepliedAt { get; init; }

    /// <summary>When anybody first answered, or closed it without an answer.</summary>
    public DateTimeOffset? FirstAnsweredAt { get; init; }

    public Guid? DraftId { get; init; }

    /// <summary>Times in which it waited or slept or was closed, in order; the last may be open.</summary>
    public ImmutableList<Pause> Pauses { get; init; } = [];

    /// <summary>What each clock was last marked with, and when.</summary>
    public ImmutableSortedDictionary<SlaClock, SlaMark> SlaMarks { get; init; } = ImmutableSortedDictionary<SlaClock, SlaMark>.Empty;

    /// <summary>What people made of it: true when somebody took it up, false when it was dismissed as irrelevant or as not about the brand; null while nobody has said.</summary>
    public bool? Relevant { get; init; }

    /// <summary>People or rules did something, or its story or clock did: it has more than its text and verdict.</summary>
    public bool Touched { get; init; }

    /// <summary>The version since which nobody has done anything with it: what clocks, stories and verdicts told since does not count.</summary>
    public int StandsSince { get; init; }

    /// <summary>The version since which it says what it says now; 0 before it said anything.</summary>
    public int TextSince { get; init; }

    /// <summary>How it stands, to come back to.</summary>
    public Standing Standing => new(Status, Owner, SnoozedUntil, Before, Severity, [.. Tags], FilteredBy, FirstAnsweredAt, Ledger.ResolvedAt, Relevant);
}

/// <summary>A time in which clocks may stop.</summary>
/// <param name="Status">Waiting, snoozed, resolved or dismissed.</param>
/// <param name="From">Since when.</param>
/// <param name="To">Until when; null while it lasts.</param>
public sealed record Pause(MentionStatus Status, DateTimeOffset From, DateTimeOffset? To);

/// <summary>A mark on a clock.</summary>
/// <param name="State">Due soon, breached or met; paused when what was breached counts no more.</param>
/// <param name="At">When it was set.</param>
/// <param name="Done">The clock had been stopped for good.</param>
/// <param name="Policy">Name of the policy that it followed.</param>
/// <param name="DueAt">When it was due.</param>
public sealed record SlaMark(SlaState State, DateTimeOffset At, bool Done, string Policy, DateTimeOffset DueAt);
