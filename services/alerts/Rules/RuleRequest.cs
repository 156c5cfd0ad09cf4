using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A rule as it shall be. A PUT replaces the whole rule: what is left out takes its default.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Threshold">Least probability of a negative verdict, above 0, at most 1.</param>
/// <param name="Kind"><c>negativeMention</c>, which is also the default.</param>
/// <param name="BrandId">Only mentions of this brand; all brands when left out.</param>
/// <param name="MinReach">Least reach, 0 or more; when left out, reach does not matter.</param>
/// <param name="UnknownReach">With <paramref name="MinReach"/>, for a mention whose reach is not known: <c>alert</c> (default) or <c>ignore</c>.</param>
/// <param name="Enabled">True by default.</param>
public sealed record RuleRequest(
    string? Name,
    double? Threshold,
    string? Kind = null,
    Guid? BrandId = null,
    long? MinReach = null,
    UnknownReach? UnknownReach = null,
    bool? Enabled = null)
{
    private const int MaxName = 100;

    /// <summary>The terms, checked.</summary>
    internal RuleTerms Check()
    {
        if (Kind is not (null or Rule.NegativeMention))
        {
            throw RuleViolation.Invalid("kind", "kind_unknown", $"The kind of a rule is \"{Rule.NegativeMention}\".");
        }

        var name = Name?.Trim();
        if (name is not { Length: > 0 and <= MaxName } || name.Any(char.IsControl))
        {
            throw RuleViolation.Invalid("name", "out_of_range", $"A name has 1 to {MaxName} characters, none of them a control character.");
        }

        if (Threshold is not (> 0 and <= 1))
        {
            throw RuleViolation.Invalid("threshold", "out_of_range", "Give a threshold above 0 and at most 1, such as 0.8.");
        }

        if (MinReach < 0)
        {
            throw RuleViolation.Invalid("minReach", "out_of_range", "A least reach is 0 or more. Leave it out when reach does not matter.");
        }

        return new(name, BrandId, Threshold.Value, MinReach, UnknownReach ?? Alerts.UnknownReach.Alert, Enabled ?? true);
    }
}
