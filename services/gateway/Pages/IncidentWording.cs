using System.Globalization;
using Microsoft.Extensions.Localization;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>Incidents as people say them.</summary>
internal static class IncidentWording
{
    /// <summary>What it is, and about whom.</summary>
    public static string TitleOf(this IStringLocalizer<Texts> l, IncidentItem i) => l.TitleOf(i.Kind, i.Brand?.Name, i.Subject);

    /// <summary>What it is, and about whom.</summary>
    public static string TitleOf(this IStringLocalizer<Texts> l, string kind, string? brand, string? subject) =>
        string.Join(" · ", new[] { l[$"RuleKind.{kind}"].Value, brand, subject }.Where(t => !string.IsNullOrEmpty(t)));

    /// <summary>What happened, in numbers.</summary>
    public static string SummaryOf(this IStringLocalizer<Texts> l, IncidentItem i) => i.Measured is { Expected: > 0 } m
        ? l.Measured(m)
        : i is { Kind: "credentialsEnd", Measured: { } end } ? l["Incidents.CredentialsEnd", end.To.UtcDateTime.ToString("d MMM yyyy", CultureInfo.CurrentCulture)]
        : l[i.Alerts == 1 ? "Incidents.OneAlert" : i.Many ? "Incidents.AlertsOfMany" : "Incidents.Alerts", i.Alerts.ToString("N0", CultureInfo.CurrentCulture)] + (i.Negative > 0 ? " · " + l["Alert.Negative", Wording.Percent(i.Negative)] : "");

    /// <summary>What a watch measured.</summary>
    public static string Measured(this IStringLocalizer<Texts> l, MeasuredItem m) =>
        l["Incidents.Measured", m.Observed.ToString("N0", CultureInfo.CurrentCulture), m.Expected.ToString("0.#", CultureInfo.CurrentCulture), l.Span(m.To - m.From)];

    /// <summary>A line of the timeline.</summary>
    public static string LineOf(this IStringLocalizer<Texts> l, TimelineLine t) => t.Change switch
    {
        "incident_opened" => t.Of("observed").Length > 0 && t.Of("expected") is not ("" or "0") ? l["Timeline.OpenedMeasured", Number(t.Of("observed")), Number(t.Of("expected"))] : l["Timeline.Opened"],
        "incident_alerts_attached" => l[t.Of("alerts") == "1" ? "Timeline.OneAlert" : "Timeline.Alerts", t.Of("alerts")],
        "incident_measured" => l["Timeline.Measured", Number(t.Of("observed")), Number(t.Of("expected"))],
        "incident_acknowledged" => l["Timeline.Acknowledged", t.By ?? ""],
        "incident_assigned" => t.Of("owner").Length > 0 ? l["Timeline.Assigned", t.By ?? "", t.Of("owner")] : l["Timeline.Unassigned", t.By ?? ""],
        "incident_noted" => l["Timeline.Noted", t.By ?? ""],
        "incident_resolved" => t.By == "serm" ? l[$"Timeline.Resolved.{t.Of("reason")}"] : l["Timeline.Resolved", t.By ?? ""],
        "incident_reopened" => t.By == "serm" ? l["Timeline.CauseBack"] : l["Timeline.Reopened", t.By ?? ""],
        "incident_merged" => l["Timeline.Merged", t.By ?? ""],
        "incident_absorbed" => l[t.Of("alerts") == "1" ? "Timeline.AbsorbedOne" : "Timeline.Absorbed", t.By ?? "", t.Of("alerts")],
        "incident_escalated" => l["Timeline.Escalated", t.Of("channel")],
        "incident_silence_ended" => l[t.Of("next").Length > 0 ? "Timeline.SilencedFurther" : "Timeline.SilenceEnded"],
        "notice" => l[$"Timeline.Notice.{t.Of("state")}", t.Of("channel") is { Length: > 0 } channel ? channel : l["Timeline.ChannelGone"].Value, l[$"NoticeKind.{t.Of("kind")}"]],
        _ => t.Change,
    };

    private static string Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n.ToString("#,0.#", CultureInfo.CurrentCulture) : text;
}
