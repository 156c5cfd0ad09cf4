using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What a rule with a least reach does about a mention whose reach nobody knows.</summary>
public enum UnknownReach
{
    /// <summary>It may be large: alert.</summary>
    Alert = 0,

    /// <summary>Leave it.</summary>
    Ignore = 1,
}

/// <summary>How much evidence a watch wants before it speaks.</summary>
public enum Sensitivity
{
    /// <summary>Only what is far out of the ordinary.</summary>
    Calm = 0,

    /// <summary>What a colleague would call unusual.</summary>
    Normal = 1,

    /// <summary>Early, and sometimes wrong.</summary>
    Keen = 2,
}

/// <summary>Which mentions a rule looks at. Members that are set all have to hold; the values of one are alternatives. A member that is null does not matter.</summary>
/// <param name="Words">Words or phrases of which one has to stand in title or text, whole and in any case.</param>
/// <param name="Authors">Handles, names or ids of authors, in any case.</param>
/// <param name="Languages">ISO 639 codes.</param>
/// <param name="Sources">Sources.</param>
public sealed record RuleFilter(
    IReadOnlyList<string>? Words = null,
    IReadOnlyList<string>? Authors = null,
    IReadOnlyList<string>? Languages = null,
    IReadOnlyList<Guid>? Sources = null);

/// <summary>What a rule looks for.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="BrandId">Only mentions of this brand; null for all brands.</param>
/// <param name="Threshold">Least probability of a negative verdict, at most 1; 0 when it does not matter, or <paramref name="Urgent"/> is asked for.</param>
/// <param name="MinReach">Least reach, 0 or more; null when reach does not matter.</param>
/// <param name="UnknownReach">What to do when <paramref name="MinReach"/> is set and the reach is not known.</param>
/// <param name="Enabled">False: it raises nothing.</param>
/// <param name="Filter">Which mentions; null for all.</param>
/// <param name="Severity">Of its incidents.</param>
/// <param name="CooldownMinutes">So long after an incident's end the same cause goes on with it, 0 to 10,080.</param>
/// <param name="Channels">Who is told; null for all channels.</param>
/// <param name="Sensitivity">Of a spike, a topic or a falling volume.</param>
/// <param name="AfterMinutes">Of a silent source: so long it has to be blind.</param>
/// <param name="Labels">What alerts and incidents of it carry, for receivers to filter by; null for none.</param>
/// <param name="Urgent">The verdict has to be urgent: negative enough by the threshold that the model has for its language.</param>
public sealed record RuleTerms(
    string Name,
    Guid? BrandId,
    double Threshold,
    long? MinReach,
    UnknownReach UnknownReach,
    bool Enabled,
    RuleFilter? Filter = null,
    IncidentSeverity Severity = IncidentSeverity.Warning,
    int CooldownMinutes = 60,
    IReadOnlyList<Guid>? Channels = null,
    Sensitivity Sensitivity = Sensitivity.Normal,
    int AfterMinutes = 30,
    IReadOnlyList<string>? Labels = null,
    bool Urgent = false);

/// <summary>A rule as it is now: the fold of its events.</summary>
/// <param name="Id">Its stream.</param>
public sealed record Rule(Guid Id)
{
    private static readonly Guid Space = new("5d0ff1a2-6d0e-4a55-9c0b-6f0d3e1b7a41");

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<Rule, RuleMatcher> Ready = [];

    /// <summary>One of <see cref="RuleKinds"/>.</summary>
    public string Kind { get; init; } = RuleKinds.NegativeMention;

    /// <summary>What it looks for.</summary>
    public RuleTerms Terms { get; init; } = new("", null, 1, null, UnknownReach.Alert, false);

    /// <summary>It was removed: nothing may happen to it any more.</summary>
    public bool Removed { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Events so far; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>Its terms made ready for many mentions.</summary>
    internal RuleMatcher Matcher => Ready.GetValue(this, static r => new(r.Kind, r.Terms));

    /// <summary>Id of the rule that every workspace begins with.</summary>
    public static Guid DefaultId(string workspace) => NameBasedGuid.Create(Space, workspace, "default");

    /// <summary>The state after an event.</summary>
    public static Rule Apply(Rule rule, object happened) => (happened switch
    {
        RuleAdded e => rule with { Kind = e.Kind, Terms = e.Terms, CreatedAt = e.At },
        RuleChanged e => rule with { Terms = e.Terms },
        RuleRemoved => rule with { Removed = true },
        _ => rule,
    }) with { Version = rule.Version + 1 };
}
