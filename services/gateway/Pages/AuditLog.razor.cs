using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.WebUtilities;
using Serm.Defaults;
using Serm.Gateway.Audit;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;

namespace Serm.Gateway.Pages;

/// <summary>Who changed what, the newest first. What is looked for stands in the address.</summary>
public sealed partial class AuditLog : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<Guid, string> _names = [];
    private List<AuditEntry>? _items;
    private IReadOnlyList<string> _missing = [];
    private string? _next;
    private string? _problem;
    private string? _shown;
    private int _reads;
    private bool _more;
    private bool _manager;

    [SupplyParameterFromQuery(Name = "kind")]
    private string? KindParameter { get; set; }

    [SupplyParameterFromQuery]
    private string? By { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? FromParameter { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    private string? ToParameter { get; set; }

    [SupplyParameterFromQuery]
    private string? About { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    [Inject]
    private AuditClient Api { get; set; } = default!;

    [Inject]
    private BrandsClient Brands { get; set; } = default!;

    [Inject]
    private SourcesClient Sources { get; set; } = default!;

    [Inject]
    private IncidentsClient Channels { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private string? Kind => AuditKinds.Areas.Contains(KindParameter, StringComparer.Ordinal) || AuditKinds.All.Contains(KindParameter, StringComparer.Ordinal) ? KindParameter : null;

    private string? From => ReportTime.Day(FromParameter)?.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private string? To => ReportTime.Day(ToParameter)?.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    private bool Filtered => Kind is not null || !string.IsNullOrEmpty(By) || From is not null || To is not null || !string.IsNullOrEmpty(About);

    private IEnumerable<string> Areas => AuditKinds.Areas.Where(a => !_manager || !AuditKinds.ForAdmins.Contains(a));

    private IEnumerable<string> Names => (_items ?? []).Select(e => e.By).Distinct(StringComparer.Ordinal).Order(StringComparer.CurrentCulture);

    private string CsvHref => QueryHelpers.AddQueryString("/api/audit", new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["format"] = "csv",
        ["kind"] = Kind,
        ["by"] = string.IsNullOrEmpty(By) ? null : By,
        ["about"] = string.IsNullOrEmpty(About) ? null : About,
        ["from"] = Query.From?.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
        ["to"] = Query.To?.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture),
    }.Where(p => p.Value is not null));

    // Days are those of who looks; the last one is whole.
    private AuditQuery Query => new(
        ReportTime.Day(FromParameter) is { } first ? ReportTime.Begin(first, Viewer.Zone) : null,
        ReportTime.Day(ToParameter) is { } last ? ReportTime.Begin(last.AddDays(1), Viewer.Zone) : null,
        string.IsNullOrEmpty(By) ? null : [By],
        Kind is null ? null : [Kind],
        About);

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        _manager = (await Authentication).User.Caller().Role < Role.Admin;

        // What was told of one choice is not shown under the next.
        if (_shown != CsvHref)
        {
            (_shown, _items, _next, _problem, _missing) = (CsvHref, null, null, null, []);
            await LoadAsync();
        }
    }

    [GeneratedRegex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.None, 1000)]
    private static partial Regex Ids();

    private async Task LoadAsync()
    {
        var read = ++_reads;
        try
        {
            var page = await Api.PageAsync(Query, _end.Token);
            if (read == _reads)
            {
                (_items, _next, _missing, _problem) = ([.. page.Items], page.NextCursor, page.Missing, null);
                await NameAsync();
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

    private async Task MoreAsync()
    {
        var read = _reads;
        _more = true;
        try
        {
            var page = await Api.PageAsync(Query with { Cursor = _next }, _end.Token);
            if (read == _reads)
            {
                _items!.AddRange(page.Items);

                // What is missing here may lie between: the next try asks for the same page again.
                (_next, _missing, _problem) = (page.NextCursor, [.. _missing.Union(page.Missing, StringComparer.Ordinal)], null);
                await NameAsync();
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

        _more = false;
    }

    // Brands, sources and channels that values speak of are told by the names that they have now; those that are gone by their ids.
    private async Task NameAsync()
    {
        var known = _names.Keys.ToHashSet();
        var ids = _items!.SelectMany(e => e.Changes).SelectMany(c => new[] { c.Before, c.After }).OfType<string>().SelectMany(t => Ids().Matches(t)).Select(m => Guid.Parse(m.Value));
        if (ids.All(known.Contains))
        {
            return;
        }

        StateHasChanged();
        foreach (var load in new Func<Task<IEnumerable<(Guid, string)>>>[]
        {
            async () => (await Brands.ListAsync(_end.Token)).Select(b => (b.Id, b.Name)),
            async () => (await Sources.ListAsync(_end.Token)).Select(s => (s.Id, s.Name)),
            async () => (await Channels.ChannelsAsync(_end.Token)).Select(c => (c.Id, c.Name)),
        })
        {
            try
            {
                foreach (var (id, name) in await load())
                {
                    _names[id] = name;
                }
            }
            catch (Refusal)
            {
                // They are told by their ids.
            }
        }
    }

    private string Shown(string value) => value switch
    {
        "true" => L["Audit.Yes"],
        "false" => L["Audit.No"],
        _ => Ids().Replace(value, m => _names.GetValueOrDefault(Guid.Parse(m.Value), m.Value)),
    };

    // Of a thing without a name its id says nothing, and its link says where it is.
    private static string? NameOf(AuditEntry e) => e.About?.Name;

    private string AboutName(string about) => _items?.FirstOrDefault(e => e.About?.Id == about)?.About?.Name ?? about;

    private void Go(string filter, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(filter, string.IsNullOrWhiteSpace(value) ? null : value.Trim()));
}
