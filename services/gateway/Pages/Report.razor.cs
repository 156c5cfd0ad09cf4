using System.Globalization;
using Microsoft.AspNetCore.Components;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;

namespace Serm.Gateway.Pages;

/// <summary>A part of a report: what was read, or why it could not be.</summary>
public sealed record ReportPiece<T>(T? Value, string? Problem)
    where T : class;

/// <summary>What a report is made of.</summary>
internal sealed record ReportData(
    DateTimeOffset MadeAt,
    DynamicsData Now,
    DynamicsData Before,
    ReportPiece<CompositionData> Composition,
    ReportPiece<IReadOnlyList<MentionItem>> Loudest,
    ReportPiece<IReadOnlyList<MentionItem>> Stories,
    ReportPiece<IReadOnlyList<AuthorData>> Authors,
    ReportPiece<SlaReportItem> Levels,
    ReportPiece<IncidentItems> Incidents);

/// <summary>What was said of a brand in a time, on one page to hand on.</summary>
public sealed partial class Report : IDisposable
{
    private const int MostLoud = 10;
    private const int MostStories = 5;
    private const int MostAuthors = 8;
    private const int MostSources = 12;
    private const int MostIncidents = 20;

    // By hour the service counts no longer time.
    private const int MostDaysByHour = 92;

    private readonly CancellationTokenSource _end = new();
    private IReadOnlyList<BrandItem>? _brands;
    private ReportData? _data;
    private string? _problem;
    private (Guid? Brand, ReportTime Time)? _shown;
    private int _reads;

    [SupplyParameterFromQuery(Name = "brand")]
    private string? BrandParameter { get; set; }

    [SupplyParameterFromQuery(Name = "time")]
    private string? TimeParameter { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? FromParameter { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    private string? ToParameter { get; set; }

    [Inject]
    private MentionsClient Mentions { get; set; } = default!;

    [Inject]
    private TriageClient Triage { get; set; } = default!;

    [Inject]
    private ServiceLevelsClient Levels { get; set; } = default!;

    [Inject]
    private IncidentsClient Incidents { get; set; } = default!;

    [Inject]
    private BrandsClient BrandsApi { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private Guid? Brand => FromAddress.Id(BrandParameter) ?? (_brands is [var first, ..] ? first.Id : null);

    private ReportTime Shown => ReportTime.Of(TimeParameter, FromParameter, ToParameter, Clock.GetUtcNow(), Viewer.Zone);

    private string BrandName => _brands?.FirstOrDefault(b => b.Id == Brand)?.Name ?? L["Filter.OneBrand"];

    private string ZoneName => Viewer.Zone.HasIanaId ? Viewer.Zone.Id.Replace('_', ' ') : "UTC";

    private string Period => L[_data!.Now.To < _data.MadeAt ? "Report.Period" : "Report.PeriodSoFar", Long(Shown.First), Long(Shown.Last)];

    private string ModelNames => _data!.Composition.Value?.Models is { Count: > 0 } models
        ? string.Join(", ", models.Select(m => m.Version is null ? L["Report.NoModel", N(m.Mentions)].Value : L["Report.Model", m.Version, N(m.Mentions)].Value))
        : "–";

    private long AllOfSources => _data!.Composition.Value!.Sources.Sum(s => s.Mentions);

    private IEnumerable<SourcePart> Sources => _data!.Composition.Value?.Sources is not { } all ? [] : all.Count <= MostSources
        ? all
        : [.. all.Take(MostSources - 1), new SourcePart(Guid.Empty, L["Report.OtherSources", all.Count - MostSources + 1], "", all.Skip(MostSources - 1).Sum(s => s.Mentions), all.Skip(MostSources - 1).Sum(s => s.Negative), all.Skip(MostSources - 1).Sum(s => s.Reach))];

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        // What was told of one choice is not shown under the next.
        if (_shown != (FromAddress.Id(BrandParameter), Shown))
        {
            (_shown, _data, _problem) = ((FromAddress.Id(BrandParameter), Shown), null, null);
        }

        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var read = ++_reads;
        try
        {
            _brands ??= await BrandsApi.ListAsync(_end.Token);
            if (read != _reads || Brand is not { } brand)
            {
                return;
            }

            var data = await ReadAsync(brand, Shown, Clock.GetUtcNow());
            (_data, _problem) = read == _reads ? (data, null) : (_data, _problem);
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

    // All is of the hours that the counts are of, so that it adds up. Without the counts there is no report; any other part may be missing, and says so.
    private async Task<ReportData> ReadAsync(Guid brand, ReportTime time, DateTimeOffset now)
    {
        var ((from, to), (beforeFrom, beforeTo)) = (time.Span(now, Viewer.Zone), time.Before(now, Viewer.Zone));
        var before = Mentions.DynamicsAsync(brand, beforeFrom, beforeTo, time.Days > MostDaysByHour ? "day" : "hour", Viewer.Zone.Id, _end.Token);
        var counted = await Mentions.DynamicsAsync(brand, from, to, time.Days > 2 ? "day" : "hour", Viewer.Zone.Id, _end.Token);
        var (since, until) = (MentionsClient.Iso(counted.From), MentionsClient.Iso(counted.To));
        var composition = PieceAsync(Mentions.CompositionAsync(brand, counted.From, counted.To, _end.Token));
        var loudest = PieceAsync(ListAsync(new() { Sentiments = ["negative"] }, "reach", MostLoud));
        var stories = PieceAsync(ListAsync(new(), "sightings", MostStories));
        var authors = PieceAsync(AuthorsAsync($"brand={brand}&from={since}&to={until}"));
        var levels = PieceAsync(Levels.ReportAsync($"brand={brand}&from={since}&to={until}&by=policy", _end.Token));
        var incidents = PieceAsync(Incidents.PageAsync($"brand={brand}&from={since}&to={until}&status=open&status=acknowledged&status=resolved&limit={MostIncidents}", _end.Token));
        return new(now, counted, await before, await composition, await loudest, await stories, await authors, await levels, await incidents);

        async Task<IReadOnlyList<MentionItem>> ListAsync(InboxFilter filter, string sort, int most)
        {
            var query = (filter with { Brands = [brand], Status = InboxFilter.Kept, From = counted.From, To = counted.To }).ToApi(now).Replace("sort=newest", $"sort={sort}", StringComparison.Ordinal);
            return (await Mentions.ListAsync(string.Create(CultureInfo.InvariantCulture, $"{query}&limit={most}"), _end.Token)).Items;
        }
    }

    // Those who began what others told on, and then those who complain most.
    private async Task<IReadOnlyList<AuthorData>> AuthorsAsync(string query)
    {
        var started = await Triage.AuthorsAsync($"{query}&sort=started&limit={MostAuthors}", _end.Token);
        var negative = await Triage.AuthorsAsync($"{query}&sort=negative&limit={MostAuthors}", _end.Token);
        return [.. started.Items.Where(a => a.Started > 0).Concat(negative.Items.Where(a => a.Negative > 0)).DistinctBy(a => a.Id).Take(MostAuthors)];
    }

    private static async Task<ReportPiece<T>> PieceAsync<T>(Task<T> reading)
        where T : class
    {
        try
        {
            return new(await reading, null);
        }
        catch (Refusal e)
        {
            return new(null, e.Message);
        }
    }

    private static TimeSpan BlindIn(DynamicsData data) => ReportTime.Blind(data.Gaps, data.From, data.To);

    private static long Total(DynamicsData data) => data.Points.Sum(p => p.Total);

    private static double? Share(DynamicsData data) => data.Points.Sum(p => p.Total - p.Unscored) is > 0 and var judged ? data.Points.Sum(p => p.Negative) / (double)judged : null;

    private string CountChange(long now, long before) => before == 0
        ? L["Dynamics.NoBefore", Shown.Days]
        : L["Dynamics.Change", ((now - before) / (double)before).ToString("+0%;−0%;±0%", CultureInfo.CurrentCulture), Shown.Days];

    private string ShareChange(ReportData d) => Share(d.Now) is { } now && Share(d.Before) is { } before
        ? L["Dynamics.ShareChange", ((now - before) * 100).ToString("+0.0;−0.0;±0.0", CultureInfo.CurrentCulture), Shown.Days]
        : L["Dynamics.NoBefore", Shown.Days];

    private static string N(long count) => count.ToString("N0", CultureInfo.CurrentCulture);

    private static string Hours(TimeSpan time) => time.TotalHours.ToString(time.TotalHours is > 0 and < 10 ? "0.#" : "N0", CultureInfo.CurrentCulture);

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Long(DateOnly day) => day.ToString("d MMM yyyy", CultureInfo.CurrentCulture);

    private string BarHref(Bar bar, string label) => Href(Filter(bar.At, bar.To) with { Sentiments = [label] });

    private string MentionsHref(params string[] labels) => Href(Whole with { Sentiments = labels });

    private string AuthorHref(AuthorData author) => Href(Whole with { Author = author.Id });

    private string SourceHref(SourcePart source) => Href(Whole with { Sources = [source.SourceId] });

    private InboxFilter Whole => Filter(_data!.Now.From, _data.Now.To);

    private InboxFilter Filter(DateTimeOffset from, DateTimeOffset to) => new() { Brands = Brand is { } b ? [b] : [], Status = InboxFilter.Kept, EachTelling = true, From = from, To = to };

    private static string Href(InboxFilter filter) => "/?" + filter.ToQuery();

    private string GapTitle(BlindTime gap) => L["Dynamics.GapTitle", gap.SourceName, Viewer.Short(gap.From), gap.To is { } to ? Viewer.Short(to) : L["Gap.Open"], L.Reason(gap.Reason)];

    private void Go(string? brand, string? time, string? from, string? to) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters("/report", new Dictionary<string, object?>
    {
        ["brand"] = brand,
        ["time"] = from is null && to is null && time != ReportTime.Presets[0] ? time : null,
        ["from"] = from,
        ["to"] = to,
    }));
}
