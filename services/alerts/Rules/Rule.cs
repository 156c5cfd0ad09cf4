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

/// <summary>What a rule looks for.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="BrandId">Only mentions of this brand; null for all brands.</param>
/// <param name="Threshold">Least probability of a negative verdict, above 0, at most 1.</param>
/// <param name="MinReach">Least reach, 0 or more; null when reach does not matter.</param>
/// <param name="UnknownReach">What to do when <paramref name="MinReach"/> is set and the reach is not known.</param>
/// <param name="Enabled">False: it raises nothing.</param>
public sealed record RuleTerms(string Name, Guid? BrandId, double Threshold, long? MinReach, UnknownReach UnknownReach, bool Enabled);

/// <summary>A rule as it is now: the fold of its events.</summary>
/// <param name="Id">Its stream.</param>
public sealed record Rule(Guid Id)
{
    /// <summary>The one kind there is: a single mention is judged negative.</summary>
    public const string NegativeMention = "negativeMention";

    private static readonly Guid Space = new("5d0ff1a2-6d0e-4a55-9c0b-6f0d3e1b7a41");

    /// <summary>What it looks for.</summary>
    public RuleTerms Terms { get; init; } = new("", null, 1, null, UnknownReach.Alert, false);

    /// <summary>It was removed: nothing may happen to it any more.</summary>
    public bool Removed { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Events so far; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>Id of the rule that every workspace begins with.</summary>
    public static Guid DefaultId(string workspace) => NameBasedGuid.Create(Space, workspace, "default");

    /// <summary>The state after an event.</summary>
    public static Rule Apply(Rule rule, object happened) => (happened switch
    {
        RuleAdded e => rule with { Terms = e.Terms, CreatedAt = e.At },
        RuleChanged e => rule with { Terms = e.Terms },
        RuleRemoved => rule with { Removed = true },
        _ => rule,
    }) with { Version = rule.Version + 1 };
}
