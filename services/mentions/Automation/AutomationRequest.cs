using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A rule of the house as it shall be. A PUT replaces the whole rule.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Conditions">Which mentions it is for; at least one condition.</param>
/// <param name="Actions">What it does; at least one action.</param>
/// <param name="Enabled">True by default.</param>
public sealed record AutomationRequest(string? Name, AutomationConditions? Conditions, AutomationActions? Actions, bool? Enabled = null)
{
    private const int MaxName = 100;
    private const int MaxValues = 200;
    private const int MaxWord = 100;

    /// <summary>The rule, checked.</summary>
    internal AutomationRule Check(Guid id, int version)
    {
        var name = Name?.Trim();
        if (name is not { Length: > 0 and <= MaxName } || name.Any(char.IsControl))
        {
            throw RuleViolation.Invalid("name", "out_of_range", $"A name has 1 to {MaxName} characters, none of them a control character.");
        }

        return new(id, version, name, Enabled ?? true, CheckConditions(Conditions), CheckActions());
    }

    /// <summary>The conditions, checked.</summary>
    internal static AutomationConditions CheckConditions(AutomationConditions? given)
    {
        var c = given ?? new();
        Few(c.Brands, "brands");
        Few(c.Sources, "sources");
        Few(c.SourceKinds, "sourceKinds");
        Few(c.Languages, "languages");
        Share(c.MinNegative, "minNegative");
        Share(c.MaxNegative, "maxNegative");
        if (c.AuthorList is not (null or AuthorLists.Vip or AuthorLists.None))
        {
            throw RuleViolation.Invalid("conditions.authorList", "value_unknown", "authorList takes vip, none. Posts of ignored authors are put aside without a rule.");
        }

        c = c with { Words = Words(c.Words, "words"), WithoutWords = Words(c.WithoutWords, "withoutWords"), Tags = Tags(c.Tags, "conditions.tags") };
        return IsAnything(c)
            ? throw RuleViolation.Invalid("conditions", "conditions_missing", "A rule for every mention there is would hide or take all of them. Give at least one condition.")
            : c;
    }

    private AutomationActions CheckActions()
    {
        var a = Actions ?? new();
        var assign = a.AssignTo?.Trim();
        if (assign is { Length: > 200 } || assign?.Any(char.IsControl) == true)
        {
            throw RuleViolation.Invalid("actions.assignTo", "out_of_range", "Name the person who shall have it: 1 to 200 characters.");
        }

        a = a with { AssignTo = string.IsNullOrEmpty(assign) ? null : assign, Tags = Tags(a.Tags, "actions.tags") };
        if (a.Dismiss is not null && a.AssignTo is not null)
        {
            throw RuleViolation.Invalid("actions.dismiss", "actions_contradict", "What is put aside needs nobody: leave out one of the two.");
        }

        return a is { Tags: null or { Count: 0 }, AssignTo: null, Dismiss: null, Severity: null, Flag: false }
            ? throw RuleViolation.Invalid("actions", "actions_missing", "Say what the rule does: put aside, give to somebody, set the severity, tag or flag.")
            : a;
    }

    private static bool IsAnything(AutomationConditions c) =>
        c.Brands is null or { Count: 0 } && c.Sources is null or { Count: 0 } && c.SourceKinds is null or { Count: 0 } && c.Languages is null or { Count: 0 } && c.Sentiments is null or { Count: 0 }
        && c.MinNegative is null && c.MaxNegative is null && c.MinReach is null && c.MaxReach is null && c.AuthorList is null
        && c.Words is null or { Count: 0 } && c.WithoutWords is null or { Count: 0 } && c.Tags is null or { Count: 0 };

    private static void Few<T>(IReadOnlyList<T>? values, string field)
    {
        if (values is { Count: > MaxValues })
        {
            throw RuleViolation.Invalid($"conditions.{field}", "too_many", $"At most {MaxValues} values.");
        }
    }

    private static void Share(double? value, string field)
    {
        if (value is not (null or (>= 0 and <= 1)))
        {
            throw RuleViolation.Invalid($"conditions.{field}", "out_of_range", "A probability is 0 to 1.");
        }
    }

    private static IReadOnlyList<string>? Words(IReadOnlyList<string>? words, string field)
    {
        Few(words, field);
        var wrong = words?.ToList().FindIndex(w => w is not { Length: > 0 and <= MaxWord } || !w.Any(char.IsLetterOrDigit)) ?? -1;
        return wrong < 0 ? words : throw RuleViolation.Invalid($"conditions.{field}[{wrong}]", "out_of_range", $"A word or phrase has 1 to {MaxWord} characters, and a letter or digit among them.");
    }

    private static List<string>? Tags(IReadOnlyList<string>? tags, string field)
    {
        if (tags is { Count: > Decide.MaxTags })
        {
            throw RuleViolation.Invalid(field, "too_many", $"At most {Decide.MaxTags} tags.");
        }

        return tags?.Select((t, i) => Decide.TagName(t, $"{field}[{i}]")).ToList();
    }
}
