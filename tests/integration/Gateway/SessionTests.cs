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

    [Fact]
    public async Task A_session_that_was_signed_out_is_over_wherever_its_cookie_is_and_no_other_of_the_user_is()
    {
        var (name, password) = await UserAsync();
        var (here, there) = (await CookieAsync(name, password), await CookieAsync(name, password));

        // Keeps no cookie of its own: what is sent is what was copied.
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = gateway.Stack.Gateway.Address };
        using var before = await AskAsync(client, HttpMethod.Get, "/api/me", here);
        before.StatusCode.ShouldBe(HttpStatusCode.OK);

        using var signOut = await AskAsync(client, HttpMethod.Delete, "/api/session", here);
        signOut.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        using var copied = await AskAsync(client, HttpMethod.Get, "/api/me", here);
        await GatewayFixture.ShouldRefuseAsync(copied, HttpStatusCode.Unauthorized, "session_expired");
        using var other = await AskAsync(client, HttpMethod.Get, "/api/me", there);
        other.StatusCode.ShouldBe(HttpStatusCode.OK);

        static async Task<HttpResponseMessage> AskAsync(HttpClient client, HttpMethod method, string path, string cookie)
        {
            using var request = new HttpRequestMessage(method, path) { Headers = { { "Cookie", cookie } } };
            return await client.SendAsync(request, Token);
        }
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
        for (var i = 0; i < 5; i++)
        {
            using var wrong = await client.PostAsJsonAsync("/api/session", new { name, password = "wrong password" }, Token);
            await GatewayFixture.ShouldRefuseAsync(wrong, HttpStatusCode.Unauthorized, "sign_in_refused");
        }

        // The first pauses are short: on a busy machine they could be over before the next try.
        await PassedAsync("failures = failures + 5, last_at = now()");
        using var right = await client.PostAsJsonAsync("/api/session", new { name, password }, Token);
        await GatewayFixture.ShouldRefuseAsync(right, HttpStatusCode.TooManyRequests, "sign_in_paused");
        right.Headers.RetryAfter!.Delta.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(1, 900);
        await PassedAsync($"last_at = last_at - interval '{right.Headers.RetryAfter.Delta.Value.TotalSeconds:0} seconds'");
        using var later = await client.PostAsJsonAsync("/api/session", new { name, password }, Token);
        later.StatusCode.ShouldBe(HttpStatusCode.OK);

        async Task PassedAsync(string what)
        {
            await using var failures = gateway.Database.CreateCommand($"update gateway.sign_in_failures set {what} where subject like 'p:%:{name}'");
            (await failures.ExecuteNonQueryAsync(Token)).ShouldBe(1);
        }
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
    public async Task An_admin_sees_who_signed_in_gives_roles_and_passwords_and_ends_sessions()
    {
        var (name, password) = await UserAsync("moderator");
        var id = await IdOfAsync(name);
        (await UserNowAsync(id)).GetProperty("lastSignInAt").ValueKind.ShouldBe(JsonValueKind.Null);
        using var here = await SignedInAsync(name, password);
        (await UserNowAsync(id)).GetProperty("lastSignInAt").GetDateTimeOffset().ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));

        // The same role again signs nobody out.
        await RoleAsync(id, "moderator");
        (await here.GetFromJsonAsync<JsonElement>("/api/me", Token)).GetProperty("role").GetString().ShouldBe("moderator");
        await RoleAsync(id, "manager");
        await ShouldHaveEndedAsync(here);
        using var again = await SignedInAsync(name, password);
        (await again.GetFromJsonAsync<JsonElement>("/api/me", Token)).GetProperty("role").GetString().ShouldBe("manager");

        using var signOut = await gateway.SendAsync(HttpMethod.Post, $"/api/users/{id}/sign-out");
        signOut.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await ShouldHaveEndedAsync(again);

        // Whoever forgot the password has tried too often before: with the new one nobody waits.
        for (var i = 0; i < 7; i++)
        {
            using var wrong = await again.PostAsJsonAsync("/api/session", new { name, password = "wrong password" }, Token);
        }

        using var reset = await gateway.SendAsync(HttpMethod.Post, $"/api/users/{id}/password", new { });
        reset.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var fresh = await SignedInAsync(name, (await reset.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("password").GetString()!);
        using var given = await gateway.SendAsync(HttpMethod.Post, $"/api/users/{id}/password", new { password = "short" });
        await GatewayFixture.ShouldRefuseAsync(given, HttpStatusCode.BadRequest, "password_length");

        // Of another workspace there is nobody.
        using var elsewhere = await gateway.SendAsync(HttpMethod.Put, $"/api/users/{id}/role", new { role = "admin" }, await gateway.KeyAsync("admin", "elsewhere"));
        await GatewayFixture.ShouldRefuseAsync(elsewhere, HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task The_last_admin_of_a_workspace_stays_one()
    {
        var key = await gateway.KeyAsync("admin", "alone");
        using var made = await gateway.SendAsync(HttpMethod.Post, "/api/users", new { name = $"u{Guid.CreateVersion7():N}", role = "admin" }, key);
        var id = (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("user").GetProperty("id").GetGuid();
        using var lower = await gateway.SendAsync(HttpMethod.Put, $"/api/users/{id}/role", new { role = "manager" }, key);
        await GatewayFixture.ShouldRefuseAsync(lower, HttpStatusCode.Conflict, "last_admin");
        using var removed = await gateway.SendAsync(HttpMethod.Delete, $"/api/users/{id}", null, key);
        await GatewayFixture.ShouldRefuseAsync(removed, HttpStatusCode.Conflict, "last_admin");
        using var second = await gateway.SendAsync(HttpMethod.Post, "/api/users", new { name = $"u{Guid.CreateVersion7():N}", role = "admin" }, key);
        second.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var then = await gateway.SendAsync(HttpMethod.Put, $"/api/users/{id}/role", new { role = "manager" }, key);
        then.StatusCode.ShouldBe(HttpStatusCode.OK);
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

    private async Task<Guid> IdOfAsync(string name) =>
        (await gateway.ReadAsync("/api/users")).EnumerateArray().Single(u => u.GetProperty("name").GetString() == name).GetProperty("id").GetGuid();

    private async Task<JsonElement> UserNowAsync(Guid id) => (await gateway.ReadAsync("/api/users")).EnumerateArray().Single(u => u.GetProperty("id").GetGuid() == id);

    private async Task RoleAsync(Guid id, string role)
    {
        using var set = await gateway.SendAsync(HttpMethod.Put, $"/api/users/{id}/role", new { role });
        set.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await set.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("role").GetString().ShouldBe(role);
    }

    private static async Task ShouldHaveEndedAsync(HttpClient session)
    {
        using var ended = await session.GetAsync("/api/me", Token);
        await GatewayFixture.ShouldRefuseAsync(ended, HttpStatusCode.Unauthorized, "session_expired");
    }

    private async Task<(string Name, string Password)> UserAsync(string role = "admin")
    {
        var name = $"u{Guid.CreateVersion7():N}";
        using var made = await gateway.SendAsync(HttpMethod.Post, "/api/users", new { name, role });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        return (name, (await made.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("password").GetString()!);
    }

    private async Task<string> CookieAsync(string name, string password)
    {
        using var answer = await gateway.SendAsync(HttpMethod.Post, "/api/session", new { name, password }, "");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Token));
        return answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("serm=", StringComparison.Ordinal)).Split(';')[0];
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
