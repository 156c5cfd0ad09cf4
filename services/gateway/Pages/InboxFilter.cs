using System.Globalization;
using System.Text;
using Serm.Gateway.Clients;

namespace Serm.Gateway.Pages;

/// <summary>What the inbox shows. It lives in the address, so that a link shows the same to somebody else.</summary>
public sealed record InboxFilter
{
    /// <summary>New and claimed: what the inbox shows when nothing else is asked for.</summary>
    public const string Open = "open";

    /// <summary>What rules put aside, so that nothing is hidden.</summary>
    public const string Filtered = "filtered";

    /// <summary>All that is not dismissed: what the dynamics count.</summary>
    public const string Kept = "kept";

    /// <summary>The mentions service takes no more ids at once.</summary>
    public const int MostIds = 100;

    /// <summary>Values of <see cref="Severity"/>.</summary>
    public static readonly IReadOnlyList<string> SeverityNames = ["critical", "high", "normal", "low"];

    /// <summary>Values of <see cref="Sla"/>.</summary>
    public static readonly IReadOnlyList<string> SlaStates = ["breached", "dueSoon", "running", "paused", "met"];

    /// <summary>Values of <see cref="Reply"/>.</summary>
    public static readonly IReadOnlyList<string> Replies = ["failed", "underWay"];

    private static readonly string[] KeptStatuses = ["new", "claimed", "waiting", "snoozed", "resolved"];

    /// <summary>Values of <see cref="Status"/>.</summary>
    public static readonly IReadOnlyList<string> Statuses = [Open, .. KeptStatuses, "dismissed", Filtered, Kept, "all"];

    /// <summary>Values of <see cref="Sentiments"/>.</summary>
    public static readonly IReadOnlyList<string> Labels = ["negative", "neutral", "positive", "unscored"];

    /// <summary>Values of <see cref="Range"/>.</summary>
    public static readonly IReadOnlyList<string> Ranges = ["24h", "7d", "30d", "all"];

    /// <summary>Only these mentions, at most <see cref="MostIds"/>; all when empty.</summary>
    public IReadOnlyList<Guid> Ids { get; init; } = [];

    public IReadOnlyList<Guid> Brands { get; init; } = [];

    public IReadOnlyList<string> Sentiments { get; init; } = [];

    public string Status { get; init; } = Open;

    public IReadOnlyList<string> Languages { get; init; } = [];

    public IReadOnlyList<Guid> Sources { get; init; } = [];

    public string? Q { get; init; }

    /// <summary>Whose: <c>me</c>, <c>none</c> or a name; null for anybody's.</summary>
    public string? Owner { get; init; }

    public string? Tag { get; init; }

    /// <summary>One of <see cref="SeverityNames"/>; null for all.</summary>
    public string? Severity { get; init; }

    /// <summary>One of <see cref="SlaStates"/>; null for all.</summary>
    public string? Sla { get; init; }

    /// <summary>One of <see cref="Replies"/>: what is known of an answer through the network; null for all.</summary>
    public string? Reply { get; init; }

    /// <summary>Only the sightings of this story.</summary>
    public Guid? Story { get; init; }

    /// <summary>Only this author's.</summary>
    public Guid? Author { get; init; }

    /// <summary>Each telling of a story, and not one row for all.</summary>
    public bool EachTelling { get; init; }

    /// <summary>Time back from now; without meaning when <see cref="From"/> is set.</summary>
    public string Range { get; init; } = "all";

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    /// <summary>Newest first was asked for, and not most urgent first.</summary>
    public bool Newest { get; init; }

    /// <summary>Only what waits for somebody on our side is urgent: all else has no other order than time.</summary>
    public bool HasUrgency => Status is Open or "new" or "claimed";

    /// <summary>Most urgent first, as the inbox is unless it was asked for the newest.</summary>
    public bool Urgent => HasUrgency && !Newest;

    /// <summary>The statuses as the API names them; none for what rules put aside.</summary>
    public IReadOnlyList<string> ApiStatuses => Status switch { Open => ["new", "claimed"], Kept => KeptStatuses, "all" => [.. KeptStatuses, "dismissed"], Filtered => [], _ => [Status] };

    /// <summary>True when nothing is left out but what is closed.</summary>
    public bool IsDefault => Key == new InboxFilter { Newest = Newest }.Key;

    /// <summary>Equal for filters that show the same.</summary>
    public string Key => ToQuery();

    /// <summary>The query string of the page, without a question mark: only what differs from the default.</summary>
    public string ToQuery(Guid? selected = null)
    {
        var query = new StringBuilder();
        AddAll(query, "id", Ids);
        AddAll(query, "brand", Brands);
        AddAll(query, "sentiment", Sentiments);
        Add(query, "status", Status == Open ? null : Status);
        AddAll(query, "language", Languages);
        AddAll(query, "source", Sources);
        Add(query, "q", string.IsNullOrWhiteSpace(Q) ? null : Q);
        Add(query, "range", Range == "all" ? null : Range);
        Add(query, "from", Iso(From));
        Add(query, "to", Iso(To));
        AddDesk(query);
        Add(query, "stories", EachTelling ? "all" : null);
        Add(query, "sort", Newest ? "newest" : null);
        Add(query, "m", selected?.ToString());
        return query.ToString();
    }

    /// <summary>The query string for the mentions service.</summary>
    public string ToApi(DateTimeOffset now)
    {
        var query = new StringBuilder();
        AddAll(query, "id", Ids);
        AddAll(query, "brand", Brands);
        AddAll(query, "sentiment", Sentiments);
        AddAll(query, "status", Status is "all" ? [] : ApiStatuses);
        AddAll(query, "language", Languages);
        AddAll(query, "source", Sources);
        Add(query, "q", string.IsNullOrWhiteSpace(Q) ? null : Q);
        Add(query, "from", Iso(From ?? Back(now)));
        Add(query, "to", Iso(To));
        AddDesk(query);
        Add(query, "filtered", Status == Filtered ? "true" : null);
        Add(query, "stories", OnePerStory ? "one" : "all");
        Add(query, "sort", Urgent ? "urgent" : "newest");
        return query.ToString();
    }

    /// <summary>The filters by the names of the API, as a saved view keeps them. A time back from now is none of them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ToView() => ToApi(default(DateTimeOffset).AddYears(1)).Split('&')
        .Select(p => p.Split('=', 2))
        .Where(p => p[0] != "id" && (p[0] != "stories" || EachTelling) && (p[0] != "from" || From is not null) && (p[0] != "sort" || Urgent || Newest))
        .GroupBy(p => p[0], p => Uri.UnescapeDataString(p[1]), StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g], StringComparer.Ordinal);

    /// <summary>The filters of a saved view.</summary>
    public static InboxFilter OfView(IReadOnlyDictionary<string, IReadOnlyList<string>> view)
    {
        string[] All(string name) => [.. view.GetValueOrDefault(name, [])];
        string? One(string name) => All(name).FirstOrDefault();
        Guid[] Guids(string name) => [.. All(name).Select(v => Guid.TryParse(v, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
        var status = One("filtered") == "true" ? Filtered : All("status") switch { [] => One("sort") == "urgent" ? Open : "all", ["new", "claimed"] or ["claimed", "new"] => Open, var all when all.ToHashSet(StringComparer.Ordinal).SetEquals(KeptStatuses) => Kept, [var only, ..] => only };
        return Of(
            Guids("brand"), All("sentiment"), status, All("language"), Guids("source"), One("q"), null, One("from"), One("to"), One("sort"),
            One("owner"), One("tag"), One("severity"), One("sla"), Guids("story").Cast<Guid?>().FirstOrDefault(), Guids("author").Cast<Guid?>().FirstOrDefault(),
            stories: One("stories"), reply: One("reply"));
    }

    /// <summary>Reads the address. What nobody understands is passed over, as links get cut and edited.</summary>
    public static InboxFilter Of(
        Guid[]? brand, string[]? sentiment, string? status, string[]? language, Guid[]? source, string? q, string? range, string? from, string? to, string? sort,
        string? owner = null, string? tag = null, string? severity = null, string? sla = null, Guid? story = null, Guid? author = null, Guid[]? id = null, string? stories = null, string? reply = null) => new()
        {
            Ids = [.. (id ?? []).Take(MostIds)],
            Brands = brand ?? [],
            Sentiments = [.. (sentiment ?? []).Intersect(Labels)],
            Status = Statuses.FirstOrDefault(s => s == status) ?? Open,
            Languages = language ?? [],
            Sources = source ?? [],
            Q = q,
            Range = Ranges.FirstOrDefault(r => r == range) ?? "all",
            From = Time(from),
            To = Time(to),
            Newest = sort == "newest",
            Owner = string.IsNullOrWhiteSpace(owner) ? null : owner,
            Tag = string.IsNullOrWhiteSpace(tag) ? null : tag,
            Severity = SeverityNames.FirstOrDefault(s => s == severity),
            Sla = SlaStates.FirstOrDefault(s => s == sla),
            Reply = Replies.FirstOrDefault(r => r == reply),
            Story = story,
            Author = author,
            EachTelling = stories == "all",
        };

    /// <summary>True unless others are asked for by their ids.</summary>
    public bool AsksFor(Guid mention) => Ids.Count == 0 || Ids.Contains(mention);

    /// <summary>With or without a sentiment.</summary>
    public InboxFilter Toggle(string sentiment) => this with
    {
        Sentiments = Sentiments.Contains(sentiment) ? [.. Sentiments.Where(s => s != sentiment)] : [.. Labels.Where(l => l == sentiment || Sentiments.Contains(l))],
    };

    /// <summary>One row a story, as it is handled once. Who searches, or asks for a story, an author or what rules put aside, wants to see each telling.</summary>
    public bool OnePerStory => Status != Filtered && !EachTelling && Story is null && Author is null && string.IsNullOrWhiteSpace(Q);

    /// <summary>False once a mention has a status that is not asked for, or is told by the row of its story.</summary>
    internal bool Shows(MentionItem mention) => (mention.StoryId is null || !OnePerStory) && Status switch
    {
        Open => mention.IsOpen,
        Filtered => mention is { FilteredBy: not null, Status: MentionStatus.Dismissed },
        Kept => mention.Status != MentionStatus.Dismissed,
        "all" => true,
        _ => string.Equals(mention.Status.ToString(), Status, StringComparison.OrdinalIgnoreCase),
    };

    private void AddDesk(StringBuilder query)
    {
        Add(query, "owner", Owner);
        Add(query, "tag", Tag);
        Add(query, "severity", Severity);
        Add(query, "sla", Sla);
        Add(query, "reply", Reply);
        Add(query, "story", Story?.ToString());
        Add(query, "author", Author?.ToString());
    }

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
