using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>How often a channel sums up instead of telling each incident.</summary>
public enum DigestEvery
{
    /// <summary>Never: each incident is told.</summary>
    Never = 0,

    /// <summary>At every full hour.</summary>
    Hour = 1,

    /// <summary>Every day.</summary>
    Day = 2,

    /// <summary>Every Monday.</summary>
    Week = 3,
}

/// <summary>Hours in which only what is critical is told; the rest waits until they end.</summary>
/// <param name="From">Local time at which they begin.</param>
/// <param name="To">Local time at which they end; before <paramref name="From"/>, they last over midnight.</param>
/// <param name="CriticalPasses">True: critical incidents are told at once all the same.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To, bool CriticalPasses = true)
{
    /// <summary>When something may be told: now, or at the end of the quiet hours.</summary>
    public DateTimeOffset NextAllowed(DateTimeOffset now, TimeZoneInfo zone, IncidentSeverity severity)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        var quiet = From != To && (From < To ? time >= From && time < To : time >= From || time < To);
        if (!quiet || (severity == IncidentSeverity.Critical && CriticalPasses))
        {
            return now;
        }

        var day = From < To || time < To ? local.Date : local.Date.AddDays(1);
        return Zones.At(day, To, zone);
    }
}

/// <summary>Quiet hours of a workspace: channels without hours of their own keep them.</summary>
/// <param name="Hours">Null for none.</param>
/// <param name="TimeZone">IANA time zone in which they are meant.</param>
/// <param name="Version">Grows with each change; 0 before the first.</param>
public sealed record WorkspaceQuiet(QuietHours? Hours, string TimeZone, int Version)
{
    /// <summary>None.</summary>
    public static readonly WorkspaceQuiet None = new(null, "UTC", 0);
}

/// <summary>Where people are told. Its secrets are apart, encrypted.</summary>
/// <param name="Id">The channel.</param>
/// <param name="Kind">One of <see cref="ChannelKinds"/>.</param>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Enabled">False: nobody is told by it.</param>
/// <param name="Settings">What the kind needs and is no secret.</param>
/// <param name="MinSeverity">It tells incidents from this severity on.</param>
/// <param name="TellResolved">True: it also tells the end of what it told.</param>
/// <param name="Quiet">Its own quiet hours, instead of those of the workspace; null for none of its own.</param>
/// <param name="Digest">How often it sums up.</param>
/// <param name="DigestAt">Local time of daily and weekly digests.</param>
/// <param name="Language">Language of its texts: en, ru, tr, sv or vi.</param>
/// <param name="TimeZone">IANA time zone of its reader.</param>
/// <param name="Version">Grows with each change.</param>
/// <param name="KeepsQuiet">True: without quiet hours of its own it keeps those of the workspace.</param>
public sealed record NoticeChannel(
    Guid Id,
    string Kind,
    string Name,
    bool Enabled,
    ChannelSettings Settings,
    IncidentSeverity MinSeverity,
    bool TellResolved,
    QuietHours? Quiet,
    DigestEvery Digest,
    TimeOnly DigestAt,
    string Language,
    string TimeZone,
    int Version,
    bool KeepsQuiet = true)
{
    /// <summary>Its time zone; UTC when this machine does not know it.</summary>
    internal TimeZoneInfo Zone => Zones.Of(TimeZone);

    /// <summary>When it may tell something of a severity.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="severity">Of the incident.</param>
    /// <param name="workspace">What counts where the channel has no quiet hours of its own.</param>
    internal DateTimeOffset NextAllowed(DateTimeOffset now, IncidentSeverity severity, WorkspaceQuiet workspace) =>
        Quiet?.NextAllowed(now, Zone, severity) ?? (KeepsQuiet ? workspace.Hours?.NextAllowed(now, Zones.Of(workspace.TimeZone), severity) : null) ?? now;
}

/// <summary>The settings of all kinds; each takes its own.</summary>
/// <param name="To">E-mail: addresses that are written to.</param>
/// <param name="From">E-mail: the sender's address.</param>
/// <param name="Host">E-mail: the SMTP server.</param>
/// <param name="Port">E-mail: its port; 587 by default.</param>
/// <param name="User">E-mail: the account; null to send without signing in.</param>
/// <param name="Tls">E-mail: <c>startTls</c> (default), <c>tls</c> or <c>none</c>.</param>
/// <param name="ChatId">Telegram: the chat.</param>
public sealed record ChannelSettings(IReadOnlyList<string>? To = null, string? From = null, string? Host = null, int? Port = null, string? User = null, string? Tls = null, string? ChatId = null);

/// <summary>The kinds of channels.</summary>
internal static class ChannelKinds
{
    /// <summary>Mail by SMTP.</summary>
    public const string Email = "email";

    /// <summary>A bot's message.</summary>
    public const string Telegram = "telegram";

    /// <summary>An incoming webhook as Slack has it; Mattermost and Rocket.Chat take the same.</summary>
    public const string Slack = "slack";

    /// <summary>An incoming webhook as Teams has it: an adaptive card.</summary>
    public const string Teams = "teams";

    /// <summary>All of them. Signed webhooks are endpoints of their own: /api/webhooks.</summary>
    public static readonly IReadOnlyList<string> All = [Email, Telegram, Slack, Teams];
}

/// <summary>Local times.</summary>
internal static class Zones
{
    /// <summary>A zone by its IANA name; UTC when this machine does not know it.</summary>
    public static TimeZoneInfo Of(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>The instant of a local time; one that a change of clocks leaves out is the next that there is.</summary>
    public static DateTimeOffset At(DateTime day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = DateTime.SpecifyKind(day.Date + time.ToTimeSpan(), DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(15);
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
