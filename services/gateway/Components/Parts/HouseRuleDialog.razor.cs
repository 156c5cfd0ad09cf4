using Microsoft.AspNetCore.Components;
using MudBlazor;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Gateway.Components.Parts;

/// <summary>Writes a rule of the house, and asks it of the past before it counts.</summary>
public sealed partial class HouseRuleDialog
{
    // More than one brand comes from the API: it is kept unless another one is chosen here.
    private const string Keep = "kept";

    private static readonly DismissReason[] Reasons = [DismissReason.Spam, DismissReason.Irrelevant, DismissReason.NotUs, DismissReason.Duplicate, DismissReason.Other];

    private readonly HashSet<Sentiment> _sentiments = [];
    private readonly HashSet<Guid> _sources = [];
    private IReadOnlyList<Guid> _brands = [];
    private string _name = "", _brand = "", _authorList = "", _dismiss = "", _severity = "";
    private string? _words, _without, _languages, _hasTags, _tags, _assign;
    private double? _minNegative, _maxNegative;
    private long? _minReach, _maxReach;
    private bool _flag, _more, _busy, _testing;
    private bool _enabled = true;
    private int _days = 30;
    private IReadOnlyList<string> _colleagues = [];
    private DryRunItem? _result;
    private string? _problem;
    private string? _field;

    /// <summary>The rule to change; null for a new one.</summary>
    [Parameter]
    public HouseRuleItem? Rule { get; set; }

    /// <summary>The brands to choose from.</summary>
    [Parameter]
    public IReadOnlyList<BrandItem> Brands { get; set; } = [];

    /// <summary>The sources to choose from.</summary>
    [Parameter]
    public IReadOnlyList<SourceItem> Sources { get; set; } = [];

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private HouseRulesClient Api { get; set; } = default!;

    [Inject]
    private Colleagues Colleagues { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    private HouseConditions Conditions => new(
        _brand == Keep ? _brands : Guid.TryParse(_brand, out var brand) ? [brand] : null, _sources.Count > 0 ? [.. _sources] : null, Rule?.Conditions.SourceKinds, ListText.Read(_languages),
        _sentiments.Count > 0 ? [.. _sentiments.Order()] : null, _minNegative, _maxNegative, _minReach, _maxReach, _authorList.Length > 0 ? _authorList : null, ListText.Read(_words), ListText.Read(_without), ListText.Read(_hasTags));

    private HouseActions Actions => new(
        ListText.Read(_tags), string.IsNullOrWhiteSpace(_assign) ? null : _assign, Enum.TryParse<DismissReason>(_dismiss, out var reason) ? reason : null, Enum.TryParse<MentionSeverity>(_severity, out var severity) ? severity : null, _flag);

    // Whom the rule gives mentions to so far, if nobody of that name is there.
    private string? Gone => Rule?.Actions.AssignTo is { Length: > 0 } name && !_colleagues.Contains(name, StringComparer.Ordinal) ? name : null;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _colleagues = await Colleagues.NamesAsync();

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (Rule is not { Conditions: var c, Actions: var a } rule)
        {
            return;
        }

        (_name, _enabled, _brands) = (rule.Name, rule.Enabled, c.Brands ?? []);
        _brand = Kept(_brands, Brands.Select(b => b.Id)) ? Keep : _brands is [var one] ? one.ToString() : "";
        (_words, _without, _languages, _hasTags) = (ListText.Of(c.Words), ListText.Of(c.WithoutWords), ListText.Of(c.Languages), ListText.Of(c.Tags));
        (_minNegative, _maxNegative, _minReach, _maxReach, _authorList) = (c.MinNegative, c.MaxNegative, c.MinReach, c.MaxReach, c.AuthorList ?? "");
        _sentiments.UnionWith(c.Sentiments ?? []);
        _sources.UnionWith(c.Sources ?? []);
        _more = c.MinNegative is not null || c.MaxNegative is not null || c.MinReach is not null || c.MaxReach is not null || c.AuthorList is not null || c.Languages is { Count: > 0 } || c.Tags is { Count: > 0 } || _sources.Count > 0;
        (_dismiss, _assign, _severity, _tags, _flag) = (a.Dismiss?.ToString() ?? "", a.AssignTo, a.Severity?.ToString() ?? "", ListText.Of(a.Tags), a.Flag);
    }

    private static bool Kept(IReadOnlyList<Guid> chosen, IEnumerable<Guid> known) => chosen.Count > 1 || (chosen is [var one] && !known.Contains(one));

    private static void Toggle<T>(HashSet<T> set, T value, ChangeEventArgs e) => _ = e.Value is true ? set.Add(value) : set.Remove(value);

    private string Bad(string field) => _field?.StartsWith(field, StringComparison.Ordinal) == true ? "bad" : "";

    private async Task TestAsync()
    {
        (_testing, _problem, _field) = (true, null, null);
        var now = Clock.GetUtcNow();
        try
        {
            _result = await Api.DryRunAsync(Conditions, now.AddDays(-_days), now, CancellationToken.None);
        }
        catch (Refusal e)
        {
            (_problem, _field, _result) = (e.Message, e.Field, null);
        }

        _testing = false;
    }

    private async Task SaveAsync()
    {
        (_busy, _problem, _field) = (true, null, null);
        try
        {
            await Api.SaveAsync(Rule, _name, _enabled, Conditions, Actions, CancellationToken.None);
            Dialog.Close();
        }
        catch (Refusal e)
        {
            (_problem, _field) = (e.Status == 412 ? L["House.Stale"] : e.Message, e.Field);
        }

        _busy = false;
    }
}
