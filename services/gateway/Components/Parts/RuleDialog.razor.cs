using Microsoft.AspNetCore.Components;
using MudBlazor;
using Serm.Contracts;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Components.Parts;

/// <summary>Writes a rule, and shows what it would have raised before it is saved.</summary>
public sealed partial class RuleDialog
{
    private static readonly string[] Kinds = ["negativeMention", "mention", "negativeSpike", "volumeSpike", "risingTopic", "sourceSilence", "slaBreach"];

    private string _kind = "negativeMention";
    private string _name = "";
    private string _brand = "";
    private bool _urgent;
    private double? _threshold = 0.8;
    private long? _minReach;
    private string? _words;
    private string? _authors;
    private string? _languages;
    private string? _labels;
    private string _sensitivity = "normal";
    private int _after = 30;
    private int _cooldown = 60;
    private IncidentSeverity _severity = IncidentSeverity.Warning;
    private HashSet<Guid> _sources = [];
    private HashSet<Guid> _channels = [];
    private bool _allChannels = true;
    private bool _enabled = true;
    private int _weeks = 4;
    private BacktestItem? _result;
    private string? _problem;
    private string? _field;
    private bool _busy;
    private bool _testing;

    /// <summary>The rule to change; null for a new one.</summary>
    [Parameter]
    public RuleItem? Rule { get; set; }

    /// <summary>The brands to choose from.</summary>
    [Parameter]
    public IReadOnlyList<BrandItem> Brands { get; set; } = [];

    /// <summary>The sources to choose from.</summary>
    [Parameter]
    public IReadOnlyList<SourceItem> Sources { get; set; } = [];

    /// <summary>The channels to choose from.</summary>
    [Parameter]
    public IReadOnlyList<ChannelItem> Channels { get; set; } = [];

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private IncidentsClient Api { get; set; } = default!;

    private bool Single => _kind is "negativeMention" or "mention";

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (Rule is { } r)
        {
            (_kind, _name, _brand, _threshold, _minReach) = (r.Kind, r.Name, r.BrandId?.ToString() ?? "", r.Threshold > 0 ? r.Threshold : null, r.MinReach);
            (_words, _authors, _languages) = (ListText.Of(r.Filter?.Words), ListText.Of(r.Filter?.Authors), ListText.Of(r.Filter?.Languages));
            (_sensitivity, _after, _cooldown, _severity, _enabled) = (r.Sensitivity, r.AfterMinutes, r.CooldownMinutes, r.Severity, r.Enabled);
            (_urgent, _labels) = (r.Urgent, ListText.Of(r.Labels));
            (_sources, _channels, _allChannels) = ([.. r.Filter?.Sources ?? []], [.. r.Channels ?? []], r.Channels is null);
        }
    }

    // What is chosen by words or authors is wanted whatever the verdict.
    private void KindChosen() => (_urgent, _threshold) = (false, _kind == "negativeMention" ? 0.8 : null);

    private static void Toggle(HashSet<Guid> set, Guid id, bool chosen) => _ = chosen ? set.Add(id) : set.Remove(id);

    private string Bad(string field) => _field == field ? "bad" : "";

    private object Written() => new
    {
        kind = _kind,
        name = _name,
        brandId = Guid.TryParse(_brand, out var brand) ? brand : (Guid?)null,
        threshold = Single && !_urgent ? _threshold : null,
        urgent = Single && _urgent,
        minReach = Single ? _minReach : null,
        unknownReach = Rule?.UnknownReach ?? "alert",
        enabled = _enabled,
        filter = new
        {
            words = Single ? ListText.Read(_words) : null,
            authors = Single ? ListText.Read(_authors) : null,
            languages = Single ? ListText.Read(_languages) : null,
            sources = _sources.Count > 0 && _kind is not ("risingTopic" or "slaBreach") ? _sources : null,
        },
        severity = _severity,
        cooldownMinutes = _cooldown,
        channels = _allChannels ? null : _channels,
        sensitivity = _sensitivity,
        afterMinutes = _after,
        labels = ListText.Read(_labels),
    };

    private async Task TestAsync()
    {
        (_testing, _problem, _field) = (true, null, null);
        try
        {
            _result = await Api.BacktestAsync(Written(), _weeks, CancellationToken.None);
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
            await Api.SaveRuleAsync(Rule, Written(), CancellationToken.None);
            Dialog.Close();
        }
        catch (Refusal e)
        {
            (_problem, _field) = (e.Message, e.Field);
        }

        _busy = false;
    }
}
