using System.Globalization;
using Microsoft.AspNetCore.Components;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;

namespace Serm.Gateway.Pages;

/// <summary>What stands out, what was said then, and when it is said: the parts of the page that the address narrows.</summary>
public sealed partial class Dynamics
{
    private const int MostSpikes = 12;

    // Of less than a week there is no weekday to compare with another.
    private const int FewestDays = 7;

    /// <summary>The part of the time that the address asks about; null for all of it.</summary>
    private (DateTimeOffset From, DateTimeOffset To)? Part =>
        FromAddress.Time(FromParameter) is { } from && FromAddress.Time(ToParameter) is { } to && from < to && _data is { } data && from < data.To && to > data.Starts[0] ? (from, to) : null;

    private string? Said => SaidParameter is "negative" ? SaidParameter : null;

    private string TopicsTitle => Part is { } part ? L["Topics.TitleOf", Wording.Range(Viewer, part.From, part.To)] : L["Topics.Title"];

    private string WholeHref => With(("from", null), ("to", null));

    private string SaidHref(string? sentiment) => With(("said", sentiment));

    private string HeatHref(bool negative) => With(("heat", negative ? "negative" : null));

    private void ShowSpikes() => _spikes = [.. (_data!.Spikes ?? []).Select(s => new SpikeMark(
        s.At,
        s.To,
        L[s.Negative ? "Dynamics.SpikeNegative" : "Dynamics.Spike", Bucket == "day" && s.To - s.At < TimeSpan.FromHours(26) ? Viewer.Day(s.At) : Wording.Range(Viewer, s.At, s.To), s.Mentions.ToString("N0", CultureInfo.CurrentCulture), s.Expected.ToString("0.#", CultureInfo.CurrentCulture)],
        With(("from", Written(s.At)), ("to", Written(s.To)), ("said", s.Negative ? "negative" : null)),
        Part == (s.At, s.To)))];

    // The chart has them already when it shows hours.
    private async Task HoursAsync(Guid brand, DateTimeOffset from, DateTimeOffset to, int read)
    {
        if (Days < FewestDays)
        {
            _hours = null;
            return;
        }

        if (Bucket == "hour")
        {
            return;
        }

        try
        {
            var hours = await Mentions.DynamicsAsync(brand, from, to, "hour", Viewer.Zone.Id, _end.Token);
            _hours = read == _reads ? hours : _hours;
        }
        catch (Refusal)
        {
            // The rest can be read without: it is told at the next look.
        }
    }

    private static string Written(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string With(params ReadOnlySpan<(string Name, string? Value)> changed)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in changed)
        {
            values[name] = value;
        }

        return new Uri(Navigation.GetUriWithQueryParameters(values)).PathAndQuery;
    }
}
