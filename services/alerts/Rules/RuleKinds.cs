namespace Serm.Alerts;

/// <summary>The kinds of rules, by the names that the API and stored events use.</summary>
internal static class RuleKinds
{
    /// <summary>A single mention is judged negative.</summary>
    public const string NegativeMention = "negativeMention";

    /// <summary>A single mention, whatever its verdict: by words, authors, reach.</summary>
    public const string Mention = "mention";

    /// <summary>More mentions than this hour of the week has.</summary>
    public const string VolumeSpike = "volumeSpike";

    /// <summary>More negative mentions than this hour of the week has.</summary>
    public const string NegativeSpike = "negativeSpike";

    /// <summary>A term's share of what is said rises.</summary>
    public const string RisingTopic = "risingTopic";

    /// <summary>A source is blind, or tells far less than it does at this time.</summary>
    public const string SourceSilence = "sourceSilence";

    /// <summary>A mention is over its time.</summary>
    public const string SlaBreach = "slaBreach";

    /// <summary>A channel does not deliver: no rule, Serm tells it by itself.</summary>
    public const string ChannelFailing = "channelFailing";

    /// <summary>The credentials of a source end soon: no rule either.</summary>
    public const string CredentialsEnd = "credentialsEnd";

    /// <summary>All that a rule may have.</summary>
    public static readonly IReadOnlyList<string> All = [NegativeMention, Mention, VolumeSpike, NegativeSpike, RisingTopic, SourceSilence, SlaBreach];

    /// <summary>All that an incident may have.</summary>
    public static readonly IReadOnlyList<string> OfIncidents = [.. All, ChannelFailing, CredentialsEnd];

    /// <summary>True for those that look at one mention.</summary>
    public static bool IsSingle(string kind) => kind is NegativeMention or Mention;

    /// <summary>True for those that watch counts.</summary>
    public static bool IsSpike(string kind) => kind is VolumeSpike or NegativeSpike;
}
