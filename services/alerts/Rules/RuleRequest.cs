using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A rule as it shall be. A PUT replaces the whole rule: what is left out takes its default.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Threshold">Least probability of a negative verdict, above 0, at most 1. Of the kinds <c>negativeMention</c> (it, or <paramref name="Urgent"/>, is required) and <c>mention</c> (without both the verdict does not matter).</param>
/// <param name="Kind"><c>negativeMention</c> (default), <c>mention</c>, <c>volumeSpike</c>, <c>negativeSpike</c>, <c>risingTopic</c>, <c>sourceSilence</c>, <c>slaBreach</c>.</param>
/// <param name="BrandId">Only mentions of this brand; all brands when left out.</param>
/// <param name="MinReach">Least reach, 0 or more; when left out, reach does not matter.</param>
/// <param name="UnknownReach">With <paramref name="MinReach"/>, for a mention whose reach is not known: <c>alert</c> (default) or <c>ignore</c>.</param>
/// <param name="Enabled">True by default.</param>
/// <param name="Filter">Which mentions: words, authors, languages, sources. Spikes and silences take sources alone, <c>risingTopic</c> and <c>slaBreach</c> nothing.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> (default) or <c>critical</c>, which passes quiet hours.</param>
/// <param name="CooldownMinutes">So long after an incident's end the same cause goes on with it, 0 to 10,080; 60 by default.</param>
/// <param name="Channels">Who is told; all channels when left out, or once all that it names were removed; none when empty.</param>
/// <param name="Sensitivity">Of spikes, topics and a falling volume: <c>calm</c>, <c>normal</c> (default), <c>keen</c>.</param>
/// <param name="AfterMinutes">Of <c>sourceSilence</c>: so long a source has to be blind, 1 to 10,080; 30 by default.</param>
/// <param name="Labels">What its alerts and incidents carry, for webhooks to filter by: at most 20, each 1 to 50 characters.</param>
/// <param name="Urgent">In place of <paramref name="Threshold"/>: the verdict has to be urgent, that is, negative enough by the threshold of its language (<c>why.urgent</c> of a mention). Where the model has no such thresholds, and for what was judged before verdicts told, 0.8 counts. False by default.</param>
public sealed record RuleRequest(
    string? Name,
    double? Threshold = null,
    string? Kind = null,
    Guid? BrandId = null,
    long? MinReach = null,
    UnknownReach? UnknownReach = null,
    bool? Enabled = null,
    RuleFilter? Filter = null,
    IncidentSeverity? Severity = null,
    int? CooldownMinutes = null,
    IReadOnlyList<Guid>? Channels = null,
    Sensitivity? Sensitivity = null,
    int? AfterMinutes = null,
    IReadOnlyList<string>? Labels = null,
    bool? Urgent = null)
{
    private const int MaxName = 100;
    private const int MaxValues = 200;
    private const int MaxWord = 100;
    private const int MaxLabels = 20;
    private const int MaxLabel = 50;
    private const int Week = 10_080;

    /// <summary>Kind and terms, checked.</summary>
    internal (string Kind, RuleTerms Terms) Check()
    {
        var kind = Kind ?? RuleKinds.NegativeMention;
        if (!RuleKinds.All.Contains(kind, StringComparer.Ordinal))
        {
            throw RuleViolation.Invalid("kind", "kind_unknown", $"The kind of a rule is one of {string.Join(", ", RuleKinds.All)}.");
        }

        var name = Name?.Trim();
        Require("name", name is { Length: > 0 and <= MaxName } && !name.Any(char.IsControl), $"A name has 1 to {MaxName} characters, none of them a control character.");
        if (Urgent == true)
        {
            Require("urgent", RuleKinds.IsSingle(kind), $"A {kind} looks at no single verdict. Leave out \"urgent\".");
            Require("threshold", Threshold is null, "Give a threshold or \"urgent\", not both: urgent is the threshold of each language.");
        }
        else if (kind == RuleKinds.NegativeMention || Threshold is not null)
        {
            Require("threshold", Threshold is > 0 and <= 1, "Give a threshold above 0 and at most 1, such as 0.8, or \"urgent\": true.");
        }

        Require("minReach", MinReach is null or >= 0, "A least reach is 0 or more. Leave it out when reach does not matter.");
        Require("cooldownMinutes", CooldownMinutes is null or (>= 0 and <= Week), $"A cool-down is 0 to {Week:N0} minutes.");
        Require("afterMinutes", AfterMinutes is null or (>= 1 and <= Week), $"Give 1 to {Week:N0} minutes.");
        Require("channels", Channels is null or { Count: <= MaxValues }, $"A rule names at most {MaxValues} channels.");
        return (kind, new(name!, BrandId, Threshold ?? 0, MinReach, UnknownReach ?? Alerts.UnknownReach.Alert, Enabled ?? true, Checked(kind), Severity ?? IncidentSeverity.Warning, CooldownMinutes ?? 60, Channels, Sensitivity ?? Alerts.Sensitivity.Normal, AfterMinutes ?? 30, CheckedLabels(), Urgent ?? false));
    }

    private RuleFilter? Checked(string kind)
    {
        if (Filter is null)
        {
            return null;
        }

        if (!RuleKinds.IsSingle(kind) && (Filter.Words is { Count: > 0 } || Filter.Authors is { Count: > 0 } || Filter.Languages is { Count: > 0 }))
        {
            throw RuleViolation.Invalid("filter", "filter_not_here", $"A {kind} counts by brand and source: filter by \"sources\" alone, or use a rule of the kind mention.");
        }

        if (kind is RuleKinds.RisingTopic or RuleKinds.SlaBreach && Filter.Sources is { Count: > 0 })
        {
            throw RuleViolation.Invalid("filter.sources", "filter_not_here", $"A {kind} looks at all sources: topics and promises are not kept by source. Leave out \"sources\".");
        }

        var words = Texts("filter.words", Filter.Words);
        if (words is not null && words.Any(w => Words.Of(w).Length == 0))
        {
            throw RuleViolation.Invalid("filter.words", "no_word", "Each entry needs at least one letter or digit: whole words or phrases, such as \"refund\" or \"never again\".");
        }

        Require("filter.sources", Filter.Sources is null or { Count: <= MaxValues }, $"Name at most {MaxValues} sources.");
        var checkedFilter = new RuleFilter(words, Texts("filter.authors", Filter.Authors), Texts("filter.languages", Filter.Languages), Filter.Sources is { Count: > 0 } s ? s : null);
        return checkedFilter == new RuleFilter() ? null : checkedFilter;
    }

    private List<string>? CheckedLabels()
    {
        Require("labels", Labels is null || (Labels.Count <= MaxLabels && Labels.All(l => l?.Trim() is { Length: > 0 and <= MaxLabel } t && !t.Any(char.IsControl))), $"Give at most {MaxLabels} labels of 1 to {MaxLabel} characters.");
        return Labels is { Count: > 0 } ? [.. Labels.Select(l => l.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)] : null;
    }

    private static List<string>? Texts(string field, IReadOnlyList<string>? values)
    {
        if (values is not { Count: > 0 })
        {
            return null;
        }

        Require(field, values.Count <= MaxValues && values.All(v => v?.Trim() is { Length: > 0 and <= MaxWord } t && !t.Any(char.IsControl)), $"Give at most {MaxValues} entries of 1 to {MaxWord} characters.");
        return [.. values.Select(v => v.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static void Require(string field, bool holds, string message)
    {
        if (!holds)
        {
            throw RuleViolation.Invalid(field, "out_of_range", message);
        }
    }
}
