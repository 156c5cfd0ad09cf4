using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;

namespace Serm.Tests.Integration.Ingest;

public sealed class PushedFeeds(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_hub_is_asked_to_push_and_heard_only_with_the_secret_that_it_was_given()
    {
        var (brand, path) = (await fixture.BrandAsync("Acme", "acme", workspace), $"/{workspace}.xml");
        var topic = new Uri(fixture.Web, path).AbsoluteUri;
        fixture.Publish(path, Atom(topic, ""));
        var (status, source) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "feed", url = topic, intervalSeconds = 86_400 }, workspace);
        status.ShouldBe(HttpStatusCode.Created, source.ToString());
        var id = source.GetProperty("id").GetGuid();

        var asked = await Eventually.Async(
            _ => Task.FromResult(fixture.Posted.Where(p => p.Path == "/hub").Select(p => HttpUtility.ParseQueryString(p.Body)).FirstOrDefault(f => f["hub.topic"] == topic)), f => f is not null, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        (asked!["hub.mode"], asked["hub.callback"]).ShouldBe(("subscribe", $"{IngestFixture.PublicAddress}/hooks/{id}"));

        (await HookAsync(HttpMethod.Get, $"{id}?hub.mode=subscribe&hub.topic={Uri.EscapeDataString(topic)}&hub.challenge=c4&hub.lease_seconds=600")).ShouldBe((HttpStatusCode.OK, "c4"));
        (await HookAsync(HttpMethod.Get, $"{id}?hub.mode=subscribe&hub.topic=https%3A%2F%2Fother.example&hub.challenge=c4")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await HookAsync(HttpMethod.Post, $"{id}", Atom(topic, Entry("forged")), "a guess")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await HookAsync(HttpMethod.Post, $"{id}", Atom(topic, Entry("acme is late, says the hub")), asked["hub.secret"])).Status.ShouldBe(HttpStatusCode.OK);
        (await fixture.MentionsAsync(brand, 1)).ShouldHaveSingleItem().Post.Text.ShouldBe("acme is late, says the hub");
    }

    [Fact]
    public async Task A_call_for_no_source_is_answered_before_its_body_is_waited_for()
    {
        using var call = new System.Net.Sockets.TcpClient();
        await call.ConnectAsync(IPAddress.Loopback, fixture.Stack.Ingest.Port, TestContext.Current.CancellationToken);
        await call.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /hooks/{Guid.CreateVersion7()} HTTP/1.1\r\nHost: serm\r\nContent-Length: 4000000\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(call.GetStream());
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(25), TestContext.Current.CancellationToken)).ShouldBe("HTTP/1.1 404 Not Found");
    }

    [Fact]
    public async Task A_hub_of_another_address_or_topic_is_heard_no_more()
    {
        var (brand, before, after) = (await fixture.BrandAsync("Acme", "acme", workspace), $"/{workspace}-1.xml", $"/{workspace}-2.xml");
        var (old, topic) = (new Uri(fixture.Web, before).AbsoluteUri, new Uri(fixture.Web, after).AbsoluteUri);
        fixture.Publish(before, Atom(old, ""));
        fixture.Publish(after, Atom(topic, ""));
        var (status, source) = await fixture.SendAsync(HttpMethod.Post, "/api/sources", new { kind = "feed", url = old, intervalSeconds = 86_400 }, workspace);
        status.ShouldBe(HttpStatusCode.Created, source.ToString());
        var id = source.GetProperty("id").GetGuid();
        var secret = await GrantedAsync(old);
        (await HookAsync(HttpMethod.Post, $"{id}", Atom(old, Entry("acme, by the old one")), secret, old)).Status.ShouldBe(HttpStatusCode.OK);

        (await fixture.SendAsync(HttpMethod.Put, $"/api/sources/{id}", new { url = topic }, workspace)).Status.ShouldBe(HttpStatusCode.OK);
        (await HookAsync(HttpMethod.Post, $"{id}", Atom(old, Entry("acme, by nobody")), secret)).Status.ShouldBe(HttpStatusCode.NotFound);
        await GrantedAsync(topic);
        (await HookAsync(HttpMethod.Post, $"{id}", Atom(old, Entry("acme, too late")), secret, old)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await HookAsync(HttpMethod.Post, $"{id}", Atom(topic, Entry("acme, by the new one")), secret, topic)).Status.ShouldBe(HttpStatusCode.OK);

        // A feed that calls itself otherwise each time is subscribed to as what it calls itself now.
        fixture.Publish(after, Atom($"{topic}?again", ""));
        (await fixture.SendAsync(HttpMethod.Post, $"/api/sources/{id}/read", null, workspace)).Status.ShouldBe(HttpStatusCode.Accepted);
        await GrantedAsync($"{topic}?again");
        (await HookAsync(HttpMethod.Get, $"{id}?hub.mode=subscribe&hub.topic={Uri.EscapeDataString(topic)}&hub.challenge=c4&hub.lease_seconds=600")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await HookAsync(HttpMethod.Post, $"{id}", Atom(topic, Entry("acme, too late again")), secret, topic)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await fixture.MentionsAsync(brand, 2)).Select(m => m.Post.Text).ShouldBe(["acme, by the old one", "acme, by the new one"], ignoreOrder: true);

        async Task<string?> GrantedAsync(string of)
        {
            var asked = await Eventually.Async(
                _ => Task.FromResult(fixture.Posted.Where(p => p.Path == "/hub").Select(p => HttpUtility.ParseQueryString(p.Body)).FirstOrDefault(f => f["hub.topic"] == of)), f => f is not null, TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            (await HookAsync(HttpMethod.Get, $"{id}?hub.mode=subscribe&hub.topic={Uri.EscapeDataString(of)}&hub.challenge=c4&hub.lease_seconds=600")).Status.ShouldBe(HttpStatusCode.OK);
            return asked!["hub.secret"];
        }
    }

    private static string Entry(string text) => $"<entry><id>tag:{Guid.CreateVersion7()}</id><title>New</title><content>{text}</content><updated>{TimeProvider.System.GetUtcNow():O}</updated></entry>";

    private string Atom(string self, string entries) => $"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog</title><link rel="self" href="{self}"/><link rel="hub" href="{new Uri(fixture.Web, "/hub")}"/>{entries}</feed>""";

    private async Task<(HttpStatusCode Status, string Text)> HookAsync(HttpMethod method, string path, string? body = null, string? secret = null, string? self = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/hooks/{path}", UriKind.Relative));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/atom+xml");
            request.Headers.Add("X-Hub-Signature", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret!), Encoding.UTF8.GetBytes(body)))}");
        }

        if (self is not null)
        {
            request.Headers.Add("Link", $"<{new Uri(fixture.Web, "/hub")}>; rel=\"hub\", <{self}>; rel=\"self\"");
        }

        using var answer = await fixture.Stack.Ingest.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
