using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;
using Serm.Gateway.Live;

namespace Serm.Gateway.Pages;

/// <summary>One incident: what it is about, who has it, what happened, the mentions behind it.</summary>
public sealed partial class OneIncident : IDisposable
{
    private const int MostShown = 10;
    private const int MostText = 160;
    private const int MostWords = 60;

    private readonly CancellationTokenSource _end = new();
    private IncidentItem? _incident;
    private List<TimelineLine> _timeline = [];
    private IReadOnlyList<string> _alsoBy = [];
    private List<MentionItem>? _mentions;
    private List<IncidentItem> _others = [];
    private IReadOnlyDictionary<Guid, string> _words = new Dictionary<Guid, string>();
    private string? _problem;
    private string? _me;
    private bool _mayTriage;
    private bool _listening;
    private string? _note;
    private string? _into;
    private bool _busy;

    /// <summary>The incident.</summary>
    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private IncidentsClient Api { get; set; } = default!;

    [Inject]
    private MentionsClient Mentions { get; set; } = default!;

    [Inject]
    private LiveFeed Feed { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            var caller = (await Authentication).User.Caller();
            (_me, _mayTriage) = (caller.User, Access.Roles[Access.Triage].Contains(caller.Role));
            _ = LiveChanges.RunAsync(Feed, caller.Workspace, null, c => c.Reset || c.Incidents.Any(i => i.IncidentId == Id) ? InvokeAsync(ReloadAsync) : Task.CompletedTask, _end.Token);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (RendererInfo.IsInteractive && _incident?.Id != Id)
        {
            (_incident, _mentions) = (null, null);
            await LoadAsync();
        }
    }

    private static string Short(string text, int most = MostText) => TextMarks.Snippet(text, [], most).Text;

    // The sentiment only where the rule looked at it. What lasts has no end yet.
    private static string Behind(IncidentItem i) => "/?" + new InboxFilter
    {
        Brands = i.Brand is { } b ? [b.Id] : [],
        Status = "all",
        EachTelling = true,
        Sentiments = i.Kind == "negativeMention" || i.Measured is { Negative: true } ? ["negative"] : [],
        From = (i.Measured?.From ?? i.OpenedAt).AddMinutes(-5),
        To = i.Lasts ? null : (i.ResolvedAt ?? i.Measured?.To)?.AddMinutes(5),
    }.ToQuery();

    private async Task ReloadAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        // What is told late of one incident is not shown as the next.
        var id = Id;
        try
        {
            var incident = await Api.GetAsync(id, _end.Token);
            var timeline = await Api.TimelineAsync(id, _end.Token);
            IReadOnlyList<string> alsoBy = incident.Measured is null ? [.. (await Api.AlertsOfAsync(id, _end.Token)).Where(a => a.RuleId != incident.RuleId).Select(a => a.RuleName).Distinct(StringComparer.Ordinal)] : [];
            if (id != Id)
            {
                return;
            }

            (_incident, _timeline, _alsoBy, _problem) = (incident, timeline, alsoBy, null);
            StateHasChanged();
            if (_mentions is null)
            {
                var mentions = await BehindAsync(incident);
                var others = (await Api.PageAsync("limit=30", _end.Token)).Items.Where(o => o.Id != id).ToList();
                if (id != Id)
                {
                    return;
                }

                (_mentions, _others) = (mentions, others);
                _into = others.Any(o => o.Id.ToString() == _into) ? _into : null;
                StateHasChanged();
                var words = await WordsAsync(others);
                _words = id == Id ? words : _words;
            }
        }
        catch (Refusal e)
        {
            _problem = id == Id ? e.Message : _problem;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
    }

    private async Task<List<MentionItem>> BehindAsync(IncidentItem incident)
    {
        var found = new List<MentionItem>();
        foreach (var id in incident.Mentions.Take(MostShown))
        {
            try
            {
                found.Add(await Mentions.GetAsync(id, _end.Token));
            }
            catch (Refusal e) when (e.Status == 404)
            {
                // It was erased, or is not stored yet.
            }
        }

        return found;
    }

    // Incidents of single mentions of one brand are called alike: what was said tells them apart.
    private async Task<Dictionary<Guid, string>> WordsAsync(List<IncidentItem> incidents)
    {
        var quoted = incidents.Where(i => Incidents.QuoteOf(i) is not null).ToDictionary(i => i.Id, i => Incidents.QuoteOf(i)!.Value);
        if (quoted.Count == 0 || !_mayTriage)
        {
            return [];
        }

        try
        {
            var page = await Mentions.ListAsync($"stories=all&limit={InboxFilter.MostIds}&{string.Join('&', quoted.Values.Distinct().Select(m => $"id={m}"))}", _end.Token);
            var said = page.Items.Where(m => !m.Removed).ToDictionary(m => m.Id, m => Short(m.Title ?? m.Text, MostWords));
            return quoted.Where(q => said.ContainsKey(q.Value)).ToDictionary(q => q.Key, q => said[q.Value]);
        }
        catch (Refusal)
        {
            // They can be chosen without.
            return [];
        }
    }

    private string Choice(IncidentItem other) => string.Join(
        " · ",
        new[] { L.TitleOf(other), Viewer.Short(other.OpenedAt), L[$"IncidentStatus.{other.Status}"].Value, L.SummaryOf(other), _words.GetValueOrDefault(other.Id) }.Where(t => !string.IsNullOrEmpty(t)));

    private void Show(IncidentItem now) => _incident = now.Id == Id ? now : _incident;

    private Task KeyAsync(string key) => (key, _incident) switch
    {
        _ when !_mayTriage => Task.CompletedTask,
        ("a", { Status: "open" }) => DoAsync("acknowledge", null),
        ("e", { Lasts: true }) => DoAsync("resolve", null),
        ("t", { Lasts: true } i) => DoAsync("assign", new { owner = _me == i.Owner ? null : _me }),
        ("r", { Status: "resolved" }) => DoAsync("reopen", null),
        _ => Task.CompletedTask,
    };

    private async Task DoAsync(string verb, object? body)
    {
        if (_incident is null || _busy)
        {
            return;
        }

        _busy = true;
        string? problem = null;
        try
        {
            Show(await Api.DoAsync(_incident, verb, body, _end.Token));
            _into = null;
        }
        catch (Refusal e)
        {
            problem = e.Status == 412 ? e.Owner is { } owner ? L["Conflict.Owner", owner] : L["Incidents.Changed"] : e.Message;
        }

        _busy = false;
        await LoadAsync();
        _problem = problem ?? _problem;
    }

    private async Task NoteAsync()
    {
        if (string.IsNullOrWhiteSpace(_note) || _busy)
        {
            return;
        }

        _busy = true;
        try
        {
            Show(await Api.NoteAsync(Id, _note.Trim(), _end.Token));
            _note = null;
        }
        catch (Refusal e)
        {
            (_problem, _busy) = (e.Message, false);
            return;
        }

        // Once the note is seen in the timeline, the next key counts.
        _busy = false;
        await LoadAsync();
    }
}
