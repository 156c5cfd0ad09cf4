using System.Globalization;

namespace Serm.Simulator.Networks;

/// <summary>Apple's feed of reviews as JSON, as it is known (it is not documented): the newest 500 of app 1 in a store by pages of 50, every value in a <c>label</c>, a single entry without its list.</summary>
public sealed class AppReviews : INetwork
{
    public string Name => "appreviews";

    public IReadOnlyCollection<string> Optional { get; } = ["im:voteSum", "im:voteCount", "im:version", "uri", "link", "attributes"];

    public void Map(IEndpointRouteBuilder routes, Stage stage) => routes.MapGet("/{country}/rss/customerreviews/page={page:int}/id=1/sortby=mostrecent/json", (string country, int page) =>
    {
        stage.Count("requests a minute", 600, TimeSpan.FromMinutes(1));
        if (page > 10)
        {
            return Results.Text("<html><body>CustomerReviews RSS page depth is limited to 10</body></html>", "text/html", statusCode: StatusCodes.Status400BadRequest);
        }

        var size = stage.PageSize > 0 ? stage.PageSize : 50;
        var newest = stage.World.Posts.OrderByDescending(p => p.EditedAt ?? p.At).ThenByDescending(p => p.Id).ToList();
        var entries = (stage.Endless ? newest.Take(size) : newest.Skip((page - 1) * size).Take(size)).Select(Entry).ToList();
        var feed = new Dictionary<string, object?>(StringComparer.Ordinal) { ["author"] = new { name = Label("iTunes Store") }, ["title"] = Label("iTunes Store: Customer Reviews"), ["id"] = Label($"https://itunes.apple.com/{country}/rss/customerreviews/id=1") };
        if (entries.Count > 0)
        {
            feed["entry"] = entries.Count == 1 ? entries[0] : entries;
        }

        return Results.Json(new { feed });
    });

    public IResult TooMany(HttpContext context, Stage stage, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Results.Text("", statusCode: StatusCodes.Status429TooManyRequests);
    }

    public IResult Expired(HttpContext context) => Results.Text("", statusCode: StatusCodes.Status401Unauthorized);

    private static Dictionary<string, object?> Entry(SimPost post) => new(StringComparer.Ordinal)
    {
        ["author"] = new { uri = Label($"https://itunes.apple.com/us/reviews/id{post.Author.Id}"), name = Label(post.Author.Name), label = "" },
        ["updated"] = Label((post.EditedAt ?? post.At).ToOffset(TimeSpan.FromHours(-7)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture)),
        ["im:rating"] = Label(((post.Id % 5) + 1).ToString(CultureInfo.InvariantCulture)),
        ["im:version"] = Label("1.2.3"),
        ["id"] = Label(post.Id.ToString(CultureInfo.InvariantCulture)),
        ["title"] = Label("Acme"),
        ["content"] = new { label = post.Text, attributes = new { type = "text" } },
        ["link"] = new { attributes = new { rel = "related", href = "https://itunes.apple.com/us/review?id=1&type=Purple%20Software" } },
        ["im:voteSum"] = Label(post.Likes.ToString(CultureInfo.InvariantCulture)),
        ["im:voteCount"] = Label("7"),
    };

    private static object Label(string text) => new { label = text };
}
