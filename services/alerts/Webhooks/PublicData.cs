using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>The rule that fired.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Version">Its version then.</param>
public sealed record RuleData(Guid Id, string Name, int Version);

/// <summary><c>data</c> of <c>alert.raised</c>.</summary>
/// <param name="AlertId">The alert: <c>GET /api/alerts/{id}</c>.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Negative">The probability of a negative verdict that made it fire, 0 to 1.</param>
/// <param name="Mention">The mention.</param>
/// <param name="RaisedAt">When the rule fired.</param>
/// <param name="IncidentId">The incident that it belongs to: <c>GET /api/incidents/{id}</c>; null on old alerts.</param>
/// <param name="Severity">Of the rule then; null on old alerts.</param>
/// <param name="Labels">Of the rule then.</param>
public sealed record AlertRaisedData(
    Guid AlertId, RuleData Rule, float Negative, MentionData Mention, DateTimeOffset RaisedAt, Guid? IncidentId = null, IncidentSeverity? Severity = null, IReadOnlyList<string>? Labels = null);

/// <summary><c>data</c> of <c>mention.claimed</c>, <c>mention.resolved</c> and their like.</summary>
/// <param name="MentionId">The mention: <c>GET /api/mentions/{id}</c>.</param>
/// <param name="BrandId">Its brand.</param>
/// <param name="Change">What happened: the second half of the type.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
public sealed record MentionTriagedData(Guid MentionId, Guid BrandId, string Change, string By, DateTimeOffset At);

/// <summary><c>data</c> of <c>incident.opened</c>.</summary>
/// <param name="IncidentId">The incident: <c>GET /api/incidents/{id}</c>.</param>
/// <param name="Kind">Kind of the rule.</param>
/// <param name="RuleId">The rule.</param>
/// <param name="RuleName">Its name then.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Brand">Null for what concerns none.</param>
/// <param name="Subject">What it is about: a source's name, the terms; null when rule and brand say all.</param>
/// <param name="SourceId">The source that it is about; null for none.</param>
/// <param name="Measured">What a watch measured; null for single mentions.</param>
/// <param name="Silenced">True when a silence covers it: nobody was told.</param>
/// <param name="OpenedAt">When.</param>
/// <param name="Labels">Of the rule then.</param>
public sealed record IncidentOpenedData(
    Guid IncidentId,
    string Kind,
    Guid RuleId,
    string RuleName,
    IncidentSeverity Severity,
    BrandRef? Brand,
    string? Subject,
    Guid? SourceId,
    Measured? Measured,
    bool Silenced,
    DateTimeOffset OpenedAt,
    IReadOnlyList<string>? Labels = null);

/// <summary><c>data</c> of the other events of incidents.</summary>
/// <param name="IncidentId">The incident: <c>GET /api/incidents/{id}</c>.</param>
/// <param name="Version">Its version after it: what <c>If-Match</c> wants.</param>
/// <param name="By">Who did it; <c>serm</c> when it happened by itself.</param>
/// <param name="Reason">Why it ended or goes on; null for other events.</param>
/// <param name="Into">The incident in which it goes on; null unless it was merged.</param>
/// <param name="At">When.</param>
public sealed record IncidentChangeData(Guid IncidentId, int Version, string By, string? Reason, Guid? Into, DateTimeOffset At);

/// <summary><c>data</c> of <c>endpoint.disabled</c>.</summary>
/// <param name="WebhookId">The webhook that is no longer delivered to.</param>
/// <param name="Name">What its owner calls it, or its host.</param>
/// <param name="Reason"><c>gone</c> (the receiver answered 410) or <c>failing</c> (it failed for days).</param>
/// <param name="Detail">One sentence for people.</param>
/// <param name="DisabledAt">When.</param>
public sealed record EndpointDisabledData(Guid WebhookId, string Name, string Reason, string Detail, DateTimeOffset DisabledAt);

/// <summary><c>data</c> of <c>test</c>.</summary>
/// <param name="WebhookId">The webhook that is tried.</param>
/// <param name="By">Who asked for it.</param>
public sealed record TestData(Guid WebhookId, string By);

/// <summary>A mention as public events quote it. Text, title and author are hostile until you escape them.</summary>
/// <param name="Id">The mention: <c>GET /api/mentions/{id}</c>.</param>
/// <param name="Brand">Its brand.</param>
/// <param name="Url">Absolute http(s) address of the post; null when the network gives none.</param>
/// <param name="Title">Plain text; null where the network has none.</param>
/// <param name="Text">Plain text, at most 8,000 UTF-16 characters; null when it is not kept any more.</param>
/// <param name="TextIsCut">True when the post is longer than that.</param>
/// <param name="Author">Who wrote it, as far as the network tells.</param>
/// <param name="Source">Where it was read.</param>
/// <param name="Language">ISO 639-1 (or -3) code, <c>und</c> when not known; null when the text is not kept any more.</param>
/// <param name="Reach">People who can have seen it; null when not known.</param>
/// <param name="Verdict">What the model said, and why.</param>
/// <param name="PublishedAt">When it was published.</param>
/// <param name="SeenAt">When Serm first held it.</param>
public sealed record MentionData(
    Guid Id,
    BrandRef Brand,
    string? Url,
    string? Title,
    string? Text,
    bool TextIsCut,
    Author? Author,
    SourceData? Source,
    string? Language,
    long? Reach,
    Verdict? Verdict,
    DateTimeOffset? PublishedAt,
    DateTimeOffset SeenAt)
{
    private const int MaxText = 8_000;

    /// <summary>What is known of a mention, with or without its text.</summary>
    internal static MentionData Of(Guid id, BrandRef brand, long? reach, DateTimeOffset seenAt, MentionScored? scored)
    {
        if (scored?.Mention.Post is not { } post)
        {
            return new(id, brand, null, null, null, false, null, null, null, reach, null, null, seenAt);
        }

        var cut = post.Text.Length > MaxText;
        // Never between the halves of a surrogate pair.
        var text = cut ? post.Text[..(char.IsHighSurrogate(post.Text[MaxText - 1]) ? MaxText - 1 : MaxText)] : post.Text;
        var verdict = cut ? scored.Verdict with { Evidence = [.. scored.Verdict.Evidence.Where(e => e.Part != PostPart.Text || e.Start + e.Length <= text.Length)] } : scored.Verdict;
        return new(id, brand, post.Url, post.Title, text, cut, post.Author, new(post.SourceId, post.SourceKind, post.SourceName), post.Language, post.Reach ?? reach, verdict, post.PublishedAt, seenAt);
    }
}

/// <summary>The source that a mention was read from.</summary>
/// <param name="Id">The source; all zeros for pushed posts.</param>
/// <param name="Kind">The connector: <c>feed</c>, <c>push</c>, ...</param>
/// <param name="Name">Its name when the post was read.</param>
public sealed record SourceData(Guid Id, string Kind, string Name);
