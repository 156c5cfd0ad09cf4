using System.Globalization;
using Microsoft.Extensions.Localization;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>Policies and rules of the house as people say them.</summary>
internal static class HouseWording
{
    /// <summary>What a policy promises.</summary>
    public static string PromiseOf(this IStringLocalizer<Texts> l, SlaPolicyItem p) => Joined(
        p.FirstAnswerMinutes is { } first ? l["SlaPolicies.First", l.Span(TimeSpan.FromMinutes(first))].Value : null,
        p.ResolveMinutes is { } resolve ? l["SlaPolicies.Resolve", l.Span(TimeSpan.FromMinutes(resolve))].Value : null,
        p.Hours.Count == 0 ? l["SlaPolicies.Always"] : l["SlaPolicies.Hours", string.Join(", ", p.Hours.Select(h => $"{l.DayOf(h.Day)} {h.From}–{h.To}")), p.TimeZone],
        p.Holidays.Count > 0 ? l["SlaPolicies.Holidays", p.Holidays.Count].Value : null);

    /// <summary>Which mentions a policy is for.</summary>
    public static string ScopeOf(this IStringLocalizer<Texts> l, SlaPolicyItem p, IReadOnlyList<BrandItem> brands) => Joined(
        l.BrandsOf(p.Brands, brands) ?? l["Rules.AllBrands"],
        p.Severities.Count == 0 ? l["Filter.AllSeverities"] : string.Join(", ", p.Severities.Select(s => l[$"MentionSeverity.{s}"].Value)),
        p.Sentiments.Count == 0 ? l["House.AnySentiment"] : string.Join(", ", p.Sentiments.Select(s => l[$"Sentiment.{s.ToString().ToLowerInvariant()}"].Value)));

    /// <summary>A weekday, short.</summary>
    public static string DayOf(this IStringLocalizer<Texts> l, string day) => l[$"Weekday.{day}"];

    /// <summary>Which mentions a rule is for.</summary>
    public static string ConditionsOf(this IStringLocalizer<Texts> l, HouseConditions c, IReadOnlyList<BrandItem> brands, IReadOnlyList<SourceItem> sources) => Joined(
        l.BrandsOf(c.Brands, brands),
        c.Sources is { Count: > 0 } s ? string.Join(", ", s.Select(id => sources.FirstOrDefault(k => k.Id == id)?.Name ?? l["Filter.OneSource"].Value)) : null,
        c.SourceKinds is { Count: > 0 } kinds ? string.Join(", ", kinds) : null,
        c.Languages is { Count: > 0 } languages ? string.Join(", ", languages.Select(x => l.Language(x))) : null,
        c.Sentiments is { Count: > 0 } labels ? string.Join(", ", labels.Select(x => l[$"Sentiment.{x.ToString().ToLowerInvariant()}"].Value)) : null,
        c.MinNegative is { } least ? l["House.FromNegative", Wording.Percent(least)].Value : null,
        c.MaxNegative is { } most ? l["House.ToNegative", Wording.Percent(most)].Value : null,
        c.MinReach is { } reach ? l["Rules.Reach", l.Reach(reach)].Value : null,
        c.MaxReach is { } upTo ? l["House.ToReach", l.Reach(upTo)].Value : null,
        c.AuthorList is { } list ? l[$"House.Authors.{list}"].Value : null,
        c.Words is { Count: > 0 } words ? l["Rules.Words", string.Join(", ", words)].Value : null,
        c.WithoutWords is { Count: > 0 } without ? l["House.Without", string.Join(", ", without)].Value : null,
        c.Tags is { Count: > 0 } tags ? string.Join(' ', tags.Select(t => "#" + t)) : null);

    /// <summary>What a rule does.</summary>
    public static string ActionsOf(this IStringLocalizer<Texts> l, HouseActions a) => Joined(
        a.Dismiss is { } reason ? l["House.Dismisses", l[$"Dismiss.{Code(reason)}"]].Value : null,
        a.AssignTo is { } name ? l["House.Assigns", name].Value : null,
        a.Severity is { } severity ? l["House.Sets", l[$"MentionSeverity.{severity}"]].Value : null,
        a.Tags is { Count: > 0 } tags ? l["House.Tags", string.Join(' ', tags.Select(t => "#" + t))].Value : null,
        a.Flag ? l["House.Flags"].Value : null);

    /// <summary>A reason as texts name it.</summary>
    public static string Code(DismissReason reason)
    {
        var name = reason.ToString();
        return char.ToLower(name[0], CultureInfo.InvariantCulture) + name[1..];
    }

    private static string? BrandsOf(this IStringLocalizer<Texts> l, IReadOnlyList<Guid>? chosen, IReadOnlyList<BrandItem> brands) => chosen is { Count: > 0 }
        ? string.Join(", ", chosen.Select(id => brands.FirstOrDefault(b => b.Id == id)?.Name ?? l["Filter.OneBrand"].Value))
        : null;

    private static string Joined(params string?[] parts) => string.Join(" · ", parts.Where(p => !string.IsNullOrEmpty(p)));
}
