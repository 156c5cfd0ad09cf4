using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.AspNetCore.Http;
using RabbitMQ.Client;
using Serm.Defaults;
using Serm.Gateway.Api;
using Serm.Gateway.Auth;
using Serm.Gateway.Live;
using Serm.Gateway.Parked;

namespace Serm.Tests.Unit.Gateway;

public sealed class RulesOfTheGatewayTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_parked_message_says_why_and_forgets_it_when_sent_again()
    {
        var properties = new BasicProperties
        {
            MessageId = "m1",
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                [MessageHeaders.FaultExceptionType] = "System.FormatException"u8.ToArray(),
                [MessageHeaders.FaultMessage] = "no number"u8.ToArray(),
                [MessageHeaders.FaultTimestamp] = "2026-01-31T11:59:00.0000000Z"u8.ToArray(),
                ["x-delivery-count"] = 3L,
                ["MT-Activity-Id"] = "kept"u8.ToArray(),
            },
        };
        ParkedHeaders.Cause(properties, Now).ShouldBe(new ParkedCause("m1", "System.FormatException", "no number", Now.AddMinutes(-1), 60));
        ParkedHeaders.Fresh(properties).Headers!.Keys.ShouldBe(["MT-Activity-Id"]);
        ParkedHeaders.Fresh(properties).Persistent.ShouldBeTrue();
    }

    [Fact]
    public void What_was_seen_of_a_parked_message_is_believed_while_it_must_still_be_there()
    {
        var seen = new FirstParked(new ParkedCause("m1", "System.FormatException", null, null, null), 3, Now);
        seen.IsStill(3, Now.AddMinutes(4)).ShouldBeTrue();
        seen.IsStill(4, Now.AddMinutes(4)).ShouldBeTrue();
        seen.IsStill(2, Now.AddSeconds(1)).ShouldBeFalse();
        seen.IsStill(3, Now.AddMinutes(5)).ShouldBeFalse();
    }

    [Fact]
    public void A_renewed_message_keeps_its_cause_and_loses_its_count()
    {
        var death = new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = "delivery_limit"u8.ToArray(), ["time"] = new AmqpTimestamp(Now.AddHours(-1).ToUnixTimeSeconds()) };
        foreach (var headers in new Dictionary<string, object?>[]
        {
            new(StringComparer.Ordinal) { ["x-death"] = new List<object> { death }, ["x-delivery-count"] = 7L },
            new(StringComparer.Ordinal) { [MessageHeaders.FaultExceptionType] = "System.FormatException"u8.ToArray(), [MessageHeaders.FaultMessage] = "no number"u8.ToArray(), ["x-delivery-count"] = 7 },
        })
        {
            var properties = new BasicProperties { MessageId = "m1", Headers = headers };
            ParkedHeaders.Deliveries(properties).ShouldBe(7);
            var renewed = ParkedHeaders.Renewed(properties, Now);
            ParkedHeaders.Cause(renewed, Now).ShouldBe(ParkedHeaders.Cause(properties, Now));
            ParkedHeaders.Deliveries(renewed).ShouldBe(0);
            renewed.Headers!.ShouldNotContainKey("x-death");
            renewed.Persistent.ShouldBeTrue();
        }
    }

    [Fact]
    public void A_message_that_the_broker_parked_says_so()
    {
        var death = new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = "delivery_limit"u8.ToArray(), ["time"] = new AmqpTimestamp(Now.AddHours(-1).ToUnixTimeSeconds()) };
        var properties = new BasicProperties { Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-death"] = new List<object> { death } } };
        ParkedHeaders.Cause(properties, Now).ShouldBe(new ParkedCause(null, "delivery_limit", null, Now.AddHours(-1), 3600));
        ParkedHeaders.Cause(new BasicProperties(), Now).ShouldBe(new ParkedCause(null, "unknown", null, null, null));
    }

    [Fact]
    public void The_pause_after_failed_sign_ins_doubles_up_to_its_bound()
    {
        var limit = new SignInThrottle.Limit(5, TimeSpan.FromMinutes(1));
        limit.Wait(4, Now, Now).ShouldBe(TimeSpan.Zero);
        limit.Wait(5, Now, Now).ShouldBe(TimeSpan.FromSeconds(1));
        limit.Wait(8, Now, Now).ShouldBe(TimeSpan.FromSeconds(8));
        limit.Wait(1_000_000, Now, Now).ShouldBe(TimeSpan.FromMinutes(1));
        limit.Wait(8, Now, Now.AddSeconds(10)).ShouldBeLessThan(TimeSpan.Zero);
        limit.Wait(8, Now, Now.AddSeconds(-1)).ShouldBe(TimeSpan.FromSeconds(9), "of another replica, whose clock is ahead");
        limit.Wait(8, Now, Now.AddHours(-1)).ShouldBe(TimeSpan.Zero, "a clock was set back");
    }

    [Theory]
    [InlineData("/hooks/0198c0de-0000-7000-8000-000000000000", "192.0.2.1", "h:192.0.2.1")]
    [InlineData("/api/mentions", "192.0.2.1", "a:192.0.2.1")]
    [InlineData("/api/mentions", "::ffff:192.0.2.1", "a:192.0.2.1")]
    [InlineData("/api/mentions", "2001:db8:1:2::3", "a:20010db800010002")]
    [InlineData("/hooks/0198c0de-0000-7000-8000-000000000000", "2001:db8:1:2:ffff::4", "h:20010db800010002")]
    [InlineData("/sign-in", "192.0.2.1", "")]
    public void Calls_of_nobody_are_counted_by_their_address(string path, string from, string bucket)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = System.Net.IPAddress.Parse(from) }, Request = { Path = path } };
        RateLimits.Partition(context, new RateLimitOptions()).PartitionKey.ShouldBe(bucket);
    }

    [Fact]
    public void Who_guesses_passwords_from_one_network_is_one_guesser() => SignInThrottle.Subjects("Ana", System.Net.IPAddress.Parse("2001:db8:1:2::3")).Select(s => s.Subject)
        .ShouldBe(["a:20010db800010002", "n:ana", "p:20010db800010002:ana"]);

    [Fact]
    public void So_many_hooks_run_at_once_and_no_more_whoever_calls()
    {
        var limits = new RateLimitOptions { HooksAtOnce = 2 };
        using var limiter = System.Threading.RateLimiting.PartitionedRateLimiter.Create<HttpContext, string>(c => RateLimits.AtOnce(c, limits));
        static HttpContext Call(string path, string from) => new DefaultHttpContext { Connection = { RemoteIpAddress = System.Net.IPAddress.Parse(from) }, Request = { Path = path } };
        var first = limiter.AttemptAcquire(Call("/hooks/a", "192.0.2.1"));
        limiter.AttemptAcquire(Call("/hooks/b", "192.0.2.2")).IsAcquired.ShouldBeTrue();
        limiter.AttemptAcquire(Call("/hooks/c", "192.0.2.3")).IsAcquired.ShouldBeFalse();
        limiter.AttemptAcquire(Call("/api/mentions", "192.0.2.3")).IsAcquired.ShouldBeTrue();
        first.Dispose();
        limiter.AttemptAcquire(Call("/hooks/c", "192.0.2.3")).IsAcquired.ShouldBeTrue();
    }

    [Theory]
    [InlineData("GET", null, "https://elsewhere.example", true)]
    [InlineData("POST", null, null, true)]
    [InlineData("POST", "same-origin", null, true)]
    [InlineData("POST", "none", null, true)]
    [InlineData("POST", "same-site", null, false)]
    [InlineData("POST", "cross-site", null, false)]
    [InlineData("DELETE", null, "https://serm.example", true)]
    [InlineData("DELETE", null, "https://serm.example.evil", false)]
    [InlineData("DELETE", null, "null", false)]
    public void Only_the_own_pages_use_a_session_to_change_things(string method, string? site, string? origin, bool allowed)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Scheme, request.Host) = (method, "https", new HostString("serm.example"));
        request.Headers["Sec-Fetch-Site"] = site;
        request.Headers.Origin = origin;
        CrossSite.Allows(request).ShouldBe(allowed);
    }

    [Theory]
    [InlineData("/mentions?x=1", "/mentions?x=1")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x", "/")]
    [InlineData(null, "/")]
    public void Signing_in_leads_back_into_this_site_only(string? asked, string led) => SessionEndpoints.SafeReturnUrl(asked).ShouldBe(led);

    [Fact]
    public void A_stream_resumes_after_the_header_before_the_query()
    {
        LiveStream.ResumeAfter("7", "3").ShouldBe(7);
        LiveStream.ResumeAfter(null, "3").ShouldBe(3);
        LiveStream.ResumeAfter("", null).ShouldBeNull();
        Should.Throw<RuleViolation>(() => LiveStream.ResumeAfter("-1", null)).Code.ShouldBe("last_event_id_invalid");
    }

    [Fact]
    public void An_event_cannot_break_out_of_its_data()
    {
        var output = new ArrayBufferWriter<byte>();
        LiveStream.Write(output, new LiveEvent(5, LiveEvent.Mention, "{\"a\":1}\n\nevent: alert", Guid.Empty, Guid.Empty));
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("id: 5\nevent: mention\ndata: {\"a\":1}  event: alert\n\n");
    }

    [Fact]
    public void Keys_are_known_by_their_form()
    {
        var key = Secrets.NewKey();
        Secrets.LooksLikeKey(key).ShouldBeTrue();
        Secrets.LooksLikeKey(key[..^1]).ShouldBeFalse();
        Secrets.LooksLikeKey(key[..^1] + "!").ShouldBeFalse();
        Secrets.NewKey().ShouldNotBe(key);
    }

    [Fact]
    public void Operations_say_what_can_go_wrong_and_begin_with_an_example()
    {
        var operation = JsonNode.Parse("""
            {"operationId":"NoteMention","parameters":[{"name":"id","in":"path"},{"name":"If-Match","in":"header","required":true}],
             "requestBody":{"content":{"application/json":{}}},"responses":{"200":{"description":"OK"}}}
            """)!.AsObject();
        var whole = ApiWords.Complete(operation, "mentions", "post", "/api/mentions/{id}/note", ["moderator"]);
        whole["responses"]!.AsObject().Select(r => r.Key).ShouldBe(["200", "400", "401", "403", "404", "409", "412", "413", "415", "428", "429", "502", "503", "504"]);
        whole["requestBody"]!["content"]!["application/json"]!["example"]!["text"].ShouldNotBeNull();
        whole["x-serm-roles"]!.ToJsonString().ShouldBe("[\"moderator\"]");
    }

    [Theory]
    [InlineData("SignIn", "post", "401", "403", "429")]
    [InlineData("SignOut", "delete", "403", "429")]
    public void Signing_in_and_out_can_be_refused(string id, string method, params string[] refusals)
    {
        var whole = ApiWords.Complete(new JsonObject { ["operationId"] = id }, "gateway", method, "/api/session", null);
        whole["responses"]!.AsObject().Select(r => r.Key).ShouldBe(refusals);
        whole["security"]!.AsArray().ShouldBeEmpty();
    }
}
