using System.Globalization;
using Microsoft.AspNetCore.Components;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;

namespace Serm.Gateway.Pages;

/// <summary>Brands side by side: whose voice is how loud, how negative, and whose grew.</summary>
public sealed partial class Compare : IDisposable
{
    private static readonly int[] Ranges = [1, 7, 14, 30, 90];

    private readonly CancellationTokenSource _end = new();
    private IReadOnlyList<BrandItem>? _brands;
    private ComparisonData? _data;
    private IReadOnlyList<Bar> _bars = [];
    private IReadOnlyList<VoiceLine> _lines = [];
    private string? _problem;
    private string? _shown;
    private int _reads;

    [SupplyParameterFromQuery(Name = "brand")]
    private string[]? BrandsParameter { get; set; }

    [SupplyParameterFromQuery(Name = "days")]
    private string? DaysParameter { get; set; }

    [SupplyParameterFromQuery(Name = "bucket")]
    private string? BucketParameter { get; set; }

    [SupplyParameterFromQuery(Name = "show")]
    private string? ShowParameter { get; set; }

    [Inject]
    private MentionsClient Mentions { get; set; } = default!;

    [Inject]
    private BrandsClient BrandsApi { get; set; } = default!;

    [Inject]
    private Viewer Viewer { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private IReadOnlyList<Guid> Asked => [.. (FromAddress.Ids(BrandsParameter) ?? []).Distinct()];

    private IReadOnlyList<BrandItem> Chosen => VoiceLines.Chosen(_brands ?? [], Asked);

    private int Days => FromAddress.Number(DaysParameter) is { } days && Ranges.Contains(days) ? days : 7;

    // A line by hours goes up and down more than it tells, except within a day.
    private string Bucket => Days > 31 ? "day" : BucketParameter is "day" or "hour" ? BucketParameter : Days == 1 ? "hour" : "day";

    private bool Negative => ShowParameter is "negative";

    private string[] Labels => Negative ? ["negative"] : [];

    private string ZoneName => Viewer.Zone.HasIanaId ? Viewer.Zone.Id.Replace('_', ' ') : "UTC";

    private string Summary => _data is not { Brands: [var first, ..] } ? "" : L[
        Negative ? "Compare.SummaryNegative" : "Compare.Summary", _data.Brands.Count, NameOf(first.BrandId), first.Now.ShareOfVoice is { } voice ? Wording.Percent(voice) : "–", _data.Gaps.Count];

    /// <inheritdoc/>
    public void Dispose() => _end.Cancel();

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (!RendererInfo.IsInteractive)
        {
            return;
        }

        // What was told of one choice is not shown under the next; the same numbers are drawn in two ways.
        var asked = string.Join(' ', [.. Asked, Days, Bucket]);
        if (_shown == asked && _data is not null)
        {
            Draw();
            return;
        }

        if (_shown != asked)
        {
            (_shown, _data, _problem) = (asked, null, null);
        }

        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var read = ++_reads;
        try
        {
            _brands ??= await BrandsApi.ListAsync(_end.Token);
            if (read != _reads)
            {
                return;
            }

            if (Chosen.Count < 2)
            {
                _problem = null;
                return;
            }

            var to = Clock.GetUtcNow();
            var data = await Mentions.CompareAsync(Chosen.Select(b => b.Id), VolumeScale.Begin(to, Days, Bucket, Viewer.Zone), to, Bucket, Viewer.Zone.Id, _end.Token);
            if (read == _reads)
            {
                (_data, _problem) = (data, null);
                Draw();
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

    private void Draw()
    {
        var bars = _data!.Brands.ToDictionary(b => b.BrandId, b => VolumeScale.Bars(_data.Of(b)));
        _bars = bars.Values.FirstOrDefault() ?? [];
        _lines = [.. _data.Brands.Select(b => new VoiceLine(b.BrandId, NameOf(b.BrandId), SeriesOf(b.BrandId), VoiceLines.Values(bars[b.BrandId], Negative)))];
    }

    // By the list, so that a brand keeps its colour when another becomes louder.
    private int SeriesOf(Guid brand) => Chosen.TakeWhile(b => b.Id != brand).Count() % VoiceLines.Most + 1;

    private string NameOf(Guid brand) => _brands?.FirstOrDefault(b => b.Id == brand)?.Name ?? L["Filter.OneBrand"];

    private DateTimeOffset? AddedLate(Guid brand) => _brands?.FirstOrDefault(b => b.Id == brand)?.CreatedAt is { } at && at > _data!.Before.From ? at : null;

    // Of few that were before, percents tell nothing.
    private string MentionsChange(ComparedBrand brand) => brand.Change.Mentions switch
    {
        null => L["Compare.NoneBefore"],
        > 9 => L["Compare.Before", N(brand.Before.Mentions)],
        { } change => change.ToString("+0%;−0%;±0%", CultureInfo.CurrentCulture),
    };

    private string Points(double? change) => change is { } by ? L["Compare.Points", (by * 100).ToString("+0.0;−0.0;±0.0", CultureInfo.CurrentCulture)] : "";

    private static string N(long count) => count.ToString("N0", CultureInfo.CurrentCulture);

    private static string Pressed(bool pressed) => pressed ? "true" : "false";

    private string CsvHref(ComparisonData data) => MentionsClient.ComparePath(data.Brands.Select(b => b.BrandId), data.From, data.To, data.Bucket, Viewer.Zone.Id) + "&format=csv";

    private string BarHref(Bar bar) => Href(bar.At, bar.To, [.. _lines.Select(l => l.Brand)], Labels);

    private string Href(Guid brand, params string[] labels) => Href(_data!.Starts[0], _data.To, [brand], labels);

    private static string Href(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<Guid> brands, IReadOnlyList<string> labels) =>
        "/?" + new InboxFilter { Brands = brands, Sentiments = labels, Status = InboxFilter.Kept, EachTelling = true, From = from, To = to }.ToQuery();

    private static string OpenHref(Guid brand) => "/?" + new InboxFilter { Brands = [brand], Sentiments = ["negative"], EachTelling = true }.ToQuery();

    private void Go(IEnumerable<Guid> brands, int days, string? bucket, bool negative) => Navigation.NavigateTo(
        "/compare?" + string.Join('&', [.. brands.Select(b => $"brand={b}"), string.Create(CultureInfo.InvariantCulture, $"days={days}"), .. bucket is null ? Array.Empty<string>() : [$"bucket={bucket}"], .. negative ? ["show=negative"] : Array.Empty<string>()]));
}
