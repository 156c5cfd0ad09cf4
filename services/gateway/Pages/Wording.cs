using System.Globalization;
using Microsoft.Extensions.Localization;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;

namespace Serm.Gateway.Pages;

/// <summary>Numbers and times as people say them.</summary>
internal static class Wording
{
    /// <summary>How long ago, in one unit.</summary>
    public static string Age(this IStringLocalizer<Texts> l, TimeSpan age) => age.TotalSeconds < 60
        ? l["Age.Now"]
        : age.TotalMinutes < 60 ? l["Age.Minutes", (int)age.TotalMinutes]
        : age.TotalHours < 24 ? l["Age.Hours", (int)age.TotalHours]
        : l["Age.Days", (int)age.TotalDays];

    /// <summary>When it was, as seen from now.</summary>
    public static string Ago(this IStringLocalizer<Texts> l, TimeSpan age) => age.TotalSeconds < 60 ? l["Ago.Now"] : l["Ago", l.Age(age)];

    /// <summary>How long something takes, in the unit that fits.</summary>
    public static string Span(this IStringLocalizer<Texts> l, TimeSpan span) => span.TotalMilliseconds < 1000
        ? l["Span.Milliseconds", (int)Math.Round(span.TotalMilliseconds)]
        : span.TotalSeconds < 10 ? l["Span.Seconds", span.TotalSeconds.ToString("0.0", CultureInfo.CurrentCulture)]
        : span.TotalSeconds < 60 ? l["Span.Seconds", (int)span.TotalSeconds]
        : span.TotalMinutes < 60 ? l["Span.Minutes", (int)span.TotalMinutes]
        : span.TotalHours < 24 ? l["Span.Hours", (int)span.TotalHours, span.Minutes]
        : l["Span.Days", (int)span.TotalDays];

    /// <summary>A count of people: 940, 12k, 3.4M.</summary>
    public static string Reach(this IStringLocalizer<Texts> l, long reach) => reach switch
    {
        < 1_000 => reach.ToString(CultureInfo.CurrentCulture),
        < 10_000 => l["Reach.Thousands", (reach / 1_000d).ToString("0.#", CultureInfo.CurrentCulture)],
        < 1_000_000 => l["Reach.Thousands", (reach / 1_000).ToString(CultureInfo.CurrentCulture)],
        _ => l["Reach.Millions", (reach / 1_000_000d).ToString("0.#", CultureInfo.CurrentCulture)],
    };

    /// <summary>The name of a language; the code itself where there is none.</summary>
    public static string Language(this IStringLocalizer<Texts> l, string code)
    {
        if (code == "und")
        {
            return l["Language.Unknown"];
        }

        try
        {
            return CultureInfo.GetCultureInfo(code, predefinedOnly: true).DisplayName is var name && name.Length > 0 ? char.ToUpper(name[0], CultureInfo.CurrentCulture) + name[1..] : code;
        }
        catch (CultureNotFoundException)
        {
            return code;
        }
    }

    /// <summary>A row of the inbox for who does not see it.</summary>
    /// <param name="text">What was said, or its beginning.</param>
    public static string Row(this IStringLocalizer<Texts> l, MentionItem item, DateTimeOffset now, string text) =>
        l["Row.Label", l[$"Sentiment.{item.Label()}"], item.BrandName, item.SourceName, l.Age(now - item.PublishedAt), text];

    /// <summary>The probability of the label that a mention has; null while it has none, and where a person gave it.</summary>
    public static float? Probability(this MentionItem item) => item.Correction is not null ? null : item.Sentiment switch
    {
        Sentiment.Negative => item.Negative,
        Sentiment.Neutral => item.Neutral,
        Sentiment.Positive => item.Positive,
        _ => null,
    };

    /// <summary>The label as classes and addresses write it.</summary>
    public static string Label(this MentionItem item) => item.Sentiment?.ToString().ToLowerInvariant() ?? "unscored";

    /// <summary>Why a source was blind; the code itself where there is no sentence for it.</summary>
    public static string Reason(this IStringLocalizer<Texts> l, string code) => code.StartsWith("http_", StringComparison.Ordinal)
        ? l["Reason.http", code["http_".Length..]]
        : l[$"Reason.{code}"] is { ResourceNotFound: false } text ? text.Value : code;

    /// <summary>A share in whole percent.</summary>
    public static string Percent(double share) => share.ToString("P0", CultureInfo.CurrentCulture).Replace(" ", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    /// <summary>A time from and to, the day of its end left out where it is that of its beginning.</summary>
    internal static string Range(Viewer viewer, DateTimeOffset from, DateTimeOffset to)
    {
        var (begin, end) = (TimeZoneInfo.ConvertTime(from, viewer.Zone), TimeZoneInfo.ConvertTime(to, viewer.Zone));
        var sameDay = begin.Date == end.AddTicks(-1).Date && end.TimeOfDay > TimeSpan.Zero;
        return $"{viewer.Short(from)} – {(sameDay ? end.ToString("HH:mm", CultureInfo.CurrentCulture) : viewer.Short(to))}";
    }
}
