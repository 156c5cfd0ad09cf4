using System.Text.Json;

namespace Serm.Tests.Real.MediaWiki;

/// <summary>The wiki's editor, at its API.</summary>
public sealed class Wiki : IAsyncLifetime
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(RealServer.Address("MEDIAWIKI")), Timeout = TimeSpan.FromSeconds(60) };
    private string token = "";

    /// <summary>Where it is, without a path.</summary>
    public string Address => http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync()
    {
        var login = (await AskAsync("action=query&meta=tokens&type=login")).GetProperty("query").GetProperty("tokens").GetProperty("logintoken").GetString()!;
        (await SendAsync(("action", "login"), ("lgname", "Editor"), ("lgpassword", RealServer.Setting("SERM_REAL_MEDIAWIKI_PASSWORD")), ("lgtoken", login))).GetProperty("login").GetProperty("result").GetString().ShouldBe("Success");
        token = (await AskAsync("action=query&meta=tokens")).GetProperty("query").GetProperty("tokens").GetProperty("csrftoken").GetString()!;
    }

    /// <summary>Writes a page, new or not.</summary>
    public async Task WriteAsync(string title, string text, string summary = "") =>
        (await SendAsync(("action", "edit"), ("title", title), ("text", text), ("summary", summary), ("token", token))).GetProperty("edit").GetProperty("result").GetString().ShouldBe("Success");

    /// <summary>Deletes a page.</summary>
    public async Task DeleteAsync(string title, string why) => (await SendAsync(("action", "delete"), ("title", title), ("reason", why), ("token", token))).TryGetProperty("delete", out _).ShouldBeTrue();

    public ValueTask DisposeAsync()
    {
        http.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<JsonElement> AskAsync(string query) => http.GetAsync($"/api.php?format=json&{query}", TestContext.Current.CancellationToken).ReadAsync();

    private async Task<JsonElement> SendAsync(params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Append(("format", "json")).Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        return await http.PostAsync("/api.php", form, TestContext.Current.CancellationToken).ReadAsync();
    }
}
