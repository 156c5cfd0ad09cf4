using System.Globalization;

namespace Serm.Alerts;

/// <summary>The words of notices and digests in one language.</summary>
/// <param name="culture">Its culture, for numbers and dates.</param>
/// <param name="words">By key, the same keys in every language.</param>
internal sealed class NoticeTexts(string culture, IReadOnlyDictionary<string, string> words)
{
    private static readonly Dictionary<string, NoticeTexts> All = NoticeWords.All.ToDictionary(l => l.Key, l => new NoticeTexts(l.Key, l.Value), StringComparer.Ordinal);

    /// <summary>The languages that there are.</summary>
    public static IReadOnlyCollection<string> Languages => All.Keys;

    public CultureInfo Culture { get; } = CultureInfo.GetCultureInfo(culture);

    public string Look => words["look"];

    /// <summary>The words of a language; English where there is none.</summary>
    public static NoticeTexts Of(string language) => All.GetValueOrDefault(language) ?? All["en"];

    public string Kind(string kind) => words.GetValueOrDefault("kind." + kind) ?? kind;

    public string Cause(string ruleKind) => words.GetValueOrDefault("cause." + ruleKind) ?? ruleKind;

    public string Rule(string name) => Fill("rule", name);

    public string Measured(double observed, double expected, double minutes) => Fill("measured", observed.ToString("N0", Culture), expected.ToString(expected < 10 ? "N1" : "N0", Culture), minutes.ToString("N0", Culture));

    public string Alerts(long alerts, float negative) => Fill("alerts", alerts.ToString("N0", Culture), negative.ToString("P0", Culture));

    public string Many(long alerts, float negative) => Fill("many", alerts.ToString("N0", Culture), negative.ToString("P0", Culture));

    public string Since(string at) => Fill("since", at);

    public string Ends(string at) => Fill("ends", at);

    public string Test(string channel) => Fill("test", channel);

    public string TestBy(string by) => Fill("testBy", by);

    public string Digest(string period, string at) => Fill("digest", words["period." + period], at);

    public string Mentions(long mentions, long negative) => Fill("mentions", mentions.ToString("N0", Culture), negative.ToString("N0", Culture), (mentions == 0 ? 0 : negative / (double)mentions).ToString("P0", Culture));

    public string Incidents(long opened, long open) => Fill("incidents", opened.ToString("N0", Culture), open.ToString("N0", Culture));

    public string More(long more) => Fill("more", more.ToString("N0", Culture));

    private string Fill(string key, params object[] values) => string.Format(Culture, words[key], values);
}
