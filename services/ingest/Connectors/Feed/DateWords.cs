using System.Globalization;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Month names in the languages that feeds are written in, and the zone names of mail headers.</summary>
internal static class DateWords
{
    // In case of doubt the earlier language is meant.
    private static readonly string[] Cultures =
    [
        "en", "ru", "tr", "sv", "de", "fr", "es", "pt", "it", "nl", "da", "nb", "fi", "pl", "uk", "cs", "sk", "hu", "ro", "bg", "el", "et", "lv", "lt", "be", "sr", "ca", "id", "az", "kk", "uz", "he", "ar",
    ];

    private static readonly string[] DayFirst = ["ngày", "thứ", "chủ nhật", "thu ", "lun", "mar", "mer", "jeu", "ven", "пн", "вт", "ср", "чт", "пт", "сб", "вс"];

    /// <summary>Month number by lower-case name, full, genitive or short.</summary>
    public static readonly IReadOnlyDictionary<string, int> Months = ReadMonths();

    /// <summary>Minutes east of Greenwich by lower-case zone name.</summary>
    public static readonly IReadOnlyDictionary<string, int> Zones = new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["ut"] = 0,
        ["utc"] = 0,
        ["gmt"] = 0,
        ["z"] = 0,
        ["wet"] = 0,
        ["west"] = 60,
        ["bst"] = 60,
        ["cet"] = 60,
        ["met"] = 60,
        ["mez"] = 60,
        ["cest"] = 120,
        ["mest"] = 120,
        ["mesz"] = 120,
        ["eet"] = 120,
        ["sast"] = 120,
        ["eest"] = 180,
        ["msk"] = 180,
        ["trt"] = 180,
        ["eat"] = 180,
        ["msd"] = 240,
        ["samt"] = 240,
        ["gst"] = 240,
        ["pkt"] = 300,
        ["yekt"] = 300,
        ["ist"] = 330,
        ["almt"] = 360,
        ["omst"] = 360,
        ["novt"] = 420,
        ["krat"] = 420,
        ["ict"] = 420,
        ["wib"] = 420,
        ["hkt"] = 480,
        ["sgt"] = 480,
        ["awst"] = 480,
        ["irkt"] = 480,
        ["jst"] = 540,
        ["kst"] = 540,
        ["yakt"] = 540,
        ["aest"] = 600,
        ["vlat"] = 600,
        ["aedt"] = 660,
        ["magt"] = 660,
        ["nzst"] = 720,
        ["nzdt"] = 780,
        ["brt"] = -180,
        ["art"] = -180,
        ["adt"] = -180,
        ["ast"] = -240,
        ["edt"] = -240,
        ["est"] = -300,
        ["et"] = -300,
        ["cdt"] = -300,
        ["cst"] = -360,
        ["ct"] = -360,
        ["mdt"] = -360,
        ["mst"] = -420,
        ["mt"] = -420,
        ["pdt"] = -420,
        ["pst"] = -480,
        ["pt"] = -480,
        ["akdt"] = -480,
        ["akst"] = -540,
        ["hst"] = -600,
    };

    /// <summary>True when a word of the date belongs to a language that writes the day before the month.</summary>
    public static bool IsDayFirst(string text) => DayFirst.Any(word => text.Contains(word, StringComparison.Ordinal));

    private static Dictionary<string, int> ReadMonths()
    {
        var months = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var culture in Cultures)
        {
            var format = CultureInfo.GetCultureInfo(culture).DateTimeFormat;
            foreach (var names in new[] { format.MonthNames, format.MonthGenitiveNames, format.AbbreviatedMonthNames, format.AbbreviatedMonthGenitiveNames })
            {
                for (var i = 0; i < 12; i++)
                {
                    Add(months, names[i], i + 1);
                }
            }

            if (culture == "en")
            {
                AddSpellings(months);
            }
        }

        return months;
    }

    // Spellings that are met in feeds and that culture data do not have.
    private static void AddSpellings(Dictionary<string, int> months)
    {
        (string Names, int Month)[] spellings =
        [
            ("янв января", 1), ("фев февр", 2), ("мар марта", 3), ("апр", 4), ("мая май", 5), ("июн", 6), ("июл", 7), ("авг", 8), ("сен сент", 9), ("окт", 10), ("ноя нояб", 11), ("дек", 12),
            ("sept", 9), ("mrt", 3), ("mär maerz", 3), ("dez", 12), ("okt", 10), ("fév", 2), ("avr", 4), ("aoû aout", 8), ("déc", 12), ("ene", 1), ("abr", 4), ("ago", 8), ("dic", 12),
            ("ağu agu", 8), ("şub sub", 2), ("oca", 1), ("nis", 4), ("haz", 6), ("tem", 7), ("eyl", 9), ("eki", 10), ("kas", 11), ("ara", 12),
            ("ιαν", 1), ("φεβ", 2), ("μάώ μαώ", 5), ("μάι μαϊ μαι μαΐ", 5), ("απρ", 4), ("ιούν ιουν ιον", 6), ("ιούλ ιουλ ιολ", 7), ("αύγ αυγ", 8), ("σεπ", 9), ("οκτ", 10), ("νοέ νοε νοβ", 11), ("δεκ", 12),
            ("febru", 2), ("februári", 2), ("máius", 5), ("sausio", 1),
        ];
        foreach (var (names, month) in spellings)
        {
            foreach (var name in names.Split(' '))
            {
                Add(months, name, month);
            }
        }
    }

    private static void Add(Dictionary<string, int> months, string name, int month)
    {
        var key = name.ToLower(CultureInfo.InvariantCulture).Trim().TrimEnd('.');
        if (key.Length > 1 && key.All(c => char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark))
        {
            months.TryAdd(key, month);
        }
    }
}
