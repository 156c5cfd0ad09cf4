using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>Which mentions a rule is for. Values of one condition are alternatives; conditions all have to hold; one that is left out always holds.</summary>
/// <param name="Brands">Brands.</param>
/// <param name="Sources">Sources.</param>
/// <param name="SourceKinds">Connectors.</param>
/// <param name="Languages">ISO codes.</param>
/// <param name="Sentiments">Verdicts.</param>
/// <param name="MinNegative">Least probability of a negative verdict, 0 to 1.</param>
/// <param name="MaxNegative">Greatest probability of a negative verdict, 0 to 1.</param>
/// <param name="MinReach">Least reach; a reach that is not known is below any.</param>
/// <param name="MaxReach">Greatest reach; a reach that is not known is not above any.</param>
/// <param name="AuthorList"><c>vip</c>, or <c>none</c> for authors on no list.</param>
/// <param name="Words">Words or phrases, of which title or text has one; compared without case and accents, whole words only.</param>
/// <param name="WithoutWords">Words or phrases, of which title and text have none.</param>
/// <param name="Tags">Tags, of which it has one.</param>
public sealed record AutomationConditions(
    IReadOnlyList<Guid>? Brands = null,
    IReadOnlyList<Guid>? Sources = null,
    IReadOnlyList<string>? SourceKinds = null,
    IReadOnlyList<string>? Languages = null,
    IReadOnlyList<Sentiment>? Sentiments = null,
    double? MinNegative = null,
    double? MaxNegative = null,
    long? MinReach = null,
    long? MaxReach = null,
    string? AuthorList = null,
    IReadOnlyList<string>? Words = null,
    IReadOnlyList<string>? WithoutWords = null,
    IReadOnlyList<string>? Tags = null);

/// <summary>What a rule does. A mention that people have begun with is tagged and flagged at most.</summary>
/// <param name="Tags">Tags to put on it.</param>
/// <param name="AssignTo">Whose it becomes.</param>
/// <param name="Dismiss">Puts it into the filtered view, and why.</param>
/// <param name="Severity">What hangs on it.</param>
/// <param name="Flag">Asks for attention.</param>
public sealed record AutomationActions(IReadOnlyList<string>? Tags = null, string? AssignTo = null, DismissReason? Dismiss = null, Severity? Severity = null, bool Flag = false);

/// <summary>A rule of the house.</summary>
/// <param name="Id">For good.</param>
/// <param name="Version">1, one more with each change: what <c>If-Match</c> wants.</param>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Enabled">False: it does nothing.</param>
/// <param name="Conditions">Which mentions it is for.</param>
/// <param name="Actions">What it does.</param>
public sealed record AutomationRule(Guid Id, int Version, string Name, bool Enabled, AutomationConditions Conditions, AutomationActions Actions);

/// <summary>The rules of a workspace: the fold of its stream.</summary>
/// <param name="Rules">In the order in which they were added, which is that in which they are applied.</param>
public sealed record AutomationRules(IReadOnlyList<AutomationRule> Rules)
{
    /// <summary>Nothing goes by itself.</summary>
    public static readonly AutomationRules None = new([]);

    internal static AutomationRules Apply(AutomationRules state, object happened) => happened switch
    {
        AutomationRuleSet e when state.Rules.Any(r => r.Id == e.Rule.Id) => new([.. state.Rules.Select(r => r.Id == e.Rule.Id ? e.Rule : r)]),
        AutomationRuleSet e => new([.. state.Rules, e.Rule]),
        AutomationRuleRemoved e => new([.. state.Rules.Where(r => r.Id != e.RuleId)]),
        _ => state,
    };
}

/// <summary>A person added a rule, or changed it.</summary>
/// <param name="Rule">As it is from now on.</param>
public sealed record AutomationRuleSet(AutomationRule Rule, string By, DateTimeOffset At);

/// <summary>A person removed a rule. What it did stays.</summary>
/// <param name="RuleId">The rule.</param>
public sealed record AutomationRuleRemoved(Guid RuleId, string By, DateTimeOffset At);
