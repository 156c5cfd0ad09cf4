using System.Net;

namespace Serm.Tests.Integration.Gateway;

/// <summary>What every answer has in common, whatever was asked for.</summary>
public sealed class AnswerTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static CancellationToken Token => GatewayFixture.Token;

    [Fact]
    public async Task An_answer_is_kept_by_nobody_who_passes_it_on()
    {
        foreach (var (path, key) in new[] { ("/api/mentions", null), ("/api/brands", null), ("/api/me", null), ("/api/mentions", ""), ("/api/nowhere", null), ("/", null), ("/brands", ""), ("/sign-in", "") })
        {
            using var answer = await gateway.GetAsync(path, key);
            answer.Headers.CacheControl.ShouldNotBeNull(path).NoStore.ShouldBeTrue(path);
        }

        using var described = await gateway.GetAsync("/openapi/v1.json");
        described.Headers.CacheControl!.NoStore.ShouldBeFalse();
        using var file = await gateway.GetAsync("/app.css", "");
        file.StatusCode.ShouldBe(HttpStatusCode.OK);
        file.Headers.CacheControl!.NoStore.ShouldBeFalse();
    }

    [Theory]
    [InlineData("/api/mentions")]
    [InlineData("/api/brands")]
    [InlineData("/api/me")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/")]
    [InlineData("/app.css")]
    [InlineData("/healthz/ready")]
    public async Task A_look_at_the_head_is_answered_as_a_read_without_the_body(string path)
    {
        using var read = await gateway.GetAsync(path);
        using var head = await gateway.SendAsync(HttpMethod.Head, path);
        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        head.Content.Headers.ContentType.ShouldBe(read.Content.Headers.ContentType);
        (await head.Content.ReadAsByteArrayAsync(Token)).ShouldBeEmpty();

        // The connection goes on: nothing of a body is left in it.
        using var after = await gateway.GetAsync("/api/me");
        after.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_look_at_the_head_asks_for_the_same_rights_and_not_for_a_stream()
    {
        using var nobody = await gateway.SendAsync(HttpMethod.Head, "/api/mentions", null, "");
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var nowhere = await gateway.SendAsync(HttpMethod.Head, "/api/nowhere");
        nowhere.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var live = await gateway.SendAsync(HttpMethod.Head, "/api/live");
        live.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        live.Content.Headers.Allow.ShouldBe(["GET"]);
        using var write = await gateway.SendAsync(HttpMethod.Delete, "/api/mentions");
        write.Content.Headers.Allow.ShouldContain("HEAD");
    }
}
