using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Serm.Contracts;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Components.Parts;

/// <summary>Writes one policy of the service level.</summary>
public sealed partial class SlaPolicyDialog
{
    private const string Time = "([01][0-9]|2[0-3]):[0-5][0-9]|24:00";
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    private readonly HashSet<Sentiment> _sentiments = [Sentiment.Negative];
    private readonly HashSet<MentionSeverity> _severities = [];
    private readonly HashSet<Guid> _brands = [];
    private readonly List<Open> _hours = [];
    private string _name = "";
    private int? _first = 60;
    private int? _resolve;
    private int _warn = 75;
    private bool _whileWaiting = true;
    private bool _whileSnoozed;
    private string _zone = "";
    private string? _holidays;
    private string? _problem;
    private string? _field;
    private bool _busy;

    /// <summary>The policy to change; null for a new one.</summary>
    [Parameter]
    public SlaPolicyItem? Policy { get; set; }

    /// <summary>The brands to choose from.</summary>
    [Parameter]
    public IReadOnlyList<BrandItem> Brands { get; set; } = [];

    /// <summary>Keeps what was written.</summary>
    [Parameter, EditorRequired]
    public Func<SlaPolicyItem, Task> Save { get; set; } = default!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        _zone = Viewer.Zone.HasIanaId ? Viewer.Zone.Id : "Etc/UTC";
        if (Policy is { } p)
        {
            (_name, _first, _resolve, _warn, _whileWaiting, _whileSnoozed) = (p.Name, p.FirstAnswerMinutes, p.ResolveMinutes, p.WarnPercent, p.StopWhileWaiting, p.StopWhileSnoozed);
            (_zone, _holidays) = (p.Hours.Count > 0 ? p.TimeZone : _zone, string.Join(", ", p.Holidays.Select(d => d.ToString("O", CultureInfo.InvariantCulture))));
            _sentiments.Clear();
            _sentiments.UnionWith(p.Sentiments);
            _severities.UnionWith(p.Severities);
            _brands.UnionWith(p.Brands);
            _hours.AddRange(p.Hours.Select(h => new Open { Day = h.Day, From = h.From, To = h.To }));
        }
    }

    private static void Toggle<T>(HashSet<T> set, T value, ChangeEventArgs e) => _ = e.Value is true ? set.Add(value) : set.Remove(value);

    // The service names a field by its place among all policies: policies[1].hours[0].from.
    private string Bad(string field) => _field?.Split('.', 2) is [_, var rest] && rest.StartsWith(field, StringComparison.Ordinal) ? "bad" : "";

    private void AddHours() => _hours.Add(new() { Day = _hours.LastOrDefault()?.Day ?? Days[0] });

    private void Office()
    {
        _hours.Clear();
        _hours.AddRange(Days.Take(5).Select(d => new Open { Day = d }));
    }

    private async Task SaveAsync()
    {
        (_busy, _problem, _field) = (true, null, null);
        try
        {
            var holidays = new List<DateOnly>();
            foreach (var date in (_holidays ?? "").Split([',', ';', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (!DateOnly.TryParseExact(date, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                {
                    (_problem, _field, _busy) = (L["SlaPolicy.BadDate", date], ".holidays", false);
                    return;
                }

                holidays.Add(day);
            }

            await Save(new(
                _name, _first, _resolve, [.. _brands], [.. _severities.Order()], [.. _sentiments.Order()], _warn, _whileWaiting, _whileSnoozed, _hours.Count > 0 ? _zone.Trim() : "Etc/UTC",
                [.. _hours.Select(h => new OpenHoursItem(h.Day, h.From, h.To))], _hours.Count > 0 ? holidays : []));
            Dialog.Close();
        }
        catch (Refusal e)
        {
            (_problem, _field) = (e.Status == 412 ? L["SlaPolicies.Stale"] : e.Message, e.Field);
        }

        _busy = false;
    }

    private sealed class Open
    {
        public string Day { get; set; } = Days[0];

        public string From { get; set; } = "09:00";

        public string To { get; set; } = "17:00";
    }
}
