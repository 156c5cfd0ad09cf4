using System.Globalization;
using System.Text;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>What the inbox shows. It lives in the address, so that a link shows the same to somebody else.</summary>
public sealed record InboxFilter
{
    /// <summary>New and claimed: what the inbox shows when nothing else is asked for.</summary>
    public const string Open = "open";

    /// <summary>Values of <see cref="Status"/>.</summary>
    public static readonly IReadOnlyList<string> Statuses = [Open, "new", "claimed", "resolved", "dismissed", "all"];

    /// <summary>Values of <see cref="Sentiments"/>.</summary>
    public static readonly IReadOnlyList<string> Labels = ["negative", "neutral", "positive", "unscored"];

    /// <summary>Values of <see cref="Range"/>.</summary>
    public static readonly IReadOnlyList<string> Ranges = ["24h", "7d", "30d", "all"];

    public IReadOnlyList<Guid> Brands { get; init; } = [];

    public IReadOnlyList<string> Sentiments { get; init; } = [];

    public string Status { get; init; } = Open;

    public IReadOnlyList<string> Languages { get; init; } = [];

    public IReadOnlyList<Guid> Sources { get; init; } = [];

    public string? Q { get; init; }

    /// <summary>Time back from now; without meaning when <see cref="From"/> is set.</summary>
    public string Range { get; init; } = "all";

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Most urgent first, and not newest first.</summary>
    public bool Urgent { get; init; }

    /// <summary>True when nothing is left out but what is closed.</summary>
    public bool IsDefault => Key == new InboxFilter { Urgent = Urgent }.Key;

    /// <summary>Equal for filters that show the same.</summary>
    public string Key => ToQuery();

    /// <summary>The query string of the page, without a question mark: only what differs from the default.</summary>
    public string ToQuery(Guid? selected = null)
    {
        var query = new StringBuilder();
        AddAll(query, "brand", Brands);
        AddAll(query, "sentiment", Sentiments);
        Add(query, "status", Status == Open ? null : Status);
        AddAll(query, "language", Languages);
        AddAll(query, "source", Sources);
        Add(query, "q", string.IsNullOrWhiteSpace(Q) ? null : Q);
        Add(query, "range", Range == "all" ? null : Range);
        Add(query, "from", Iso(From));
        Add(query, "to", Iso(To));
        Add(query, "sort", Urgent ? "urgent" : null);
        Add(query, "m", selected?.ToString());
        return query.ToString();
    }

    /// <summary>The query string for the mentions service.</summary>
    public string ToApi(DateTimeOffset now)
    {
        var query = new StringBuilder();
        AddAll(query, "brand", Brands);
        AddAll(query, "sentiment", Sentiments);
        AddAll(query, "status", Status switch { Open => ["new", "claimed"], "all" => [], _ => new[] { Status } });
        AddAll(query, "language", Languages);
        AddAll(query, "source", Sources);
        Add(query, "q", string.IsNullOrWhiteSpace(Q) ? null : Q);
        Add(query, "from", Iso(From ?? Back(now)));
        Add(query, "to", Iso(To));
        Add(query, "sort", Urgent ? "urgent" : "newest");
        return query.ToString();
    }

    /// <summary>Reads the address. What nobody understands is passed over, as links get cut and edited.</summary>
    public static InboxFilter Of(
        Guid[]? brand, string[]? sentiment, string? status, string[]? language, Guid[]? source, string? q, string? range, string? from, string? to, string? sort) => new()
        {
            Brands = brand ?? [],
            Sentiments = [.. (sentiment ?? []).Intersect(Labels)],
            Status = Statuses.FirstOrDefault(s => s == status) ?? Open,
            Languages = language ?? [],
            Sources = source ?? [],
            Q = q,
            Range = Ranges.FirstOrDefault(r => r == range) ?? "all",
            From = Time(from),
            To = Time(to),
            Urgent = sort == "urgent",
        };

    /// <summary>With or without a sentiment.</summary>
    public InboxFilter Toggle(string sentiment) => this with
    {
        Sentiments = Sentiments.Contains(sentiment) ? [.. Sentiments.Where(s => s != sentiment)] : [.. Labels.Where(l => l == sentiment || Sentiments.Contains(l))],
    };

    /// <summary>True when a mention's status is one of those asked for.</summary>
    public bool Shows(MentionStatus status) => Status switch
    {
        Open => status is MentionStatus.New or MentionStatus.Claimed,
        "all" => true,
        _ => string.Equals(Status, status.ToString(), StringComparison.OrdinalIgnoreCase),
    };

    private DateTimeOffset? Back(DateTimeOffset now) => Range switch
    {
        "24h" => now.AddHours(-24),
        "7d" => now.AddDays(-7),
        "30d" => now.AddDays(-30),
        _ => null,
    };

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static string? Iso(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    private static void AddAll<T>(StringBuilder query, string name, IEnumerable<T> values)
    {
        foreach (var value in values)
        {
            Add(query, name, Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }

    private static void Add(StringBuilder query, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
