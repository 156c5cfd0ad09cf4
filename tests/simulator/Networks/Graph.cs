using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Serm.Simulator.Networks;

/// <summary>What Facebook and Instagram share of the Graph API, from its documentation: calls an hour with their usage in a header, proofs of the secret, cursors, refusals with codes, and what is known of a token.</summary>
public static class Graph
{
    /// <summary>The application's id and secret.</summary>
    public const string App = "4711", Secret = "hook-secret";

    /// <summary>When the token's access to data ends.</summary>
    public static readonly TimeSpan Access = TimeSpan.FromDays(30);

    private const int Usual = 2_000;

    /// <summary>Null when the call may be answered.</summary>
    public static IResult? Refused(HttpContext context, Stage stage)
    {
        var allowed = stage.Allowed > 0 ? stage.Allowed : Usual;
        var (left, _) = stage.Count("calls an hour", allowed, TimeSpan.FromHours(1));
        var used = (allowed - left) * 100 / allowed;
        context.Response.Headers["X-App-Usage"] = $$"""{"call_count":{{used}},"total_time":{{used / 2}},"total_cputime":{{used / 3}}}""";
        var proof = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(stage.Token)));
        return context.Request.Headers.Authorization != $"Bearer {stage.Token}" ? Expired()
            : context.Request.Query.TryGetValue("appsecret_proof", out var given) && given != proof ? Error(400, 100, "Invalid appsecret_proof provided in the API argument")
            : null;
    }

    /// <summary>What is known of a token, told to the application only.</summary>
    public static IResult DebugToken(HttpContext context, Stage stage, string input_token) => context.Request.Headers.Authorization != $"Bearer {App}|{Secret}"
        ? Error(400, 100, "(#100) You must provide an app access token, or a user access token that is an owner or developer of the app")
        : Results.Json(new { data = new { app_id = App, type = "PAGE", application = "Acme", data_access_expires_at = (stage.Clock.GetUtcNow() + Access).ToUnixTimeSeconds(), expires_at = 0, is_valid = input_token == stage.Token, scopes = new[] { "pages_read_engagement" } } });

    public static IResult TooMany(HttpContext context, TimeSpan wait, int code)
    {
        context.Response.Headers["X-Business-Use-Case-Usage"] = $$"""{"42":[{"type":"pages","call_count":100,"total_cputime":20,"total_time":20,"estimated_time_to_regain_access":{{(int)Math.Ceiling(wait.TotalMinutes)}}}]}""";
        return Error(400, code, $"(#{code}) Page request limit reached");
    }

    public static IResult Expired() => Error(400, 190, "Error validating access token: Session has expired", 463);

    /// <summary>Of what the application has no permission for.</summary>
    public static IResult Closed() => Error(403, 10, "(#10) Application does not have permission for this action");

    /// <summary>Of what is gone, and of what was never there.</summary>
    public static IResult Unknown(string id) => Error(400, 100, $"Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation", 33);

    /// <summary>A page of a list, with its cursors.</summary>
    public static IResult Page(Stage stage, IEnumerable<SimPost> posts, string? after, int? limit, Func<SimPost, object> shape) => Results.Json(Listed(stage, posts, after, limit, shape));

    /// <summary>As <see cref="Page"/>, within an answer.</summary>
    public static object Listed(Stage stage, IEnumerable<SimPost> posts, string? after, int? limit, Func<SimPost, object> shape)
    {
        var size = Math.Min(stage.PageSize > 0 ? stage.PageSize : 100, limit ?? 25);
        var from = after is null ? 0 : int.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(after)), CultureInfo.InvariantCulture);
        var all = posts.ToList();
        var page = all.Skip(stage.Endless ? 0 : from).Take(size).ToList();
        var cursors = new { before = Cursor(from), after = Cursor(from + page.Count) };
        return new { data = page.Select(shape), paging = stage.Endless || from + page.Count < all.Count ? (object)new { cursors, next = "https://graph.facebook.com/next" } : new { cursors } };
    }

    public static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss+0000", CultureInfo.InvariantCulture);

    private static string Cursor(int at) => Convert.ToBase64String(Encoding.UTF8.GetBytes(at.ToString(CultureInfo.InvariantCulture)));

    private static IResult Error(int status, int code, string message, int? subcode = null) =>
        Results.Json(new { error = new { message, type = "OAuthException", code, error_subcode = subcode ?? 0, fbtrace_id = "AbCdEf" } }, statusCode: status);
}
