using System.Net;
using JasperFx.Events;
using Serm.Alerts;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Webhooks;

public sealed class WhoIsTold
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Brand = Guid.CreateVersion7();
    private static readonly WebhookTerms All = new("https://hooks.example.org/", null, [], [], [], [], null, [], false);
    private static readonly PublicEvent Alert = new(Guid.CreateVersion7(), PublicEventTypes.AlertRaised, Now, new()) { BrandId = Brand, Severity = "critical", Labels = ["Retail"] };
    private static readonly PublicEvent Disabled = new(Guid.CreateVersion7(), PublicEventTypes.EndpointDisabled, Now, new());

    [Fact]
    public void Values_of_a_filter_are_alternatives_and_filters_all_have_to_hold()
    {
        Webhook.Passes(All, Alert).ShouldBeTrue();
        Webhook.Passes(All with { Types = ["test", PublicEventTypes.AlertRaised], Brands = [Guid.Empty, Brand], Severities = ["critical"], Labels = ["retail"] }, Alert).ShouldBeTrue();
        Webhook.Passes(All with { Types = ["test"] }, Alert).ShouldBeFalse();
        Webhook.Passes(All with { Brands = [Guid.Empty] }, Alert).ShouldBeFalse();
        Webhook.Passes(All with { Severities = ["info"] }, Alert).ShouldBeFalse();
        Webhook.Passes(All with { Labels = ["other"] }, Alert).ShouldBeFalse();
    }

    [Fact]
    public void What_an_event_does_not_have_passes_no_filter_unless_it_is_about_delivery_itself()
    {
        Webhook.Passes(All with { Severities = ["info"] }, Alert with { Severity = null }).ShouldBeFalse();
        Webhook.Passes(All with { Brands = [Brand] }, Disabled).ShouldBeTrue();
        Webhook.Passes(All with { Types = [PublicEventTypes.AlertRaised] }, Disabled).ShouldBeFalse();
    }

    [Fact]
    public void Alerts_carry_severity_and_labels_of_their_rule_and_changes_those_of_their_incident()
    {
        var raised = new Raised(Guid.Empty, "rule", 1, Guid.Empty, new(Brand, "Acme"), 1, "m", 0.9f, null, Now, Now, Now, null, Severity: IncidentSeverity.Critical, Labels: ["crisis"]);
        var opened = new IncidentOpened(RuleKinds.NegativeMention, Guid.Empty, "rule", IncidentSeverity.Critical, new(Brand, "Acme"), "c", null, null, 60, null, null, Now, Labels: ["crisis"]);
        var incident = Incident.Apply(new(Guid.CreateVersion7()), opened);
        var filter = All with { Severities = ["critical"], Labels = ["Crisis"], Brands = [Brand] };

        foreach (var (stored, about) in new (object, Incident?)[] { (raised, null), (opened, null), (new IncidentAcknowledged("kim", Now), incident), (new IncidentResolved("person", "kim", Now), incident) })
        {
            PublicEventMap.NeedsIncident(stored).ShouldBe(about is not null);
            var told = PublicEventMap.Of(Stored(stored), null, about).ShouldNotBeNull();
            told.Severity.ShouldBe("critical");
            told.BrandId.ShouldBe(Brand);
            told.Labels.ShouldBe(["crisis"]);
            Webhook.Passes(filter, told).ShouldBeTrue();
            Webhook.Passes(filter with { Labels = ["other"] }, told).ShouldBeFalse();
        }

        PublicEventMap.Of(Stored(raised with { Severity = null, Labels = null }), null)!.Severity.ShouldBeNull();

        static IEvent Stored(object data) => (IEvent)Activator.CreateInstance(typeof(Event<>).MakeGenericType(data.GetType()), data)!;
    }

    [Fact]
    public void A_test_goes_to_its_webhook_alone_and_a_stop_to_the_others()
    {
        var (one, other) = (Added(Guid.CreateVersion7()), Added(Guid.CreateVersion7()));

        one.Wants(Alert with { OnlyWebhook = one.Id }).ShouldBeTrue();
        other.Wants(Alert with { OnlyWebhook = one.Id }).ShouldBeFalse();
        one.Wants(Disabled with { ExceptWebhook = one.Id }).ShouldBeFalse();
        other.Wants(Disabled with { ExceptWebhook = one.Id }).ShouldBeTrue();
        (one with { Paused = true }).Wants(Alert).ShouldBeTrue();
        (one with { Stopped = new("gone", "", Now) }).Wants(Alert).ShouldBeFalse();
        (one with { Removed = true }).Wants(Alert).ShouldBeFalse();
    }

    [Fact]
    public void A_webhook_is_disabled_once_and_resumed_with_a_clean_slate()
    {
        var webhook = Added(Guid.CreateVersion7());
        var disabled = Apply(webhook, WebhookDecider.Disable(webhook, "gone", "The receiver answered 410 Gone.", Now.AddHours(-3), Now));
        disabled.Delivers.ShouldBeFalse();
        WebhookDecider.Disable(disabled, "failing", "", null, Now).ShouldBeEmpty();
        Should.Throw<RuleViolation>(() => WebhookDecider.Test(disabled, "kim", Now)).Code.ShouldBe("webhook_not_active");

        var resumed = Apply(disabled, WebhookDecider.Resume(disabled, "kim", Now.AddHours(1)));
        resumed.Delivers.ShouldBeTrue();
        resumed.ActiveSince.ShouldBe(Now.AddHours(1));
        (webhook.MissedSince, resumed.MissedSince).ShouldBe((null, Now.AddHours(-3)), "recovering needs it after the slate is clean");
        Apply(webhook, [new WebhookDisabled("gone", "", "hooks", Now)]).MissedSince.ShouldBe(Now, "written before it was known");
        WebhookDecider.Resume(resumed, "kim", Now).ShouldBeEmpty();
        Should.Throw<RuleViolation>(() => WebhookDecider.Change(resumed, 1, All, "kim", Now)).Code.ShouldBe("version_conflict");
    }

    [Fact]
    public void A_raised_alert_becomes_an_event_that_quotes_its_mention_as_far_as_it_is_kept()
    {
        var post = new Post("push", Guid.Empty, "shop", "1", "https://example.org/1", null, new string('x', 7_999) + "😀 and more", new("a", "Ann"), Now, "en", 1, 10, null, 1, "hash");
        var scored = new MentionScored(
            new("main", Guid.CreateVersion7(), new(Brand, "Acme"), post, Now, Now),
            new(Sentiment.Negative, 0.9f, 0.05f, 0.05f, "m1", [new(PostPart.Text, 0, 3, 1), new(PostPart.Text, 7_999, 5, 1)], Now));
        var stored = new Event<Raised>(new(Guid.CreateVersion7(), "Strongly negative", 1, scored.Mention.MentionId, new(Brand, "Acme"), 1, "m1", 0.9f, 10, Now, Now, Now, null)) { Id = Guid.CreateVersion7(), StreamId = Guid.CreateVersion7() };

        var quoted = PublicEventMap.Of(stored, scored).ShouldNotBeNull();
        var bare = PublicEventMap.Of(stored, null).ShouldNotBeNull();

        quoted.Id.ShouldBe(stored.Id);
        var mention = ((AlertRaisedData)quoted.Data).Mention;
        mention.Text!.Length.ShouldBe(7_999);
        mention.TextIsCut.ShouldBeTrue();
        mention.Verdict!.Evidence.ShouldHaveSingleItem().Start.ShouldBe(0);
        ((AlertRaisedData)bare.Data).Mention.Text.ShouldBeNull();
        PublicEventMap.Of(new Event<RuleRemoved>(new("kim", Now)), null).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"Host":"x"}""", "header_refused")]
    [InlineData("""{"webhook-id":"x"}""", "header_refused")]
    [InlineData("""{"X-Serm-Internal":"x"}""", "header_refused")]
    [InlineData("""{"content-length":"1"}""", "header_refused")]
    [InlineData("""{"X-Forwarded-For":"127.0.0.1"}""", "header_refused")]
    [InlineData("""{"A\r\nB":"x"}""", "header_invalid")]
    [InlineData("""{"Fine":"a\r\nInjected: yes"}""", "header_invalid")]
    public async Task A_header_that_would_do_harm_is_refused(string headers, string code)
    {
        var request = new WebhookRequest("https://203.0.113.9/", Headers: System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string?>>(headers));

        var refused = await Should.ThrowAsync<RuleViolation>(async () =>
        {
            request.HeaderValues(new Dictionary<string, string>(StringComparer.Ordinal));
            await request.CheckAsync(OutboundGuard.FromList("203.0.113.9"), [], TestContext.Current.CancellationToken);
        });

        refused.Code.ShouldBe(code);
        refused.Field!.ShouldStartWith("headers.");
    }

    [Theory]
    [InlineData("https://evil.example/hook", null, true)]
    [InlineData("https://example.org:8443/hook", null, true)]
    [InlineData("https://evil.example/hook", """{"Authorization":null}""", true)]
    [InlineData("https://EXAMPLE.org/other?path=1", null, false)]
    [InlineData("https://evil.example/hook", """{"Authorization":"another"}""", false)]
    [InlineData("https://evil.example/hook", "{}", false)]
    public void What_a_header_says_goes_to_no_other_server_than_the_one_that_it_was_given_for(string url, string? headers, bool refused)
    {
        var request = new WebhookRequest(url, Headers: headers is null ? null : System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string?>>(headers));
        var before = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = "Bearer of somebody else" };

        if (refused)
        {
            Should.Throw<RuleViolation>(() => request.HeaderValues(before, "https://example.org/hook")).Code.ShouldBe("headers_again");
        }
        else
        {
            request.HeaderValues(before, "https://example.org/hook").ShouldNotBeNull();
        }

        request.HeaderValues(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Authorization"] = "x" }).ShouldNotBeNull("a new webhook has no server of before");
    }

    [Theory]
    [InlineData("ftp://example.org/", "url_invalid")]
    [InlineData("/relative", "url_invalid")]
    [InlineData("https://user:word@example.org/", "url_invalid")]
    [InlineData("http://example.org/", "https_required")]
    [InlineData("https://127.1/", "address_refused")]
    [InlineData("https://2130706433/", "address_refused")]
    [InlineData("https://0x7f.1/", "address_refused")]
    [InlineData("https://[::ffff:127.0.0.1]/", "address_refused")]
    [InlineData("https://localhost/", "address_refused")]
    public async Task An_address_that_must_not_be_called_is_refused(string url, string code) =>
        (await Should.ThrowAsync<RuleViolation>(() => new WebhookRequest(url).CheckAsync(OutboundGuard.FromList(null), [], TestContext.Current.CancellationToken))).Code.ShouldBe(code);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:0:127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001:0:1::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fc00::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("2001:db8::1")]
    public void An_address_inside_is_refused_in_every_spelling(string address)
    {
        OutboundGuard.FromList(null).Allows("hooks.example.org", IPAddress.Parse(address)).ShouldBeFalse();
        OutboundGuard.FromList("hooks.example.org").Allows("HOOKS.example.org", IPAddress.Parse(address)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_type_of_event_that_there_is_not_is_refused()
    {
        var refused = await Should.ThrowAsync<RuleViolation>(() => new WebhookRequest("https://203.0.113.9/", Types: ["alert.raised", "alert.rised"]).CheckAsync(OutboundGuard.FromList("203.0.113.9"), [], TestContext.Current.CancellationToken));

        (refused.Code, refused.Field).ShouldBe(("event_type_unknown", "types"));
    }

    [Theory]
    [InlineData("93.184.215.14")]
    [InlineData("172.32.0.1")]
    [InlineData("100.63.255.255")]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c")]
    [InlineData("::ffff:93.184.215.14")]
    public void A_public_address_is_allowed(string address) => OutboundGuard.FromList(null).Allows("hooks.example.org", IPAddress.Parse(address)).ShouldBeTrue();

    private static Webhook Added(Guid id) => Apply(new(id), WebhookDecider.Add(new(id), All, "whpk_", "kim", Now));

    private static Webhook Apply(Webhook webhook, IReadOnlyList<object> events) => events.Aggregate(webhook, Webhook.Apply);
}
