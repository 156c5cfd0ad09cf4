using System.Globalization;
using System.Text.RegularExpressions;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>The parts found in a written date, before they are checked against the calendar.</summary>
internal sealed partial record FeedDateParts(int Year, int Month, int Day, TimeSpan Time, TimeSpan Offset)
{
    /// <summary>The moment in UTC; null when the calendar does not have it.</summary>
    public DateTimeOffset? ToMoment()
    {
        if (Year is < 1 or > 9990 || Month is < 1 or > 12 || Day < 1 || Day > DateTime.DaysInMonth(Year, Month) || Offset.Duration() > TimeSpan.FromHours(15))
        {
            return null;
        }

        var local = new DateTime(Year, Month, Day, 0, 0, 0, DateTimeKind.Utc) + Time;
        return local.Year < 2 ? null : new DateTimeOffset(local - Offset, TimeSpan.Zero);
    }

    /// <summary>Finds the parts; null when there is no date in the text.</summary>
    public static FeedDateParts? Read(string text)
    {
        text = Comment().Replace(text.ToLower(CultureInfo.InvariantCulture).Replace('−', '-'), " ");
        var time = TimeSpan.Zero;
        var offset = TimeSpan.Zero;
        var clock = Clock().Match(text);
        if (!clock.Success)
        {
            clock = CompactClock().Match(text);
        }

        if (clock.Success)
        {
            if (TimeOf(clock) is not { } read)
            {
                return null;
            }

            time = read + (Afternoon(text, clock) is { } shift ? TimeSpan.FromHours(shift) : TimeSpan.Zero);
            var rest = text[(clock.Index + clock.Length)..];
            var zone = Zone().Match(rest);
            if (zone.Success)
            {
                offset = OffsetOf(zone);
                rest = rest[zone.Length..];
            }

            text = $"{text[..clock.Index]} {rest}";
        }

        return DateOf(text) is var (year, month, day) ? new(year, month, day, time, offset == TimeSpan.Zero ? NamedZone(text) : offset) : null;
    }

    private static TimeSpan? TimeOf(Match clock)
    {
        int hour = Number(clock.Groups["h"]), minute = Number(clock.Groups["m"]), second = Math.Min(59, Number(clock.Groups["s"]));
        if (hour > 24 || minute > 59)
        {
            return null;
        }

        var fraction = clock.Groups["f"] is { Success: true, ValueSpan: var digits } ? double.Parse($"0.{digits}", CultureInfo.InvariantCulture) : 0;
        return new TimeSpan(hour, minute, second) + TimeSpan.FromMilliseconds(Math.Truncate(fraction * 1000));
    }

    // What to add to the hour that was read, when the text tells the half of the day.
    private static int? Afternoon(string text, Match clock)
    {
        var hour = Number(clock.Groups["h"]);
        var half = clock.Groups["ap"].Value;
        var pm = half.StartsWith('p') || text.Contains("오후", StringComparison.Ordinal) || text.Contains("下午", StringComparison.Ordinal) || text.Contains("午後", StringComparison.Ordinal);
        var am = half.StartsWith('a') || text.Contains("오전", StringComparison.Ordinal) || text.Contains("上午", StringComparison.Ordinal) || text.Contains("午前", StringComparison.Ordinal);
        return (pm, am) switch
        {
            (true, _) when hour < 12 => 12,
            (_, true) when hour == 12 => -12,
            _ => null,
        };
    }

    private static TimeSpan OffsetOf(Match zone)
    {
        int hours = Number(zone.Groups["oh"]), minutes = Number(zone.Groups["om"]);
        var offset = new TimeSpan(hours, Math.Min(59, minutes), 0);
        return zone.Groups["sign"].Value == "-" ? -offset : offset;
    }

    private static TimeSpan NamedZone(string text)
    {
        foreach (var word in Word().EnumerateMatches(text))
        {
            if (DateWords.Zones.TryGetValue(text.Substring(word.Index, word.Length), out var minutes))
            {
                return TimeSpan.FromMinutes(minutes);
            }
        }

        return TimeSpan.Zero;
    }

    private static (int Year, int Month, int Day)? DateOf(string text)
    {
        var week = IsoWeek().Match(text);
        if (week.Success)
        {
            var day = week.Groups["d"].Success ? Number(week.Groups["d"]) : 1;
            int year = Number(week.Groups["y"]), number = Number(week.Groups["w"]);
            if (year is < 1900 or > 2200 || number is < 1 or > 53 || day is < 1 or > 7)
            {
                return null;
            }

            var date = ISOWeek.ToDateTime(year, number, (DayOfWeek)(day % 7));
            return (date.Year, date.Month, date.Day);
        }

        var numbers = Digits().Matches(text);
        return numbers.Count == 0 || numbers.Count > 6 ? null : Marked(text) ?? Spelled(text, numbers) ?? Numeric(text, numbers);
    }

    // 2004年5月25日, 2004년 5월 25일, 25 tháng 5 năm 2004
    private static (int Year, int Month, int Day)? Marked(string text)
    {
        var east = EastAsianDate().Match(text);
        if (east.Success)
        {
            return (Number(east.Groups["y"]), Number(east.Groups["m"]), Number(east.Groups["d"]));
        }

        var vietnamese = VietnameseDate().Match(text);
        return vietnamese.Success ? (FullYear(vietnamese.Groups["y"]), Number(vietnamese.Groups["m"]), Number(vietnamese.Groups["d"])) : null;
    }

    private static (int Year, int Month, int Day)? Spelled(string text, MatchCollection numbers)
    {
        var month = 0;
        foreach (var word in Word().EnumerateMatches(text))
        {
            // The last one: "mar" is Tuesday in Spanish and French, and weekdays come first.
            month = DateWords.Months.GetValueOrDefault(text.Substring(word.Index, word.Length), month);
        }

        if (month == 0)
        {
            return null;
        }

        if (numbers.Count == 1)
        {
            return numbers[0].Length == 4 ? (Number(numbers[0]), month, 1) : null;
        }

        var first = numbers[0].Length == 4;
        return first ? (Number(numbers[0]), month, Number(numbers[1])) : (FullYear(numbers[1]), month, Number(numbers[0]));
    }

    private static (int Year, int Month, int Day)? Numeric(string text, MatchCollection numbers)
    {
        var first = numbers[0];
        if (first.Length is 8 or 14)
        {
            return (int.Parse(first.ValueSpan[..4], CultureInfo.InvariantCulture), int.Parse(first.ValueSpan[4..6], CultureInfo.InvariantCulture), int.Parse(first.ValueSpan[6..8], CultureInfo.InvariantCulture));
        }

        if (first.Length is 7 || (first.Length == 4 && numbers.Count > 1 && numbers[1].Length == 3))
        {
            var year = int.Parse(first.ValueSpan[..4], CultureInfo.InvariantCulture);
            var ordinal = first.Length == 7 ? int.Parse(first.ValueSpan[4..], CultureInfo.InvariantCulture) : Number(numbers[1]);
            var date = year is < 1 or > 9998 || ordinal is < 1 or > 366 ? default : new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(ordinal - 1);
            return (date.Year, date.Month, date.Day);
        }

        if (first.Length == 4)
        {
            return (Number(first), numbers.Count > 1 ? Number(numbers[1]) : 1, numbers.Count > 2 ? Number(numbers[2]) : 1);
        }

        if (numbers.Count < 3 || first.Length > 2)
        {
            return null;
        }

        int a = Number(first), b = Number(numbers[1]);
        var separator = text[first.Index + first.Length];
        var monthFirst = b > 12 || (a <= 12 && separator == '/' && !DateWords.IsDayFirst(text));
        return (FullYear(numbers[2]), monthFirst ? a : b, monthFirst ? b : a);
    }

    // RFC 2822: two digits below 50 are this century; three digits count from 1900.
    private static int FullYear(Group year) => (Number(year), year.Length) switch
    {
        ( < 70, <= 2) and var (number, _) => 2000 + number,
        var (number, length) when length <= 3 => 1900 + number,
        var (number, _) => number,
    };

    private static int Number(Group group) => group.Success && int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    [GeneratedRegex("\\([^()]*\\)", RegexOptions.None, 200)]
    private static partial Regex Comment();

    [GeneratedRegex("(?<h>[0-9]{1,2})\\s*:\\s*(?<m>[0-9]{1,2})(?:\\s*:\\s*(?<s>[0-9]{1,2})(?:[.,:](?<f>[0-9]{1,12}))?)?(?:\\s*(?<ap>[ap])\\.?\\s?m\\b\\.?)?", RegexOptions.None, 200)]
    private static partial Regex Clock();

    [GeneratedRegex("(?:(?<=[0-9]{8})t|(?<=^[0-9]{8}))(?<h>[0-9]{2})(?<m>[0-9]{2})(?<s>[0-9]{2})?(?:[.,](?<f>[0-9]{1,12}))?(?![0-9])|(?<=[0-9])t(?<h>[0-9]{2})(?![0-9:])", RegexOptions.None, 200)]
    private static partial Regex CompactClock();

    [GeneratedRegex("^\\s*(?:[a-z]{1,5}\\s*)?(?<sign>[+-])\\s*(?<oh>[0-9]{1,2})(?:\\s*:?\\s*(?<om>[0-9]{2}))?(?![0-9])", RegexOptions.None, 200)]
    private static partial Regex Zone();

    [GeneratedRegex("[0-9]+", RegexOptions.None, 200)]
    private static partial Regex Digits();

    [GeneratedRegex("[\\p{L}\\p{M}]+", RegexOptions.None, 200)]
    private static partial Regex Word();

    [GeneratedRegex("^\\s*(?<y>[0-9]{4})-?w(?<w>[0-9]{2})(?:-?(?<d>[0-9]))?(?![0-9])", RegexOptions.None, 200)]
    private static partial Regex IsoWeek();

    [GeneratedRegex("(?<y>[0-9]{4})\\s*[年년]\\s*(?<m>[0-9]{1,2})\\s*[月월]\\s*(?<d>[0-9]{1,2})\\s*[日일]", RegexOptions.None, 200)]
    private static partial Regex EastAsianDate();

    [GeneratedRegex("(?<d>[0-9]{1,2})\\s*,?\\s*(?:tháng|thang|thg|th)\\.?\\s*(?<m>[0-9]{1,2})\\s*,?\\s*(?:năm|nam)?\\s*(?<y>[0-9]{4})", RegexOptions.None, 200)]
    private static partial Regex VietnameseDate();
}
