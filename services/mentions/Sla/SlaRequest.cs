using System.Globalization;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Hours of a weekday.</summary>
/// <param name="Day"><c>monday</c> to <c>sunday</c>.</param>
/// <param name="From">Local time, such as <c>09:00</c>.</param>
/// <param name="To">Local time after it, up to <c>24:00</c>.</param>
public sealed record OpenHoursRequest(string? Day, string? From, string? To);

/// <summary>One policy as it shall be.</summary>
/// <param name="Name">1 to 100 characters, unique.</param>
/// <param name="FirstAnswerMinutes">Minutes of business time to the first answer; no such clock when left out.</param>
/// <param name="ResolveMinutes">Minutes of business time until it is resolved; no such clock when left out.</param>
/// <param name="Brands">Only these; all when left out.</param>
/// <param name="Severities">Only these; all when left out.</param>
/// <param name="Sentiments">Only these; <c>negative</c> when left out, all when empty.</param>
/// <param name="WarnPercent">Share of the time after which it is due soon, 1 to 99; 75 when left out.</param>
/// <param name="StopWhileWaiting">Clocks stand while it is the author's turn; true when left out.</param>
/// <param name="StopWhileSnoozed">Clocks stand while it is put off; false when left out.</param>
/// <param name="TimeZone">IANA name; <c>Etc/UTC</c> when left out.</param>
/// <param name="Hours">When clocks run; day and night when left out.</param>
/// <param name="Holidays">Dates on which no clock runs.</param>
public sealed record SlaPolicyRequest(
    string? Name,
    int? FirstAnswerMinutes = null,
    int? ResolveMinutes = null,
    IReadOnlyList<Guid>? Brands = null,
    IReadOnlyList<Severity>? Severities = null,
    IReadOnlyList<Sentiment>? Sentiments = null,
    int? WarnPercent = null,
    bool? StopWhileWaiting = null,
    bool? StopWhileSnoozed = null,
    string? TimeZone = null,
    IReadOnlyList<OpenHoursRequest>? Hours = null,
    IReadOnlyList<DateOnly>? Holidays = null)
{
    private const int MaxName = 100;
    private const int MaxMinutes = 60 * 24 * 365;
    private const int MaxHolidays = 1_000;
    private const int MaxHours = 50;

    /// <summary>The policy, checked; what is wrong is refused with its path.</summary>
    internal SlaPolicy Check(string at)
    {
        var name = Name?.Trim();
        if (name is not { Length: > 0 and <= MaxName } || name.Any(char.IsControl))
        {
            throw RuleViolation.Invalid($"{at}.name", "out_of_range", $"A name has 1 to {MaxName} characters, none of them a control character.");
        }

        if (FirstAnswerMinutes is null && ResolveMinutes is null)
        {
            throw RuleViolation.Invalid($"{at}.firstAnswerMinutes", "clock_missing", "Say within how many minutes it is answered first, resolved, or both.");
        }

        Minutes(FirstAnswerMinutes, $"{at}.firstAnswerMinutes");
        Minutes(ResolveMinutes, $"{at}.resolveMinutes");
        if (WarnPercent is < 1 or > 99)
        {
            throw RuleViolation.Invalid($"{at}.warnPercent", "out_of_range", "warnPercent takes 1 to 99.");
        }

        var zone = TimeZone ?? BusinessHours.Always.TimeZone;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) || !known.HasIanaId)
        {
            throw RuleViolation.Invalid($"{at}.timeZone", "time_zone_unknown", "Give the IANA name of a time zone, such as Europe/Stockholm.");
        }

        if (Holidays is { Count: > MaxHolidays })
        {
            throw RuleViolation.Invalid($"{at}.holidays", "too_many", $"At most {MaxHolidays} dates.");
        }

        if (Hours is { Count: > MaxHours })
        {
            throw RuleViolation.Invalid($"{at}.hours", "too_many", $"At most {MaxHours} spans of hours.");
        }

        return new(
            name,
            Brands ?? [],
            Severities ?? [],
            Sentiments ?? [Sentiment.Negative],
            FirstAnswerMinutes,
            ResolveMinutes,
            WarnPercent ?? 75,
            StopWhileWaiting ?? true,
            StopWhileSnoozed ?? false,
            new(zone, [.. (Hours ?? []).Select((h, i) => Open(h, $"{at}.hours[{i}]"))], Holidays ?? []));
    }

    private static void Minutes(int? minutes, string field)
    {
        if (minutes is < 1 or > MaxMinutes)
        {
            throw RuleViolation.Invalid(field, "out_of_range", $"Give 1 to {MaxMinutes} minutes, or leave it out.");
        }
    }

    private static OpenHours Open(OpenHoursRequest given, string at)
    {
        if (given.Day?.All(char.IsAsciiLetter) != true || !Enum.TryParse<DayOfWeek>(given.Day, ignoreCase: true, out var day))
        {
            throw RuleViolation.Invalid($"{at}.day", "value_unknown", "A day is monday to sunday.");
        }

        var (from, to) = (Minute(given.From, $"{at}.from"), Minute(given.To, $"{at}.to"));
        return from < to ? new(day, from, to) : throw RuleViolation.Invalid($"{at}.to", "out_of_range", "Hours end after they begin; what lasts over midnight are two spans.");
    }

    private static int Minute(string? time, string field) => time == "24:00"
        ? 24 * 60
        : TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var t)
            ? (t.Hour * 60) + t.Minute
            : throw RuleViolation.Invalid(field, "time_invalid", "Give a time of day such as 09:00, at most 24:00.");
}

/// <summary>All policies of a workspace, in order: the first that fits a mention counts.</summary>
/// <param name="Policies">At most 100.</param>
public sealed record SlaPoliciesRequest(IReadOnlyList<SlaPolicyRequest>? Policies);
