using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;
using Serm.Gateway.Live;

namespace Serm.Gateway.Pages;

/// <summary>The incidents that are going on, or all: what was said, who has them, what to do next.</summary>
public sealed partial class Incidents : IDisposable
{
    private static readonly string[] Statuses = ["lasting", "open", "acknowledged", "resolved", "all"];

    private readonly CancellationTokenSource _end = new();
    private List<IncidentItem>? _items;
    private readonly Dictionary<Guid, MentionItem> _quotes = [];
    private List<BrandItem> _brands = [];
    private string? _next;
    private string? _problem;
    private string? _shown;
    private int _reads;
    private Guid? _busy;
    private DateTimeOffset _now;

    [SupplyParameterFromQuery(Name = "status")]
    private string? StatusParameter { get; set; }

    [SupplyParameterFromQuery]
    private string? Severity { get; set; }

    [SupplyParameterFromQuery]
    private string? Owner { get; set; }

    [SupplyParameterFromQuery(Name = "brand")]
    private string? BrandParameter { get; set; }

    [SupplyParameterFromQuery]
    private string? From { get; set; }

    [SupplyParameterFromQuery]
    private string? To { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private IncidentsClient Api { get; set; } = default!;

    [Inject]
    private BrandsClient Brands { get; set; } = default!;

    [Inject]
    private MentionsClient Mentions { get; set; } = default!;

    [Inject]
    private LiveFeed Feed { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private Guid? Brand => FromAddress.Id(BrandParameter);

    private string Status => Statuses.Contains(StatusParameter, StringComparer.Ordinal) ? StatusParameter! : "lasting";

    // Only then does an empty list say that nothing is going on.
    private bool ShowsAllThatLasts => Status == "lasting" && string.IsNullOrEmpty(Severity) && string.IsNullOrEmpty(Owner) && Brand is null && Period.Length == 0;

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive)
        {
            var workspace = (await Authentication).User.Caller().Workspace;
            _ = LiveChanges.RunAsync(Feed, workspace, null, c => c.Reset || c.Incidents.Count > 0 ? InvokeAsync(ReloadAsync) : Task.CompletedTask, _end.Token);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        // What was told of one choice is not shown under the next.
        if (_shown != Query(null))
        {
            (_shown, _items, _next, _problem) = (Query(null), null, null, null);
        }

        await LoadAsync();
        if (Brand is not null && _brands.Count == 0)
        {
            StateHasChanged();
            await NameBrandsAsync();
        }
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        StateHasChanged();
    }

    private async Task LoadAsync()
    {
        var read = ++_reads;
        try
        {
            var page = await Api.PageAsync(Query(null), _end.Token);
            if (read == _reads)
            {
                (_items, _next, _problem, _now) = ([.. page.Items], page.NextCursor, null, Clock.GetUtcNow());
                await QuoteAsync();
            }
        }
        catch (Refusal e)
        {
            _problem = read == _reads ? e.Message : _problem;
        }
        catch (OperationCanceledException)
        {
            // The page was closed.
        }
    }

    private async Task NameBrandsAsync()
    {
        try
        {
            _brands = await Brands.ListAsync(_end.Token);
        }
        catch (Exception e) when (e is Refusal or OperationCanceledException)
        {
            // It is told as one brand.
        }
    }

    private async Task MoreAsync()
    {
        var read = _reads;
        try
        {
            var page = await Api.PageAsync(Query(_next), _end.Token);
            if (read == _reads)
            {
                _items!.AddRange(page.Items.Where(i => !_items.Exists(k => k.Id == i.Id)));
                _next = page.NextCursor;
                await QuoteAsync();
            }
        }
        catch (Refusal e)
        {
            _problem = read == _reads ? e.Message : _problem;
        }
    }

    // Incidents of single mentions are called alike: what was said tells them apart. It is read again each time, as it may be gone.
    internal static Guid? QuoteOf(IncidentItem i) => i is { Kind: "mention" or "negativeMention", Mentions: [var first, ..] } ? first : null;

    private async Task QuoteAsync()
    {
        var wanted = _items!.Select(QuoteOf).OfType<Guid>().Distinct().OrderBy(_quotes.ContainsKey).Take(InboxFilter.MostIds).ToList();
        if (wanted.Count == 0)
        {
            return;
        }

        StateHasChanged();
        try
        {
            var found = await Mentions.ListAsync($"stories=all&limit={InboxFilter.MostIds}&{string.Join('&', wanted.Select(m => $"id={m}"))}", _end.Token);
            wanted.ForEach(m => _quotes.Remove(m));
            foreach (var mention in found.Items)
            {
                _quotes[mention.Id] = mention;
            }
        }
        catch (Refusal)
        {
            // The incidents stand there without what was said.
        }
    }

    private async Task AcknowledgeAsync(IncidentItem incident)
    {
        _busy = incident.Id;
        try
        {
            await Api.DoAsync(incident, "acknowledge", null, _end.Token);
        }
        catch (Refusal e)
        {
            Snackbar.Add(e.Status == 412 && e.Owner is { } owner ? L["Conflict.Owner", owner] : e.Message, MudBlazor.Severity.Warning);
        }

        _busy = null;
        await LoadAsync();
    }

    private string Query(string? cursor)
    {
        var status = Status switch { "lasting" => "status=open&status=acknowledged", "all" => "status=open&status=acknowledged&status=resolved&status=merged", _ => $"status={Status}" };
        return status + Part("severity", Severity) + Part("owner", Owner) + Part("brand", Brand?.ToString()) + Part("from", Time(From)) + Part("to", Time(To)) + Part("cursor", cursor);

        static string Part(string name, string? value) => string.IsNullOrEmpty(value) ? "" : $"&{name}={Uri.EscapeDataString(value)}";
    }

    private void Go(string status, string? severity, string? owner, Guid? brand) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters("/incidents", new Dictionary<string, object?>
    {
        ["status"] = status == "lasting" ? null : status,
        ["severity"] = string.IsNullOrEmpty(severity) ? null : severity,
        ["owner"] = string.IsNullOrEmpty(owner) ? null : owner,
        ["brand"] = brand,
        ["from"] = From,
        ["to"] = To,
    }));

    // What nobody understands is passed over, as links get cut and edited.
    private static string? Time(string? text) => When(text)?.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset? When(string? text) => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private string Period => (When(From), When(To)) switch
    {
        ({ } from, { } to) => L["Filter.Period", Viewer.Short(from), Viewer.Short(to)],
        ({ } from, null) => L["Filter.Since", Viewer.Short(from)],
        (_, { } to) => L["Filter.Until", Viewer.Short(to)],
        _ => "",
    };

    private string Without(params string[] filters) => Navigation.GetUriWithQueryParameters(filters.ToDictionary(f => f, _ => (object?)null));
}
