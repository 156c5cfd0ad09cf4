using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Serm.Tests.Integration.Gateway;

public sealed class SessionTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static CancellationToken Token => GatewayFixture.Token;

    [Fact]
    public async Task The_first_admin_is_printed_once_and_can_sign_in()
    {
        gateway.Password.ShouldMatch("^[0-9A-Za-z]{20,}$");
        var again = await Should.ThrowAsync<InvalidOperationException>(() => gateway.Stack.Gateway.RunAsync("admin", "--name", "second"));
        again.Message.ShouldContain("There is an admin already");
        await using (var stored = gateway.Database.CreateCommand("select password_hash from gateway.users where name = 'root'"))
        {
            ((string)(await stored.ExecuteScalarAsync(Token))!).ShouldNotContain(gateway.Password);
        }

        using var client = Client();
        using var signIn = await client.PostAsJsonAsync("/api/session", new { name = "ROOT", password = gateway.Password }, Token);
        signIn.StatusCode.ShouldBe(HttpStatusCode.OK);
        var cookie = signIn.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=lax", Case.Insensitive);
        var me = await client.GetFromJsonAsync<JsonElement>("/api/me", Token);
        me.GetProperty("role").GetString().ShouldBe("admin");
        me.GetProperty("kind").GetString().ShouldBe("user");
    }

    [Fact]
    public async Task A_session_ends_by_sign_out_by_a_new_password_and_when_its_cookie_cannot_be_read()
    {
        var (name, password) = await UserAsync();
        using var here = await SignedInAsync(name, password);
        using var there = await SignedInAsync(name, password);
        using var changed = await here.PostAsJsonAsync("/api/me/password", new { current = password, @new = "a wholly different one" }, Token);
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var still = await here.GetAsync("/api/me", Token);
        still.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var ended = await there.GetAsync("/api/me", Token);
        await GatewayFixture.ShouldRefuseAsync(ended, HttpStatusCode.Unauthorized, "session_expired");

        using var signOut = await here.DeleteAsync("/api/session", Token);
        using var gone = await here.GetAsync("/api/me", Token);
        await GatewayFixture.ShouldRefuseAsync(gone, HttpStatusCode.Unauthorized, "not_signed_in");
        using var stale = await gateway.GetAsync("/api/me", "", ("Cookie", "serm=CfDJ8not-a-session"));
        await GatewayFixture.ShouldRefuseAsync(stale, HttpStatusCode.Unauthorized, "session_expired");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    public async Task Another_site_cannot_act_with_a_session(string header, string value)
    {
        var (name, password) = await UserAsync();
        using var client = await SignedInAsync(name, password);
        client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
        using var write = await client.PostAsJsonAsync("/api/keys", new { name = "stolen", role = "admin" }, Token);
        await GatewayFixture.ShouldRefuseAsync(write, HttpStatusCode.Forbidden, "cross_site");
        using var signIn = await client.PostAsJsonAsync("/api/session", new { name, password }, Token);
        await GatewayFixture.ShouldRefuseAsync(signIn, HttpStatusCode.Forbidden, "cross_site");
        using var read = await client.GetAsync("/api/me", Token);
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Guessing_a_password_is_slowed_down_even_for_the_right_one()
    {
        var (name, password) = await UserAsync();
        using var client = Client();
        var codes = new List<string?>();
        for (var i = 0; i < 8; i++)
        {
            using var wrong = await client.PostAsJsonAsync("/api/session", new { name, password = "wrong password" }, Token);
            codes.Add((await wrong.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("code").GetString());
        }

        codes[0].ShouldBe("sign_in_refused");
        codes[^1].ShouldBe("sign_in_paused");
        using var right = await client.PostAsJsonAsync("/api/session", new { name, password }, Token);
        await GatewayFixture.ShouldRefuseAsync(right, HttpStatusCode.TooManyRequests, "sign_in_paused");
        right.Headers.RetryAfter!.Delta.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(1, 900);
        await Task.Delay(right.Headers.RetryAfter.Delta.Value, Token);
        using var later = await client.PostAsJsonAsync("/api/session", new { name, password }, Token);
        later.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_new_password_keeps_the_own_session_at_every_replica()
    {
        await using var other = gateway.Stack.Replica("Gateway");
        await other.StartAsync(Token);
        var (name, password) = await UserAsync();
        using var here = await SignedInAsync(name, password);
        using var known = await here.GetAsync(new Uri(other.Address, "/api/me"), Token);
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var changed = await here.PostAsJsonAsync("/api/me/password", new { current = password, @new = "a wholly different one" }, Token);
        changed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var still = await here.GetAsync(new Uri(other.Address, "/api/me"), Token);
        still.StatusCode.ShouldBe(HttpStatusCode.OK, await still.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task A_form_that_was_open_too_long_leads_back_to_the_form()
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = gateway.Stack.Gateway.Address };
        using var fields = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = "root", ["password"] = gateway.Password, ["returnUrl"] = "/sources" });
        using var answer = await client.PostAsync("/session", fields, Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(Token));
        answer.Headers.Location!.OriginalString.ShouldBe("/sign-in?returnUrl=%2Fsources&error=form_expired");
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    private async Task<(string Name, string Password)> UserAsync()
    {
        var name = $"u{Guid.CreateVersion7():N}";
        using var made = await gateway.SendAsync(HttpMethod.Post, "/api/users", new { name, role = "admin" });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (name, (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("password").GetString()!);
    }

    private async Task<HttpClient> SignedInAsync(string name, string password)
    {
        var client = Client();
        using var answer = await client.PostAsJsonAsync("/api/session", new { name, password }, Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return client;
    }

    // Each with a cookie jar of its own.
    private HttpClient Client() => new(new SocketsHttpHandler()) { BaseAddress = gateway.Stack.Gateway.Address };
}
