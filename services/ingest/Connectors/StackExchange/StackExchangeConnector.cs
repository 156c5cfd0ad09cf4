using System.Globalization;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.StackExchange;

/// <summary>Where reading the site stands.</summary>
internal sealed record StackExchangeState
{
    /// <summary>The searches and tags.</summary>
    public Rounds<Sweep> Rounds { get; init; } = new();

    /// <summary>The newest questions, newest first: their comments come without any sign.</summary>
    public IReadOnlyList<long> Followed { get; init; } = [];
}

/// <summary>Stack Exchange: questions by search or tag as they are active, with all answers and comments. Ids are <c>site/question-1</c>, <c>site/answer-1</c>, <c>site/comment-1</c>.</summary>
internal sealed class StackExchangeConnector : IPulled, IRechecked
{
    private const int PageSize = 50;
    private const string FollowedLane = "comments";
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    public ConnectorCard Card { get; } = new(
        "stackexchange",
        "Stack Exchange",
        "Questions of Stack Overflow or another site, by search words or tags, with their answers and comments. No account is needed; a key raises the limit.",
        "https://api.stackexchange.com/docs",
        typeof(StackExchangeOptions),
        Ability.Search | Ability.Backfill | Ability.Edits | Ability.Deletes | Ability.Engagement);

    public int RecheckBatch => 100;

    public IReadOnlyList<RateLimit> Limits(Settings settings) =>
    [
        new("requests a second", 5, TimeSpan.FromSeconds(1)),
        new("requests a day", settings.As<StackExchangeOptions>().RequestsPerDay, TimeSpan.FromDays(1), "UTC"),
    ];

    public Uri? Address(Settings settings) => new(settings.As<StackExchangeOptions>().ApiUrl);

    public string NameOf(Settings settings) => $"{settings.As<StackExchangeOptions>().Site}: {string.Join(", ", settings.As<StackExchangeOptions>().Terms.Concat(settings.As<StackExchangeOptions>().Tags))}";

    public void Check(Settings settings)
    {
        if (Lanes(settings.As<StackExchangeOptions>()).All(l => l == FollowedLane))
        {
            throw RuleViolation.Invalid("options.terms", "option_missing", "Give search words or tags.");
        }
    }

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<StackExchangeOptions>();
        var state = reading.StateAs<StackExchangeState>();

        // A lane that asks for nothing must not count as read while the others fail.
        var lanes = Lanes(options).Where(l => l != FollowedLane || state.Followed.Count > 0).ToList();
        var followed = state.Followed;
        var page = await state.Rounds.ReadAsync(lanes, async (name, lane) =>
        {
            var (questions, after, more) = name == FollowedLane
                ? ((await StackExchangeApi.CallAsync(reading, $"/questions/{string.Join(';', followed)}?pagesize=100", name, cancellationToken)).Items, lane, false)
                : await SearchAsync(reading, name, lane, reading.Now.AddDays(-options.HistoryDays), cancellationToken);
            followed = [.. questions.Select(q => q.Long("question_id")).OfType<long>().Concat(followed).Distinct().OrderDescending().Take(options.Followed)];
            return (new Page([.. questions.SelectMany(q => Thread(q, options.Site, reading.Now))], null), after, more);
        });
        var rounds = (reading with { State = page.State }).StateAs<Rounds<Sweep>>();
        return page with { State = Reading.Write(new StackExchangeState { Rounds = rounds, Followed = followed }) };
    }

    public async Task<Page> RecheckAsync(Reading reading, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken)
    {
        var site = reading.Options<StackExchangeOptions>().Site;
        var there = new List<NetworkPost>();
        foreach (var group in nativeIds.GroupBy(i => i[(i.LastIndexOf('/') + 1)..i.LastIndexOf('-')], StringComparer.Ordinal))
        {
            var ids = string.Join(';', group.Select(i => i[(i.LastIndexOf('-') + 1)..]));
            var (items, _) = await StackExchangeApi.CallAsync(reading, $"/{group.Key}s/{ids}?pagesize=100", "recheck", cancellationToken);
            there.AddRange(items.Select(i => Post(i, site, reading.Now)).OfType<NetworkPost>());
        }

        // Who has taken it away the API does not say.
        return new(there, null) { Removed = [.. nativeIds.Except(there.Select(p => p.NativeId), StringComparer.Ordinal).Select(id => new RemovedPost(id, reading.Now))] };
    }

    private static async Task<(List<JsonElement> Questions, Sweep After, bool More)> SearchAsync(Reading reading, string name, Sweep lane, DateTimeOffset first, CancellationToken cancellationToken)
    {
        var floor = lane.Floor(Overlap, first);
        var until = lane.Next is { } below ? $"&max={below}" : "";
        var (questions, full) = await StackExchangeApi.CallAsync(reading, string.Create(CultureInfo.InvariantCulture, $"{name}&sort=activity&order=desc&min={floor}{until}&pagesize={PageSize}"), name, cancellationToken);

        // By time and not by page: pages behind the 25th are closed to those without a key.
        List<DateTimeOffset?> active = [.. questions.Select(q => q.Time("last_activity_date"))];
        var (after, more) = lane.After(active, full ? lane.Below(active) : null, floor);
        return (questions, after, more);
    }

    private static List<string> Lanes(StackExchangeOptions options) =>
    [
        .. options.Terms.Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => $"/search/advanced?q={Uri.EscapeDataString(t.Trim())}"),
        .. options.Tags.Where(t => !string.IsNullOrWhiteSpace(t)).Select(t => $"/questions?tagged={Uri.EscapeDataString(t.Trim())}"),
        FollowedLane,
    ];

    private static IEnumerable<NetworkPost> Thread(JsonElement question, string site, DateTimeOffset now)
    {
        var root = $"{site}/question-{question.Text("question_id")}";
        return new[] { question }
            .Concat(question.Items("comments"))
            .Concat(question.Items("answers").SelectMany(a => a.Items("comments").Prepend(a)))
            .Select(p => Post(p, site, now))
            .OfType<NetworkPost>()
            .Select(p => p.Parent is null ? p : p with { Root = root });
    }

    private static NetworkPost? Post(JsonElement post, string site, DateTimeOffset now)
    {
        var (kind, parent) = post switch
        {
            _ when post.Text("comment_id") is not null => ("comment", post.Text("post_id") is { } under ? $"{site}/{(post.Text("post_type") == "answer" ? "answer" : "question")}-{under}" : null),
            _ when post.Text("answer_id") is not null => ("answer", post.Text("question_id") is { } question ? $"{site}/question-{question}" : null),
            _ => ("question", null),
        };
        if (post.Text($"{kind}_id") is not { } id)
        {
            return null;
        }

        return new($"{site}/{kind}-{id}", post.Text("body") ?? "", post.Time("creation_date"))
        {
            Html = true,
            Title = kind == "question" ? post.Text("title") : null,
            Url = post.Text("link"),
            Author = Writer(post, site),
            Parent = parent,
            EditedAt = post.Time("last_edit_date"),
            Engagement = new(now, post.Long("score"), Replies: post.Long("answer_count"), Views: post.Long("view_count")),
        };
    }

    // A deleted account leaves its name only.
    private static Author? Writer(JsonElement post, string site) => post.Text("owner", "display_name") is { } name
        ? new($"{site}/{post.Text("owner", "user_id") ?? name}", System.Net.WebUtility.HtmlDecode(name), Url: post.Text("owner", "link"))
        : null;
}
