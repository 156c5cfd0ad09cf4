using JasperFx.Events;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>The one place where a stored event becomes a public one.</summary>
internal static class PublicEventMap
{
    /// <summary>The mention that the public event will quote; null when it quotes none.</summary>
    public static Guid? Quotes(object stored) => stored switch
    {
        Raised e => e.MentionId,
        _ => null,
    };

    /// <summary>What programs outside are told of a stored event; null when it is of no interest to them. It must not fail: an event that cannot be mapped would hold up all that follow.</summary>
    /// <param name="stored">The stored event.</param>
    /// <param name="mention">The mention that it <see cref="Quotes"/>; null when its text is not kept any more.</param>
    public static PublicEvent? Of(IEvent stored, MentionScored? mention) => stored.Data switch
    {
        Raised e => new(
            stored.Id,
            PublicEventTypes.AlertRaised,
            e.RaisedAt,
            new AlertRaisedData(stored.StreamId, new(e.RuleId, e.RuleName, e.RuleVersion), e.Negative, MentionData.Of(e.MentionId, e.Brand, e.Reach, e.SeenAt, mention), e.RaisedAt))
        {
            BrandId = e.Brand.Id,
            MentionId = e.MentionId,
            TraceParent = e.TraceParent,
        },
        Triaged e when PublicEventTypes.IsKnown("mention." + e.Change) => new(stored.Id, "mention." + e.Change, e.At, new MentionTriagedData(e.MentionId, e.BrandId, e.Change, e.By, e.At))
        {
            BrandId = e.BrandId,
            TraceParent = e.TraceParent,
        },
        WebhookDisabled e => new(stored.Id, PublicEventTypes.EndpointDisabled, e.At, new EndpointDisabledData(stored.StreamId, e.Name, e.Reason, e.Detail, e.At)) { ExceptWebhook = stored.StreamId },
        WebhookTested e => new(stored.Id, PublicEventTypes.Test, e.At, new TestData(stored.StreamId, e.By)) { OnlyWebhook = stored.StreamId },
        _ => null,
    };
}
