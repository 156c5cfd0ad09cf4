using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Ingest.Connectors.AppReviews;

/// <summary>What a source of app reviews takes.</summary>
public sealed class AppReviewsOptions
{
    /// <summary>The apps.</summary>
    [Required]
    [MinLength(1, ErrorMessage = "Give at least one app.")]
    [MaxLength(20)]
    [Display(Name = "Apps", Description = "Their numbers in the App Store, one a line: 284882215 of https://apps.apple.com/app/id284882215. Any public app, not only your own.")]
    public string[] Apps { get; set; } = [];

    /// <summary>The stores.</summary>
    [Required]
    [MinLength(1, ErrorMessage = "Give at least one country.")]
    [MaxLength(60)]
    [Display(Name = "Countries", Description = "The stores whose reviews are read, two letters each, one a line: us, de, tr.")]
    public string[] Countries { get; set; } = ["us"];

    /// <summary>How far the first read goes back.</summary>
    [Advanced]
    [Range(0, 3_650)]
    [Display(Name = "Days of history", Description = "How far the first read goes back, within the newest 500 reviews of a store. Old reviews alert nobody.")]
    public int HistoryDays { get; set; } = 30;

    /// <summary>Politeness.</summary>
    [Advanced]
    [Range(1, 600)]
    [Display(Name = "Requests a minute")]
    public int RequestsPerMinute { get; set; } = 20;

    /// <summary>Where the feed is.</summary>
    [Advanced]
    [Required]
    [Url]
    [Display(Name = "Address of the feed")]
    public string FeedUrl { get; set; } = "https://itunes.apple.com";
}

/// <summary>Reviews in Apple's App Store, by the public feed of the newest 500 of a store. Ids are those of the reviews; a changed review keeps its id.</summary>
internal sealed class AppReviewsConnector : IPulled
{
    // What the feed gives; it answers no further page.
    private const int LastPage = 10;
    private static readonly TimeSpan Overlap = TimeSpan.FromDays(1);

    public ConnectorCard Card { get; } = new(
        "appreviews",
        "App Store reviews",
        "Reviews of any app in the App Store, by country, with their stars. The feed holds the newest 500 of a store; what is taken down it does not tell.",
        "https://developer.apple.com/app-store/ratings-and-reviews/",
        typeof(AppReviewsOptions),
        Ability.OwnChannels | Ability.Backfill | Ability.Edits | Ability.Engagement);

    public IReadOnlyList<RateLimit> Limits(Settings settings) => [new("requests a minute", settings.As<AppReviewsOptions>().RequestsPerMinute, TimeSpan.FromMinutes(1))];

    public Uri? Address(Settings settings) => new(settings.As<AppReviewsOptions>().FeedUrl);

    public string NameOf(Settings settings) => $"App Store: {string.Join(", ", settings.As<AppReviewsOptions>().Apps)}";

    public void Check(Settings settings)
    {
        var options = settings.As<AppReviewsOptions>();
        if (options.Apps.FirstOrDefault(a => !a.All(char.IsAsciiDigit) || a.Length is 0 or > 20) is { } app)
        {
            throw RuleViolation.Invalid("options.apps", "option_invalid", $"\"{app}\" is no number of an app: give only the digits behind \"id\" in its address.");
        }

        if (options.Countries.FirstOrDefault(c => c.Length != 2 || !c.All(char.IsAsciiLetter)) is { } country)
        {
            throw RuleViolation.Invalid("options.countries", "option_invalid", $"\"{country}\" is no country of two letters, such as us.");
        }
    }

    public async Task<Page> ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var options = reading.Options<AppReviewsOptions>();
        List<string> lanes = [.. options.Apps.SelectMany(a => options.Countries.Select(c => $"{c.ToLowerInvariant()}/{a}"))];
        return await reading.StateAs<Rounds<Sweep>>().ReadAsync(lanes, async (name, lane) =>
        {
            var (country, app) = (name[..2], name[3..]);
            var number = int.TryParse(lane.Next, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 1;
            var floor = lane.Floor(Overlap, reading.Now.AddDays(-options.HistoryDays));
            var url = NetworkClient.At(options.FeedUrl, string.Create(CultureInfo.InvariantCulture, $"/{country}/rss/customerreviews/page={number}/id={app}/sortby=mostrecent/json"));
            var reviews = Entries((await reading.Http.GetAsync(url, new(name), cancellationToken)).Json()).ToList();
            var (after, more) = lane.After(reviews.Select(Date), number < LastPage ? (number + 1).ToString(CultureInfo.InvariantCulture) : null, floor);
            return (new Page([.. reviews.Select(r => Review(r, country, app, reading.Now)).OfType<NetworkPost>()], null) { Hints = new(Missed: Missed(lane, reviews, number)) }, after, more);
        });
    }

    // The feed's end before what is known: everything between was never listed.
    private static MissedTime? Missed(Sweep lane, List<JsonElement> reviews, int number) => lane.Since > 0 && number == LastPage && reviews.Select(Date).Min() is { } oldest && oldest.ToUnixTimeSeconds() > lane.Since
        ? new(DateTimeOffset.FromUnixTimeSeconds(lane.Since), oldest, "too_many_results")
        : null;

    // A feed with one entry has no list. The first entry of older answers is the app itself, without a rating.
    private static IEnumerable<JsonElement> Entries(JsonElement answer) => (answer.At("feed", "entry") is { ValueKind: JsonValueKind.Object } only ? [only] : answer.Items("feed", "entry")).Where(e => e.At("im:rating") is not null);

    private static DateTimeOffset? Date(JsonElement review) => review.Time("updated", "label");

    private static NetworkPost? Review(JsonElement review, string country, string app, DateTimeOffset now)
    {
        if (review.Text("id", "label") is not { } id)
        {
            return null;
        }

        var stars = (int)Math.Clamp(review.Long("im:rating", "label") ?? 0, 0, 5);
        var name = review.Text("author", "name", "label");
        return new(id, review.Text("content", "label") ?? "", Date(review))
        {
            Title = $"{new string('★', stars)}{new string('☆', 5 - stars)} {review.Text("title", "label")}",
            Url = $"https://apps.apple.com/{country}/app/id{app}?see-all=reviews",
            Author = name is null ? null : new Author(review.Text("author", "uri", "label") is { } uri && uri.LastIndexOf("/id", StringComparison.Ordinal) is >= 0 and var at ? uri[(at + 3)..] : name, name),
            Engagement = new(now, review.Long("im:voteSum", "label")),
        };
    }
}
