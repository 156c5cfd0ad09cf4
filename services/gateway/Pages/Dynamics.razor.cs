using System.Globalization;
using Microsoft.AspNetCore.Components;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;

namespace Serm.Gateway.Pages;

/// <summary>How much was said about a brand over time, how it was said, and when nobody looked.</summary>
public sealed partial class Dynamics : IDisposable
{
    private static readonly int[] Ranges = [1, 7, 14, 30, 90];

    private readonly CancellationTokenSource _end = new();
    private IReadOnlyList<BrandItem>? _brands;
    private DynamicsData? _data;
    private DynamicsData? _before;
    private IReadOnlyList<ChartMark> _marks = [];
    private DynamicsData? _hours;
    private IReadOnlyList<SpikeMark> _spikes = [];
    private string? _problem;
    private (Guid? Brand, int Days, string Bucket)? _shown;
    private (string?, string?, string?, string?) _asked;
    private int _reads;

    [SupplyParameterFromQuery(Name = "brand")]
    private string? BrandParameter { get; set; }

    [SupplyParameterFromQuery(Name = "days")]
    private string? DaysParameter { get; set; }

    [SupplyParameterFromQuery(Name = "bucket")]
    private string? BucketParameter { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    private string? FromParameter { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    private string? ToParameter { get; set; }

    [SupplyParameterFromQuery(Name = "said")]
    private string? SaidParameter { get; set; }

    [SupplyParameterFromQuery(Name = "heat")]
    private string? HeatParameter { get; set; }

    [Inject]
    private MentionsClient Mentions { get; set; } = default!;

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

    private int Days => FromAddress.Number(DaysParameter) is { } days && Ranges.Contains(days) ? days : 7;

    private string Bucket => BucketParameter is "day" || Days > 31 ? "day" : BucketParameter is "hour" || Days <= 7 ? "hour" : "day";

    private string Summary => _data is null ? "" : L["Dynamics.Summary", Total(_data).ToString("N0", CultureInfo.CurrentCulture), Share(_data) is { } s ? Wording.Percent(s) : "–", _data.Gaps.Count];

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
        var asked = (FromParameter, ToParameter, SaidParameter, HeatParameter);
        if (_shown != (FromAddress.Id(BrandParameter), Days, Bucket))
        {
            (_shown, _data, _before, _marks, _hours, _spikes, _problem) = ((FromAddress.Id(BrandParameter), Days, Bucket), null, null, [], null, [], null);
        }
        else if (_data is not null && asked != _asked)
        {
            // Another part of the same.
            _asked = asked;
            ShowSpikes();
            return;
        }

        _asked = asked;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var read = ++_reads;
        try
        {
            _brands ??= await BrandsApi.ListAsync(_end.Token);
        }
        catch (Refusal) when (Brand is not null)
        {
            // The chart of a brand that the address names needs no list.
        }
        catch (Refusal e)
        {
            _problem = read == _reads ? e.Message : _problem;
            return;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (read != _reads || Brand is not { } brand)
        {
            return;
        }

        var to = Clock.GetUtcNow();
        var from = VolumeScale.Begin(to, Days, Bucket, Viewer.Zone);
        try
        {
            var now = Mentions.DynamicsAsync(brand, from, to, Bucket, Viewer.Zone.Id, _end.Token);

            // By hour also where days are shown: the last of them would be whole, against one that has just begun.
            var before = await Mentions.DynamicsAsync(brand, from.AddDays(-Days), to.AddDays(-Days), "hour", Viewer.Zone.Id, _end.Token);
            var data = await now;
            if (read != _reads)
            {
                return;
            }

            (_data, _before, _hours, _problem) = (data, before, Bucket == "hour" ? data : null, null);
            ShowSpikes();
            await Task.WhenAll(MarkAsync(brand, read), HoursAsync(brand, from, to, read));
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

    // The chart can be read without: what cannot be told now is told at the next look.
    private async Task MarkAsync(Guid brand, int read)
    {
        IReadOnlyList<ChartMark> marks = [];
        try
        {
            var page = await Incidents.PageAsync($"{IncidentsQuery(brand)}&status=open&status=acknowledged&status=resolved&limit=100", _end.Token);
            marks = [.. page.Items.Select(i => new ChartMark(i.OpenedAt, L["Dynamics.Mark", L.TitleOf(i), Viewer.Short(i.OpenedAt)], $"/incidents/{i.Id}", i.Severity.ToString().ToLowerInvariant()))];
        }
        catch (Refusal)
        {
            // None are drawn.
        }

        _marks = read == _reads ? marks : _marks;
    }

    private string ZoneName => Viewer.Zone.HasIanaId ? Viewer.Zone.Id.Replace('_', ' ') : "UTC";

    private string IncidentsHref => $"/incidents?{IncidentsQuery(Brand ?? Guid.Empty)}&status=all";

    private string IncidentsQuery(Guid brand) => $"brand={brand}&from={Iso(_data!.From)}&to={Iso(_data.To)}";

    private static string Iso(DateTimeOffset time) => Uri.EscapeDataString(time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));

    private static long Total(DynamicsData data) => data.Points.Sum(p => p.Total);

    private static double? Share(DynamicsData data) => data.Points.Sum(p => p.Total - p.Unscored) is > 0 and var judged ? data.Points.Sum(p => p.Negative) / (double)judged : null;

    private string ChangeOf(long now, long? before) => before switch
    {
        null or 0 => L["Dynamics.NoBefore", Days],
        { } b => L["Dynamics.Change", ((now - b) / (double)b).ToString("+0%;−0%;±0%", CultureInfo.CurrentCulture), Days],
    };

    private string ShareChange() => _data is not null && _before is not null && Share(_data) is { } now && Share(_before) is { } before
        ? L["Dynamics.ShareChange", ((now - before) * 100).ToString("+0.0;−0.0;±0.0", CultureInfo.CurrentCulture), Days]
        : L["Dynamics.NoBefore", Days];

    private string CsvHref(DynamicsData data) => MentionsClient.DynamicsPath(data.BrandId, data.From, data.To, data.Bucket, Viewer.Zone.Id) + "&format=csv";

    private string BarHref(Bar bar, string label) => Href(bar.At, bar.To, label);

    private string Href(DateTimeOffset from, DateTimeOffset to, params string[] labels) =>
        "/?" + new InboxFilter { Brands = Brand is { } b ? [b] : [], Sentiments = labels, Status = InboxFilter.Kept, EachTelling = true, From = from, To = to }.ToQuery();

    private string GapTitle(BlindTime gap) => L["Dynamics.GapTitle", gap.SourceName, Viewer.Short(gap.From), gap.To is { } to ? Viewer.Short(to) : L["Gap.Open"], L.Reason(gap.Reason)];

    private void Go(string? brand, int days, string? bucket) => Navigation.NavigateTo(
        "/dynamics?" + string.Join('&', new[] { brand is null ? null : $"brand={brand}", string.Create(CultureInfo.InvariantCulture, $"days={days}"), bucket is null ? null : $"bucket={bucket}" }.Where(p => p is not null)));
}
