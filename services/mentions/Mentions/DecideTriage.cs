using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What people do. Doing it again changes nothing; what another person has is theirs, unless a manager comes.</summary>
internal static partial class Decide
{
    /// <summary>Most tags of a mention.</summary>
    public const int MaxTags = 20;

    /// <summary>Characters of a tag.</summary>
    public const int MaxTag = 50;

    private const int MaxName = 200;
    private static readonly TimeSpan MaxSnooze = TimeSpan.FromDays(366);

    /// <summary>Takes a mention. Refused when another person has it.</summary>
    public static IReadOnlyList<object> Claim(Mention state, Person by)
    {
        RequireOpen(state);
        return state.Owner is not null && state.Owner != by.Name
            ? throw Owned(state)
            : state.Status == MentionStatus.Claimed ? [] : [new Claimed(by.Name, by.At, by.TraceParent)];
    }

    /// <summary>Gives a mention back. Only its owner or a manager may.</summary>
    public static IReadOnlyList<object> Release(Mention state, Person by)
    {
        RequireMine(state, by);
        return state.Owner is null ? [] : [new Released(by.Name, by.At, by.TraceParent)];
    }

    /// <summary>Gives a mention to a person.</summary>
    public static IReadOnlyList<object> Assign(Mention state, Person by, string? to)
    {
        var name = to?.Trim();
        if (name is not { Length: > 0 and <= MaxName } || name.Any(char.IsControl))
        {
            throw RuleViolation.Invalid("to", "out_of_range", $"Name the person who shall have it: 1 to {MaxName} characters.");
        }

        if (state.Owner == name && state.Status is MentionStatus.Claimed or MentionStatus.Waiting)
        {
            return [];
        }

        RequireMine(state, by);
        return [new Assigned(by.Name, name, by.At, by.TraceParent)];
    }

    /// <summary>It is the author's turn now.</summary>
    public static IReadOnlyList<object> Wait(Mention state, Person by)
    {
        RequireMine(state, by);
        return state.Status == MentionStatus.Waiting ? [] : [new AwaitedAuthor(by.Name, by.At, by.TraceParent)];
    }

    /// <summary>Puts a mention off.</summary>
    public static IReadOnlyList<object> Snooze(Mention state, Person by, DateTimeOffset? until)
    {
        if (until is not { } time || time <= by.At || time - by.At > MaxSnooze)
        {
            throw RuleViolation.Invalid("until", "out_of_range", "Say until when: a time from now to a year ahead, such as 2026-03-01T09:00:00Z.");
        }

        RequireMine(state, by);
        return state.SnoozedUntil == time ? [] : [new Snoozed(by.Name, by.At, time, by.TraceParent)];
    }

    /// <summary>Takes a mention back before its time.</summary>
    public static IReadOnlyList<object> Wake(Mention state, Person by)
    {
        RequireMine(state, by);
        return state.Status == MentionStatus.Snoozed ? [new Woke(by.Name, by.At, by.TraceParent)] : [];
    }

    /// <summary>Its time has come.</summary>
    public static IReadOnlyList<object> Wake(Mention state, DateTimeOffset now) =>
        state.Status == MentionStatus.Snoozed && state.SnoozedUntil <= now ? [new Woke(null, now, null)] : [];

    /// <summary>Closes a mention as dealt with.</summary>
    public static IReadOnlyList<object> Resolve(Mention state, Person by)
    {
        if (state.Status == MentionStatus.Resolved)
        {
            return [];
        }

        RequireMine(state, by);
        return [new Resolved(by.Name, by.At, by.TraceParent)];
    }

    /// <summary>Puts a mention aside.</summary>
    public static IReadOnlyList<object> Dismiss(Mention state, Person by, DismissReason reason)
    {
        if (state.Status == MentionStatus.Dismissed)
        {
            return [];
        }

        RequireMine(state, by);
        return [new Dismissed(by.Name, by.At, reason, by.TraceParent)];
    }

    /// <summary>Opens a closed mention again.</summary>
    public static IReadOnlyList<object> Reopen(Mention state, Person by) => IsClosed(state) ? [new Reopened(by.Name, by.At, by.TraceParent)] : [];

    /// <summary>Takes a mention out of the filtered view.</summary>
    public static IReadOnlyList<object> Restore(Mention state, Person by) => state.FilteredBy is null ? [] : [new Reopened(by.Name, by.At, by.TraceParent)];

    /// <summary>Adds a note, at any time, by anybody who triages.</summary>
    public static IReadOnlyList<object> Note(Person by, Guid noteId) => [new Noted(by.Name, by.At, noteId, by.TraceParent)];

    /// <summary>Keeps a draft of an answer.</summary>
    public static IReadOnlyList<object> Draft(Mention state, Person by, Guid draftId)
    {
        RequireMine(state, by);
        return [new Drafted(by.Name, by.At, draftId, by.TraceParent)];
    }

    /// <summary>An answer stands on the network; what follows can be told in the same step.</summary>
    /// <param name="then"><c>Waiting</c>, <c>Resolved</c>, or null to leave it as it is.</param>
    public static IReadOnlyList<object> Reply(Mention state, Person by, string? url, MentionStatus? then)
    {
        if (then is not (null or MentionStatus.Waiting or MentionStatus.Resolved))
        {
            throw RuleViolation.Invalid("then", "value_unknown", "After an answer a mention is waiting or resolved. Leave it out to change nothing.");
        }

        if (state.Status != MentionStatus.Resolved)
        {
            RequireMine(state, by);
        }

        var replied = new Replied(by.Name, by.At, url, by.TraceParent);
        var after = EvolveDesk.Apply(state, replied);
        return [replied, .. then switch
        {
            MentionStatus.Waiting => Wait(after, by),
            MentionStatus.Resolved => Resolve(after, by),
            _ => [],
        }];
    }

    /// <summary>Says how much hangs on it.</summary>
    public static IReadOnlyList<object> SetSeverity(Mention state, Person by, Severity severity) =>
        state.Severity == severity ? [] : [new SeveritySet(by.Name, by.At, severity, by.TraceParent)];

    /// <summary>Puts a tag on it, whatever its status.</summary>
    public static IReadOnlyList<object> Tag(Mention state, Person by, string? tag)
    {
        var name = TagName(tag, "tag");
        return state.Tags.Contains(name) ? [] : state.Tags.Count < MaxTags
            ? [new Tagged(by.Name, by.At, name, by.TraceParent)]
            : throw new RuleViolation("too_many_tags", $"A mention has at most {MaxTags} tags. Take one off first.");
    }

    /// <summary>Takes a tag off.</summary>
    public static IReadOnlyList<object> Untag(Mention state, Person by, string? tag)
    {
        var name = TagName(tag, "tag");
        return state.Tags.Contains(name) ? [new Untagged(by.Name, by.At, name, by.TraceParent)] : [];
    }

    /// <summary>Refuses a step over many for a mention with which somebody did something after it was seen. That it was opened, marked by a clock, told of again or judged since is no reason against it.</summary>
    /// <param name="state">How it stands.</param>
    /// <param name="version">The version that was seen.</param>
    /// <param name="byText">True for a step that goes by what the text says: then it is refused as well where that was edited since.</param>
    /// <exception cref="RuleViolation">412 <c>version_conflict</c>: somebody did, or there was no such version yet; <c>edited_since</c>: it says something else now.</exception>
    public static void RequireSeen(Mention state, long version, bool byText)
    {
        if (version < state.StandsSince || version > state.Version)
        {
            throw RuleViolation.Stale(state.Version, Extensions(state));
        }

        if (byText && version < state.TextSince)
        {
            throw new RuleViolation("edited_since", "Its text was edited since it was seen. Read it, and repeat with the new version.", StatusCodes.Status412PreconditionFailed, extensions: Extensions(state));
        }
    }

    /// <summary>Takes a step back, if nobody has done anything since. A clock that was marked, a story that grew or a verdict is no reason against it.</summary>
    /// <param name="version">The version that the step led to.</param>
    /// <param name="to">How it stood before.</param>
    public static IReadOnlyList<object> Undo(Mention state, Person by, Guid bulkId, int version, Standing to) =>
        state.StandsSince == version ? [new Undone(by.Name, by.At, bulkId, to, by.TraceParent)] : throw RuleViolation.Stale(state.Version, Extensions(state));

    /// <summary>A tag as it is kept: trimmed, lower case.</summary>
    public static string TagName(string? tag, string field)
    {
        var name = tag?.Trim().ToLowerInvariant();
        return name is { Length: > 0 and <= MaxTag } && !name.Any(char.IsControl)
            ? name
            : throw RuleViolation.Invalid(field, "tag_invalid", $"A tag has 1 to {MaxTag} characters, none of them a control character.");
    }

    private static bool IsClosed(Mention state) => state.Status is MentionStatus.Resolved or MentionStatus.Dismissed;

    private static void RequireOpen(Mention state)
    {
        if (IsClosed(state))
        {
            throw new RuleViolation("mention_closed", $"It is {state.Status.ToString().ToLowerInvariant()}. Reopen it first.", extensions: Extensions(state));
        }
    }

    private static void RequireMine(Mention state, Person by)
    {
        RequireOpen(state);
        if (state.Owner is not null && state.Owner != by.Name && by.Role < Role.Manager)
        {
            throw Owned(state);
        }
    }

    private static RuleViolation Owned(Mention state) => new("mention_claimed", $"{state.Owner} has it. Ask them to release it, or a manager.", extensions: Extensions(state));

    private static Dictionary<string, object?> Extensions(Mention state) => new(StringComparer.Ordinal) { ["owner"] = state.Owner, ["version"] = state.Version };
}
