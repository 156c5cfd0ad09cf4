using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>What a watch measured: a burst, a topic, a silence. Counts only, no text.</summary>
/// <param name="Observed">What was counted in the window.</param>
/// <param name="Expected">What the baseline expected in it.</param>
/// <param name="From">Start of the window.</param>
/// <param name="To">Its end.</param>
/// <param name="Score">Evidence as a log-likelihood ratio (natural), above 0; 0 where a fact needs none.</param>
/// <param name="Terms">The terms that rose; null for other kinds.</param>
/// <param name="Mentions">Samples of the mentions behind it, at most 10.</param>
/// <param name="Negative">True when negative mentions alone were counted.</param>
public sealed record Measured(
    double Observed,
    double Expected,
    DateTimeOffset From,
    DateTimeOffset To,
    double Score,
    IReadOnlyList<string>? Terms = null,
    IReadOnlyList<Guid>? Mentions = null,
    bool Negative = false);

/// <summary>The first alert of a cause came: the incident begins.</summary>
/// <param name="Kind">Kind of the rule.</param>
/// <param name="RuleId">The rule; an own id for what Serm watches by itself.</param>
/// <param name="RuleName">Its name then.</param>
/// <param name="Severity">As the rule says.</param>
/// <param name="Brand">Null for what concerns no brand.</param>
/// <param name="Cause">Key of the cause within rule and brand: a story, a gap, a term.</param>
/// <param name="Subject">What it is about in a few words that are not a post's: a source's name, the terms; null when rule and brand say all.</param>
/// <param name="SourceId">The source that it is about; null for none.</param>
/// <param name="CooldownMinutes">So long after its end the same cause goes on with this incident.</param>
/// <param name="Measured">What was measured; null for single mentions.</param>
/// <param name="Silence">The silence that covers it; null when people are told.</param>
/// <param name="TraceParent">W3C traceparent.</param>
/// <param name="Labels">Of the rule then; null for none.</param>
public sealed record IncidentOpened(
    string Kind,
    Guid RuleId,
    string RuleName,
    IncidentSeverity Severity,
    BrandRef? Brand,
    string Cause,
    string? Subject,
    Guid? SourceId,
    int CooldownMinutes,
    Measured? Measured,
    Guid? Silence,
    DateTimeOffset At,
    string? TraceParent = null,
    IReadOnlyList<string>? Labels = null);

/// <summary>Alerts joined the incident. Written for each of the first ten, then each time their number has doubled; between, only the row counts.</summary>
/// <param name="Alerts">Alerts of the incident after it.</param>
/// <param name="Mentions">Some of the mentions that came, at most 20.</param>
/// <param name="Negative">The highest probability among them, 0 to 1.</param>
/// <param name="Reach">The widest reach among them; null when none is known.</param>
/// <param name="At">When they came.</param>
public sealed record AlertsAttached(long Alerts, IReadOnlyList<Guid> Mentions, float Negative, long? Reach, DateTimeOffset At);

/// <summary>The watch measured the same cause again, and it had grown, or the terms had changed.</summary>
public sealed record IncidentMeasured(Measured Measured, DateTimeOffset At);

/// <summary>A person has seen it: nobody is told again.</summary>
public sealed record IncidentAcknowledged(string By, DateTimeOffset At);

/// <summary>It was given to a person, or to nobody.</summary>
/// <param name="Owner">Who has it now; null for nobody.</param>
public sealed record IncidentAssigned(string? Owner, string By, DateTimeOffset At);

/// <summary>A person wrote a note; its words are in the table of notes.</summary>
/// <param name="NoteId">The row.</param>
public sealed record IncidentNoted(Guid NoteId, string By, DateTimeOffset At);

/// <summary>It is over.</summary>
/// <param name="Reason">person, causeOver or quiet.</param>
/// <param name="By">Who ended it; serm when it ended by itself.</param>
public sealed record IncidentResolved(string Reason, string By, DateTimeOffset At);

/// <summary>It goes on: a person said so, or the cause came back within the cool-down.</summary>
/// <param name="Reason">person or causeBack.</param>
public sealed record IncidentReopened(string Reason, string By, DateTimeOffset At);

/// <summary>It was put into another incident, where it goes on.</summary>
/// <param name="Into">The other one.</param>
/// <param name="Alerts">The alerts that went along.</param>
public sealed record IncidentMerged(Guid Into, long Alerts, string By, DateTimeOffset At);

/// <summary>Another incident was put into this one.</summary>
/// <param name="From">The other one.</param>
/// <param name="Alerts">The alerts that came along.</param>
/// <param name="Mentions">Some of its mentions, at most 20.</param>
/// <param name="Severity">The other one's severity: the higher of both stays.</param>
public sealed record IncidentAbsorbed(Guid From, long Alerts, IReadOnlyList<Guid> Mentions, IncidentSeverity Severity, string By, DateTimeOffset At);

/// <summary>The next person in the order was told, because nobody had acknowledged.</summary>
/// <param name="Step">1 for the second in the order.</param>
/// <param name="Channel">Who was told.</param>
public sealed record IncidentEscalated(int Step, string Channel, DateTimeOffset At);

/// <summary>The silence that covered it has ended, and nobody has handled it: its channels are told now, unless another silence covers it.</summary>
/// <param name="Silence">The one that has ended.</param>
/// <param name="Next">The one that covers it now; null when people are told.</param>
public sealed record IncidentSilenceEnded(Guid Silence, Guid? Next, DateTimeOffset At);
