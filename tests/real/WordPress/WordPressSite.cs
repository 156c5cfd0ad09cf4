using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Serm.Tests.Real.WordPress;

/// <summary>The site's editor, at its REST interface.</summary>
public sealed class WordPressSite : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(RealServer.Address("WORDPRESS")), Timeout = TimeSpan.FromSeconds(60) };

    public WordPressSite() => http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"editor:{RealServer.Setting("SERM_REAL_WORDPRESS_PASSWORD")}")));

    /// <summary>Where it is, without a path.</summary>
    public string Address => http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>What stands before its comments' ids.</summary>
    public string Host => http.BaseAddress!.Authority;

    /// <summary>Publishes an article.</summary>
    public async Task<long> ArticleAsync(string title, string text) =>
        (await http.CallAsync("/wp-json/wp/v2/posts", new { title, content = Escape(text), status = "publish" })).GetProperty("id").GetInt64();

    /// <summary>Changes an article.</summary>
    public Task ChangeArticleAsync(long id, string text) => http.CallAsync(Path("posts", id), new { content = Escape(text) });

    /// <summary>Comments, as a visitor whose comment was approved.</summary>
    public async Task<long> CommentAsync(long article, string text, string by, long parent = 0) => (await http.CallAsync(
        "/wp-json/wp/v2/comments", new { post = article, parent, content = Escape(text), author_name = by, author_email = "visitor@example.org", status = "approve" })).GetProperty("id").GetInt64();

    /// <summary>Changes a comment.</summary>
    public Task ChangeCommentAsync(long id, string text) => http.CallAsync(Path("comments", id), new { content = Escape(text) });

    /// <summary>Deletes a comment for good.</summary>
    public Task DeleteCommentAsync(long id) => http.DeleteAsync($"{Path("comments", id)}?force=true", TestContext.Current.CancellationToken).ReadAsync();

    public void Dispose() => http.Dispose();

    private static string Path(string what, long id) => string.Create(CultureInfo.InvariantCulture, $"/wp-json/wp/v2/{what}/{id}");

    private static string Escape(string text) => System.Net.WebUtility.HtmlEncode(text);
}
