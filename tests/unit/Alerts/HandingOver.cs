using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Serm.Alerts;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Alerts;

/// <summary>What receivers answer, and what follows.</summary>
public sealed class HandingOver
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly NoticeChannel Slack = new(Guid.Empty, ChannelKinds.Slack, "chat", true, new(), IncidentSeverity.Info, true, null, DigestEvery.Never, new(8, 0), "en", "UTC", 1);
    private static readonly ChannelSecret Secret = new(null, null, "https://hooks.example.org/x");

    [Theory]
    [InlineData(null, null)]
    [InlineData("90", 90)]
    [InlineData("7200", 7_200)]
    [InlineData("Mon, 02 Mar 2026 15:00:00 GMT", 10_800)]
    [InlineData("9000000", 86_400)]
    [InlineData("soon", null)]
    public async Task A_receiver_that_asks_to_wait_is_well_and_is_waited_for(string? retryAfter, int? seconds)
    {
        var outcome = await SendAsync(HttpStatusCode.TooManyRequests, retryAfter);

        (outcome.Busy, outcome.Final, outcome.After).ShouldBe((true, false, seconds is { } s ? TimeSpan.FromSeconds(s) : null));
        NoticeTable.Pause(outcome, 1, 0).ShouldBe(TimeSpan.FromSeconds(seconds ?? 5));
        NoticeTable.Pause(outcome, NoticeTable.MostTries, 0).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromHours(3));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, false)]
    [InlineData(HttpStatusCode.RequestTimeout, false)]
    [InlineData(HttpStatusCode.NotFound, true)]
    [InlineData(HttpStatusCode.Found, true)]
    public async Task Other_answers_are_failures_and_some_will_not_pass(HttpStatusCode status, bool final)
    {
        var outcome = await SendAsync(status, "600");

        (outcome.Busy, outcome.Final, outcome.After).ShouldBe((false, final, TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public async Task A_secret_that_no_key_opens_is_said_and_asked_for_anew()
    {
        (await SendAsync(HttpStatusCode.OK, null, null)).ShouldSatisfyAllConditions(o => o.Final.ShouldBeTrue(), o => o.Error!.ShouldContain("data key"));
        Should.Throw<RuleViolation>(() => new ChannelRequest("slack", "chat").Check(Guid.Empty, null, 2)).Field.ShouldBe("url");
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("https://serm.example.org", true)]
    [InlineData("http://127.0.0.1:8080/serm", true)]
    [InlineData("serm.example.org", false)]
    [InlineData("/serm", false)]
    [InlineData("ftp://serm.example.org", false)]
    public void Links_need_a_whole_address(string? url, bool valid)
    {
        var options = new AlertOptions { PublicUrl = url is null ? null : new(url, UriKind.RelativeOrAbsolute) };

        Validator.TryValidateObject(options, new(options), null, validateAllProperties: true).ShouldBe(valid);
    }

    private static Task<Outcome> SendAsync(HttpStatusCode status, string? retryAfter) => SendAsync(status, retryAfter, Secret);

    private static async Task<Outcome> SendAsync(HttpStatusCode status, string? retryAfter, ChannelSecret? secret)
    {
        using var answers = new Answers(status, retryAfter);
        var senders = new Senders(answers, OutboundGuard.FromList(null), Options.Create(new ChannelOptions()), new FakeTimeProvider(Now));
        return await senders.SendAsync(Slack, secret, Message.Test(Slack, "ann", Guid.Empty), TestContext.Current.CancellationToken);
    }

    private sealed class Answers(HttpStatusCode status, string? retryAfter) : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(status) { Content = new StringContent("") };
            answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
            return Task.FromResult(answer);
        }
    }
}
