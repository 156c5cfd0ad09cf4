using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>One step of the on-call order.</summary>
/// <param name="ChannelId">Who is told.</param>
/// <param name="AfterMinutes">So long after the incident began, unless somebody has acknowledged; 0 to 1,440.</param>
public sealed record OnCallStep(Guid ChannelId, int AfterMinutes);

/// <summary>Who is told one after the other while nobody acknowledges.</summary>
/// <param name="Steps">In order; empty for none.</param>
/// <param name="MinSeverity">Incidents from this severity on.</param>
/// <param name="Version">Grows with each change; 0 before the first.</param>
public sealed record OnCall(IReadOnlyList<OnCallStep> Steps, IncidentSeverity MinSeverity, int Version)
{
    /// <summary>No order.</summary>
    public static readonly OnCall None = new([], IncidentSeverity.Critical, 0);
}

/// <summary>Something that a channel is to tell.</summary>
/// <param name="Id">The same for the same cause, channel and kind: it is planned once, however often it is decided.</param>
/// <param name="ChannelId">The channel.</param>
/// <param name="IncidentId">The incident; null for a digest.</param>
/// <param name="Kind">One of <see cref="NoticeKinds"/>.</param>
/// <param name="Step">Step of the on-call order; 0 otherwise.</param>
/// <param name="DueAt">When.</param>
internal sealed record Notice(Guid Id, Guid ChannelId, Guid? IncidentId, string Kind, int Step, DateTimeOffset DueAt);

/// <summary>What a notice tells.</summary>
internal static class NoticeKinds
{
    public const string Opened = "opened";
    public const string Reopened = "reopened";
    public const string Escalated = "escalated";
    public const string Resolved = "resolved";
    public const string Digest = "digest";
    public const string Test = "test";
}

/// <summary>Decides who is told what and when. Pure.</summary>
internal static class NoticePlan
{
    private static readonly Guid Space = new("7d2a0d0e-52f9-4b18-9a3e-3c8b2b6d1e44");

    /// <summary>The notices that an event asks for.</summary>
    /// <param name="workspace">The tenant.</param>
    /// <param name="incident">As it is after the event.</param>
    /// <param name="happened">The event.</param>
    /// <param name="channels">All channels.</param>
    /// <param name="named">The channels that the rule names; null for all.</param>
    /// <param name="onCall">The order.</param>
    /// <param name="quiet">Quiet hours of the workspace.</param>
    /// <param name="now">The moment.</param>
    public static IReadOnlyList<Notice> Of(string workspace, Incident incident, object happened, IReadOnlyList<NoticeChannel> channels, IReadOnlyList<Guid>? named, OnCall onCall, WorkspaceQuiet quiet, DateTimeOffset now)
    {
        if (incident.Silence is not null)
        {
            return [];
        }

        // What came back within the cool-down, or was acknowledged before, is told to nobody again.
        var kind = happened switch
        {
            IncidentOpened or IncidentSilenceEnded => NoticeKinds.Opened,
            IncidentReopened { Reason: "person" } when incident.Status == IncidentStatus.Open => NoticeKinds.Reopened,
            IncidentResolved => NoticeKinds.Resolved,
            _ => null,
        };
        if (kind is null)
        {
            return [];
        }

        if (kind == NoticeKinds.Resolved)
        {
            // Those of them who were told of the beginning, whatever rule and channel say by now: that is known where it is stored.
            return [.. channels.Where(c => c is { Enabled: true, TellResolved: true } && !About(incident, c)).Select(c => One(workspace, incident, c.Id, kind, 0, c.NextAllowed(now, incident.Severity, quiet)))];
        }

        var chosen = Chosen(named, channels);
        var told = channels.Where(c => Tells(incident, c) && (chosen is null || chosen.Contains(c.Id))).ToList();
        var notices = told.Select(c => One(workspace, incident, c.Id, kind, 0, c.NextAllowed(now, incident.Severity, quiet))).ToList();
        if (incident.Severity >= onCall.MinSeverity)
        {
            notices.AddRange(StepTimes(incident, channels, onCall.Steps, quiet, now)
                .Where(s => s.Channel is null || (!About(incident, s.Channel) && !(s.Step.AfterMinutes == 0 && told.Contains(s.Channel))))
                .Select(s => One(workspace, incident, s.Step.ChannelId, NoticeKinds.Escalated, s.Number, s.DueAt)));
        }

        return notices;
    }

    /// <summary>When each step of the on-call order is due. What quiet hours hold back moves those behind it by as much: otherwise all of them would be told in the minute in which the hours end. Who may be told meanwhile is told at their own time.</summary>
    private static IEnumerable<(OnCallStep Step, int Number, NoticeChannel? Channel, DateTimeOffset DueAt)> StepTimes(
        Incident incident, IReadOnlyList<NoticeChannel> channels, IReadOnlyList<OnCallStep> steps, WorkspaceQuiet quiet, DateTimeOffset now)
    {
        var (moved, held) = (TimeSpan.Zero, now);
        foreach (var (i, step) in steps.Index())
        {
            // A channel that was removed or is off has its step as well: when its time comes, it is passed on.
            var channel = channels.FirstOrDefault(c => c.Id == step.ChannelId);
            var works = channel is { Enabled: true } && !About(incident, channel);
            var own = now.AddMinutes(step.AfterMinutes);
            if (works && own < held && Allowed(own) == own)
            {
                yield return (step, i + 1, channel, own);
                continue;
            }

            var due = works ? Allowed(own + moved) : own + moved;
            (moved, held) = (due - own, due);
            yield return (step, i + 1, channel, due);

            DateTimeOffset Allowed(DateTimeOffset at) => channel!.NextAllowed(at, incident.Severity, quiet);
        }
    }

    /// <summary>The channels that a rule tells of those that it names; null for all. One whose channels were all removed tells all: otherwise nobody would hear of it, and nobody would know.</summary>
    public static IReadOnlyList<Guid>? Chosen(IReadOnlyList<Guid>? named, IReadOnlyList<NoticeChannel> channels) => named is { Count: > 0 } && !channels.Any(c => named.Contains(c.Id)) ? null : named;

    /// <summary>The id of a notice.</summary>
    public static Guid IdOf(string workspace, Guid about, Guid channel, string kind, string which) => NameBasedGuid.Create(Space, workspace, about.ToString("D"), channel.ToString("D"), kind, which);

    /// <summary>What a step of the on-call order that cannot be told is passed on to: the first after it that can be, or was; what lies between is passed over with it.</summary>
    /// <param name="round">Those that were planned together.</param>
    /// <param name="step">The number of the one whose time has come.</param>
    /// <returns>Those that are passed over, and the next; null for none.</returns>
    public static (IReadOnlyList<PlannedStep> Passed, PlannedStep? Next) PassOn(IReadOnlyList<PlannedStep> round, int step)
    {
        var next = round.Where(s => s.Step > step && (s.State == "delivered" || s is { State: "due", Missing: null })).MinBy(s => s.Step);
        return ([.. round.Where(s => s is { State: "due", Missing: not null } && s.Step >= step && (next is null || s.Step < next.Step))], next);
    }

    /// <summary>All who are told of incidents at once, in place of a step of the on-call order after which there is none.</summary>
    public static IReadOnlyList<Notice> Everybody(string workspace, Incident incident, int step, IReadOnlyList<NoticeChannel> channels, WorkspaceQuiet quiet, DateTimeOffset now) =>
        [.. channels.Where(c => Tells(incident, c)).Select(c => One(workspace, incident, c.Id, NoticeKinds.Escalated, step, c.NextAllowed(now, incident.Severity, quiet)))];

    private static bool Tells(Incident incident, NoticeChannel channel) => channel is { Enabled: true, Digest: DigestEvery.Never } && incident.Severity >= channel.MinSeverity && !About(incident, channel);

    // A channel is not told that it does not work.
    private static bool About(Incident incident, NoticeChannel channel) => incident.Kind == RuleKinds.ChannelFailing && incident.Cause == channel.Id.ToString("D");

    private static Notice One(string workspace, Incident incident, Guid channel, string kind, int step, DateTimeOffset due) =>
        new(IdOf(workspace, incident.Id, channel, kind, $"{incident.Reopened}/{step}"), channel, incident.Id, kind, step, due);
}
