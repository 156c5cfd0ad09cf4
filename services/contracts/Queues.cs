namespace Serm.Contracts;

/// <summary>The durable queues and the contract that each is bound to. Every service declares all of them before it publishes: a message sent before its queue is bound would be lost in silence.</summary>
public static class Queues
{
    public const string SentimentMentionFound = "sentiment.mention-found";
    public const string SentimentMentionCorrected = "sentiment.mention-corrected";
    public const string SentimentRescoreAsked = "sentiment.rescore-asked";
    public const string SentimentPostRemoved = "sentiment.post-removed";
    public const string IngestErasureAsked = "ingest.erasure-asked";
    public const string IngestReplyAsked = "ingest.reply-asked";
    public const string SentimentErasureAsked = "sentiment.erasure-asked";
    public const string AlertsErasureAsked = "alerts.erasure-asked";
    public const string MentionsTextsErased = "mentions.texts-erased";
    public const string MentionsReplyTold = "mentions.reply-told";
    public const string MentionsMentionRescored = "mentions.mention-rescored";
    public const string MentionsRescoreRefused = "mentions.rescore-refused";
    public const string MentionsMentionFound = "mentions.mention-found";
    public const string MentionsMentionScored = "mentions.mention-scored";
    public const string MentionsPostRemoved = "mentions.post-removed";
    public const string MentionsEngagementChanged = "mentions.engagement-changed";
    public const string MentionsAlertRaised = "mentions.alert-raised";
    public const string MentionsAlertDelivered = "mentions.alert-delivered";
    public const string MentionsSourceGapChanged = "mentions.source-gap-changed";
    public const string AlertsMentionScored = "alerts.mention-scored";
    public const string AlertsPostRemoved = "alerts.post-removed";
    public const string AlertsMentionTriaged = "alerts.mention-triaged";
    public const string GatewayMentionChanged = "gateway.mention-changed";
    public const string GatewayPresenceChanged = "gateway.presence-changed";
    public const string GatewayAlertRaised = "gateway.alert-raised";
    public const string GatewayEndpointDisabled = "gateway.endpoint-disabled";
    public const string AlertsSourceGapChanged = "alerts.source-gap-changed";
    public const string AlertsSourceCredentialsEnding = "alerts.source-credentials-ending";
    public const string AlertsSourceGone = "alerts.source-gone";
    public const string AlertsSlaStateChanged = "alerts.sla-state-changed";
    public const string GatewayIncidentChanged = "gateway.incident-changed";

    /// <summary>Queue and the contract that it receives.</summary>
    public static readonly IReadOnlyList<(string Queue, Type Message)> All =
    [
        (SentimentMentionFound, typeof(MentionFound)),
        (SentimentMentionCorrected, typeof(MentionCorrected)),
        (SentimentRescoreAsked, typeof(RescoreAsked)),
        (SentimentPostRemoved, typeof(PostRemoved)),
        (IngestErasureAsked, typeof(ErasureAsked)),
        (IngestReplyAsked, typeof(ReplyAsked)),
        (SentimentErasureAsked, typeof(ErasureAsked)),
        (AlertsErasureAsked, typeof(ErasureAsked)),
        (MentionsTextsErased, typeof(TextsErased)),
        (MentionsReplyTold, typeof(ReplyTold)),
        (MentionsMentionRescored, typeof(MentionRescored)),
        (MentionsRescoreRefused, typeof(RescoreRefused)),
        (MentionsMentionFound, typeof(MentionFound)),
        (MentionsMentionScored, typeof(MentionScored)),
        (MentionsPostRemoved, typeof(PostRemoved)),
        (MentionsEngagementChanged, typeof(EngagementChanged)),
        (MentionsAlertRaised, typeof(AlertRaised)),
        (MentionsAlertDelivered, typeof(AlertDelivered)),
        (MentionsSourceGapChanged, typeof(SourceGapChanged)),
        (AlertsMentionScored, typeof(MentionScored)),
        (AlertsPostRemoved, typeof(PostRemoved)),
        (AlertsMentionTriaged, typeof(MentionTriaged)),
        (GatewayMentionChanged, typeof(MentionChanged)),
        (GatewayPresenceChanged, typeof(PresenceChanged)),
        (GatewayAlertRaised, typeof(AlertRaised)),
        (GatewayEndpointDisabled, typeof(EndpointDisabled)),
        (AlertsSourceGapChanged, typeof(SourceGapChanged)),
        (AlertsSourceCredentialsEnding, typeof(SourceCredentialsEnding)),
        (AlertsSourceGone, typeof(SourceGone)),
        (AlertsSlaStateChanged, typeof(SlaStateChanged)),
        (GatewayIncidentChanged, typeof(IncidentChanged)),
    ];
}
