using Serm.Alerts;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Tests.Unit.Alerts;

/// <summary>Who is told what, when, and in which form.</summary>
public sealed class NoticeDecisions
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    internal static readonly Incident Open = Incident.Apply(new(new Guid(9, 0, 0, new byte[8])), Opened(IncidentSeverity.Warning));

    [Fact]
    public void The_beginning_is_told_to_every_channel_that_wants_this_severity_and_acknowledging_tells_nobody()
    {
        NoticeChannel[] channels = [AChannel(1), AChannel(2, min: IncidentSeverity.Critical), AChannel(3, digest: DigestEvery.Day), AChannel(4) with { Enabled = false }];

        Plan(Open, Opened(IncidentSeverity.Warning), channels).ShouldHaveSingleItem().ChannelId.ShouldBe(channels[0].Id);
        Plan(Open, new IncidentAcknowledged("ann", Now), channels).ShouldBeEmpty();
        Plan(Open with { Silence = Guid.Empty }, Opened(IncidentSeverity.Warning), channels).ShouldBeEmpty();
        Plan(Open with { Silence = Guid.Empty }, new IncidentSilenceEnded(Guid.NewGuid(), Guid.Empty, Now), channels).ShouldBeEmpty();
        Plan(Open, new IncidentSilenceEnded(Guid.Empty, null, Now), channels).ShouldBe(Plan(Open, Opened(IncidentSeverity.Warning), channels));
        Plan(Open, new IncidentReopened("causeBack", Incident.Ourselves, Now), channels).ShouldBeEmpty();
        Plan(Open, new IncidentReopened("person", "ann", Now), channels).ShouldHaveSingleItem().Kind.ShouldBe(NoticeKinds.Reopened);
    }

    [Fact]
    public void The_end_is_for_every_channel_that_may_have_told_the_beginning_whatever_it_wants_by_now()
    {
        NoticeChannel[] channels = [AChannel(1), AChannel(2, min: IncidentSeverity.Critical), AChannel(3) with { TellResolved = false }, AChannel(4) with { Enabled = false }];

        Plan(Open, new IncidentResolved("person", "ann", Now), channels).Select(n => n.ChannelId).ShouldBe([channels[0].Id, channels[1].Id]);
        Plan(Open with { Silence = Guid.Empty }, new IncidentResolved("person", "ann", Now), channels).ShouldBeEmpty();
    }

    [Fact]
    public void A_digest_that_quiet_hours_hold_back_sums_all_of_them_up_at_their_end()
    {
        var (evening, morning) = (new DateTimeOffset(2026, 3, 2, 22, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 3, 3, 7, 0, 0, TimeSpan.Zero));
        var quiet = new WorkspaceQuiet(new(new(22, 0), new(7, 0)), "UTC", 1);
        var hourly = AChannel(1, digest: DigestEvery.Hour);

        Digests.Plan(hourly, quiet, evening, null, evening.AddSeconds(1)).ShouldBe((morning, evening.AddHours(-1), morning.AddHours(1)));
        Digests.Plan(hourly, WorkspaceQuiet.None, evening, null, evening.AddSeconds(1)).ShouldBe((evening.AddSeconds(1), evening.AddHours(-1), evening.AddHours(1)));
        Digests.Plan(hourly with { KeepsQuiet = false }, quiet, evening, null, evening).DueAt.ShouldBe(evening);
        Digests.Plan(AChannel(1, digest: DigestEvery.Day) with { DigestAt = new(6, 0) }, quiet, morning.AddHours(-1), null, morning.AddHours(-1)).ShouldBe((morning, morning.AddHours(-25), morning.AddHours(23)));
    }

    [Fact]
    public void A_rule_whose_channels_were_all_removed_tells_all_and_one_that_wants_none_tells_none()
    {
        NoticeChannel[] channels = [AChannel(1), AChannel(2), AChannel(3) with { Enabled = false }];
        Guid[] Told(params Guid[] named) => [.. NoticePlan.Of("main", Open, Opened(IncidentSeverity.Warning), channels, named, OnCall.None, WorkspaceQuiet.None, Now).Select(n => n.ChannelId)];
        var gone = AChannel(9).Id;

        Told(gone).ShouldBe([channels[0].Id, channels[1].Id]);
        Told(gone, channels[1].Id).ShouldBe([channels[1].Id]);
        Told(channels[2].Id).ShouldBeEmpty("a person turned it off");
        Told().ShouldBeEmpty();
    }

    [Fact]
    public void Deciding_twice_plans_the_same_notices()
    {
        NoticeChannel[] channels = [AChannel(1), AChannel(2)];

        Plan(Open, Opened(IncidentSeverity.Warning), channels).Select(n => n.Id).ShouldBe(Plan(Open, Opened(IncidentSeverity.Warning), channels).Select(n => n.Id));
        Plan(Open, Opened(IncidentSeverity.Warning), channels).Select(n => n.Id).ShouldBeUnique();
    }

    [Fact]
    public void The_on_call_order_is_told_step_by_step()
    {
        NoticeChannel[] channels = [AChannel(1, min: IncidentSeverity.Critical), AChannel(2, min: IncidentSeverity.Critical)];
        var order = new OnCall([new(channels[0].Id, 0), new(channels[1].Id, 15)], IncidentSeverity.Warning, 1);

        var notices = NoticePlan.Of("main", Open, Opened(IncidentSeverity.Warning), channels, null, order, WorkspaceQuiet.None, Now);

        notices.Select(n => (n.ChannelId, n.DueAt, n.Kind)).ShouldBe([(channels[0].Id, Now, NoticeKinds.Escalated), (channels[1].Id, Now.AddMinutes(15), NoticeKinds.Escalated)]);
    }

    [Fact]
    public void A_step_whose_channel_is_gone_or_off_is_planned_at_its_time_and_passed_on_to_the_next_that_can_be_told_or_to_everybody()
    {
        NoticeChannel[] channels = [AChannel(1, min: IncidentSeverity.Critical), AChannel(2, min: IncidentSeverity.Critical) with { Enabled = false }, AChannel(3), AChannel(4, digest: DigestEvery.Day)];
        var order = new OnCall([new(AChannel(9).Id, 0), new(channels[1].Id, 15), new(channels[0].Id, 30)], IncidentSeverity.Warning, 1);
        var planned = NoticePlan.Of("main", Open, Opened(IncidentSeverity.Warning), channels, null, order, WorkspaceQuiet.None, Now).Where(n => n.Kind == NoticeKinds.Escalated).ToList();
        planned.Select(n => (n.Step, n.DueAt)).ShouldBe([(1, Now), (2, Now.AddMinutes(15)), (3, Now.AddMinutes(30))]);

        PlannedStep[] round = [.. planned.Select(n => new PlannedStep(n.Id, n.ChannelId, n.Step, "due", n.Step < 3 ? "It is gone." : null))];
        var (passed, next) = NoticePlan.PassOn(round, 1);
        passed.Select(p => p.Step).ShouldBe([1, 2]);
        next.ShouldNotBeNull().Step.ShouldBe(3);

        // The next was told already, at the same minute; and after the last there is none.
        (passed, next) = NoticePlan.PassOn([round[0], round[1], round[2] with { State = "delivered" }], 2);
        (passed.Single().Step, next?.Step).ShouldBe((2, 3));
        (passed, next) = NoticePlan.PassOn([round[0] with { State = "failed" }, round[1], round[2] with { Missing = "It is gone." }], 2);
        (passed.Count, next).ShouldBe((2, null));
        NoticePlan.PassOn([round[0] with { State = "failed" }], 1).Passed.ShouldBeEmpty("it was passed on");
        NoticePlan.Everybody("main", Open, 2, channels, WorkspaceQuiet.None, Now).Select(n => (n.ChannelId, n.Kind, n.DueAt)).ShouldBe([(channels[2].Id, NoticeKinds.Escalated, Now)]);
    }

    [Fact]
    public void A_channel_is_not_told_that_it_does_not_work()
    {
        NoticeChannel[] channels = [AChannel(1), AChannel(2)];
        var failing = Open with { Kind = RuleKinds.ChannelFailing, Cause = channels[0].Id.ToString("D") };

        Plan(failing, Opened(IncidentSeverity.Critical), channels).ShouldHaveSingleItem().ChannelId.ShouldBe(channels[1].Id);
    }

    [Theory]
    [InlineData("21:59", "22:30", IncidentSeverity.Warning, "21:59")]
    [InlineData("23:00", "22:00", IncidentSeverity.Warning, "07:00+1")]
    [InlineData("06:59", "22:00", IncidentSeverity.Warning, "07:00")]
    [InlineData("07:00", "22:00", IncidentSeverity.Warning, "07:00")]
    [InlineData("23:00", "22:00", IncidentSeverity.Critical, "23:00")]
    public void Quiet_hours_hold_back_until_they_end_and_what_is_critical_passes(string at, string from, IncidentSeverity severity, string due)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Stockholm");
        var now = Zones.At(new(2026, 3, 2), TimeOnly.Parse(at, System.Globalization.CultureInfo.InvariantCulture), zone);
        var next = new QuietHours(TimeOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture), new(7, 0)).NextAllowed(now, zone, severity);

        var wanted = Zones.At(new DateTime(2026, 3, 2).AddDays(due.EndsWith("+1", StringComparison.Ordinal) ? 1 : 0), TimeOnly.Parse(due[..5], System.Globalization.CultureInfo.InvariantCulture), zone);
        next.ShouldBe(wanted);
    }

    [Fact]
    public void Digests_come_at_the_readers_time_whatever_the_clocks_do()
    {
        var daily = AChannel(1, digest: DigestEvery.Day) with { TimeZone = "Europe/Stockholm", DigestAt = new(2, 30) };

        // On 29 March 2026 the clocks skip 02:00 to 03:00.
        Digests.Next(daily, new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero)).ShouldBe(new DateTimeOffset(2026, 3, 29, 1, 0, 0, TimeSpan.Zero));
        Digests.Next(AChannel(1, digest: DigestEvery.Week), Now)!.Value.DayOfWeek.ShouldBe(DayOfWeek.Monday);
        Digests.Next(AChannel(1, digest: DigestEvery.Hour), Now.AddMinutes(3)).ShouldBe(Now.AddHours(1));
        Digests.Next(AChannel(1), Now).ShouldBeNull();
    }

    [Theory]
    [InlineData(DigestEvery.Day, "2026-03-29T07:00:00Z", 23)]
    [InlineData(DigestEvery.Day, "2026-10-25T08:00:00Z", 25)]
    [InlineData(DigestEvery.Day, "2026-06-01T07:00:00Z", 24)]
    [InlineData(DigestEvery.Week, "2026-03-30T07:00:00Z", 167)]
    [InlineData(DigestEvery.Week, "2026-10-26T08:00:00Z", 169)]
    public void The_first_digest_begins_where_one_before_it_would_have_ended_whatever_the_clocks_did(DigestEvery every, string at, int hours)
    {
        var channel = AChannel(1, digest: every) with { TimeZone = "Europe/Stockholm", DigestAt = new(9, 0) };
        var due = DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture);

        Digests.Next(channel, due.AddMinutes(-1)).ShouldBe(due);
        Digests.Plan(channel, WorkspaceQuiet.None, due, null, due).Since.ShouldBe(due.AddHours(-hours));
    }

    [Fact]
    public void Every_moment_of_a_year_is_in_one_digest_although_clocks_change_quiet_hours_hold_back_and_the_service_is_down()
    {
        var channel = AChannel(1, digest: DigestEvery.Day) with { TimeZone = "Europe/Stockholm", DigestAt = new(6, 30), Quiet = new(new(22, 0), new(7, 0)) };
        var (at, end) = (Digests.Next(channel, Now)!.Value, (DateTimeOffset?)null);
        for (var i = 0; i < 365; i++)
        {
            var plan = Digests.Plan(channel, WorkspaceQuiet.None, at, end, at.AddHours(i % 50 == 49 ? 40 : 0));
            if (end is { } before)
            {
                plan.Since.ShouldBe(before);
            }

            plan.DueAt.ShouldBeGreaterThan(plan.Since);
            (end, at) = (plan.DueAt, plan.Next!.Value);
        }
    }

    [Fact]
    public async Task Hostile_names_stay_text_in_every_form()
    {
        const string Evil = "<!channel> <script>alert(1)</script> [bank](https://evil.example) *b* & \"q\"\r\nBcc: x@example.org \u202Egnp";
        var message = new Message(Guid.Empty, Message.Clean($"Incident: {Evil}"), [Message.Clean(Evil)], [new(Message.Clean(Evil), Message.Clean(Evil), "blog")], new("https://serm.example/incidents/1"), "Look", IncidentSeverity.Critical);

        message.Title.ShouldNotContain("\n");
        message.Title.ShouldNotContain("\u202E");
        var slack = await Bodies.Slack(message).ReadAsStringAsync(TestContext.Current.CancellationToken);
        System.Text.Json.JsonDocument.Parse(slack).RootElement.GetProperty("text").GetString()!.ShouldNotContain("<!channel>");
        System.Text.Json.JsonDocument.Parse(slack).RootElement.GetProperty("blocks").EnumerateArray().Where(b => b.GetProperty("text").GetProperty("type").GetString() == "mrkdwn").ShouldHaveSingleItem();
        var telegram = System.Text.Json.JsonDocument.Parse(await Bodies.Telegram("1", message).ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("text").GetString()!;
        telegram.ShouldNotContain("<script>");
        telegram.ShouldContain("&lt;script&gt;");
        var teams = await Bodies.Teams(message).ReadAsStringAsync(TestContext.Current.CancellationToken);
        teams.ShouldContain("RichTextBlock");
        teams.ShouldNotContain("\"TextBlock\"");
        using var mail = Mails.Of(new(To: ["ann@example.org"], From: "serm@example.org"), message);
        mail.HtmlBody.ShouldNotBeNull().ShouldNotContain("<script>");
        mail.Headers.Count(h => h.Field.Equals("Bcc", StringComparison.OrdinalIgnoreCase)).ShouldBe(0);
        mail.To.Count.ShouldBe(1);
    }

    [Fact]
    public void Every_language_says_everything()
    {
        NoticeTexts.Languages.ShouldBe(["en", "ru", "tr", "sv", "vi"]);
        foreach (var words in NoticeWords.All.Values)
        {
            words.Keys.Order(StringComparer.Ordinal).ShouldBe(NoticeWords.All["en"].Keys.Order(StringComparer.Ordinal));
            words.Values.ShouldAllBe(w => w.Length > 0);
        }

        Told(Open).ShouldContain("12 alerts, up to 90% negative");
        Told(Open with { Cause = Story.Many }).ShouldContain("12 alerts of many different stories, up to 90% negative");
        Message.Of(Guid.Empty, NoticeKinds.Opened, Open with { Measured = new(30, 10, Now, Now.AddMinutes(5), 12) }, 1, AChannel(1) with { Language = "ru" }, [], null).Title.ShouldStartWith("Инцидент");

        IReadOnlyList<string> Told(Incident incident) => Message.Of(Guid.Empty, NoticeKinds.Resolved, incident with { Negative = 0.9f }, 12, AChannel(1), [], null).Lines;
    }

    [Theory]
    [InlineData(null, "a", "url")]
    [InlineData("ftp://x.example", "a", "url")]
    [InlineData("https://hooks.example/x", "", "name")]
    public void What_cannot_be_a_channel_is_refused_by_field(string? url, string name, string field) =>
        Should.Throw<RuleViolation>(() => new ChannelRequest("slack", name, Url: url).Check(Guid.Empty, null, 1)).Field.ShouldBe(field);

    [Theory]
    [InlineData("http://203.0.113.9/services/x", "", "https_required")]
    [InlineData("https://203.0.113.9/services/x", "", "address_refused")]
    [InlineData("http://203.0.113.9/services/x", "203.0.113.9", null)]
    public async Task What_is_told_is_not_sent_in_the_clear_but_to_hosts_that_the_operator_allows(string url, string allowed, string? code)
    {
        var (channel, secret) = new ChannelRequest("slack", "Chat", Url: url).Check(Guid.Empty, null, 1);
        var desk = new ChannelDesk(null!, null!, null!, OutboundGuard.FromList(allowed), null!, null!, null!);

        var refused = await Record.ExceptionAsync(() => desk.RequireAllowedAsync(channel, secret, TestContext.Current.CancellationToken));

        (refused as RuleViolation)?.Code.ShouldBe(code);
        (refused is null).ShouldBe(code is null);
    }

    [Fact]
    public void A_password_is_not_sent_in_the_clear_and_a_secret_left_out_is_kept()
    {
        var mail = new ChannelRequest("email", "Mail", To: ["ann@example.org"], From: "serm@example.org", Host: "smtp.example.org", User: "serm", Password: "secret", Tls: "none");

        Should.Throw<RuleViolation>(() => mail.Check(Guid.Empty, null, 1)).Field.ShouldBe("tls");
        Should.Throw<RuleViolation>(() => (mail with { Tls = null, Password = null }).Check(Guid.Empty, null, 1)).Field.ShouldBe("password");
        (mail with { Tls = null, Password = null }).Check(Guid.Empty, new("known", null, null), 2).Secret.Password.ShouldBe("known");
    }

    [Fact]
    public void Pauses_grow_and_end_after_about_a_day()
    {
        NoticeTable.Pause(1, 0).ShouldBe(TimeSpan.FromSeconds(5));
        NoticeTable.Pause(2, 1).ShouldBe(TimeSpan.FromSeconds(12));
        var all = Enumerable.Range(1, NoticeTable.MostTries - 1).Sum(n => NoticeTable.Pause(n, 0).TotalHours);
        all.ShouldBeInRange(6, 36);
    }

    [Fact]
    public void Channels_without_hours_of_their_own_keep_those_of_the_workspace()
    {
        var night = new DateTimeOffset(2026, 3, 2, 22, 30, 0, TimeSpan.Zero);
        var morning = new DateTimeOffset(2026, 3, 3, 6, 0, 0, TimeSpan.Zero);
        var quiet = new WorkspaceQuiet(new(new(22, 0), new(7, 0)), "Europe/Stockholm", 1);
        var (plain, own, always) = (AChannel(1), AChannel(2) with { Quiet = new(new(1, 0), new(2, 0)) }, AChannel(3) with { KeepsQuiet = false });

        plain.NextAllowed(night, IncidentSeverity.Warning, quiet).ShouldBe(morning);
        plain.NextAllowed(night, IncidentSeverity.Critical, quiet).ShouldBe(night);
        plain.NextAllowed(night, IncidentSeverity.Warning, WorkspaceQuiet.None).ShouldBe(night);
        own.NextAllowed(night, IncidentSeverity.Warning, quiet).ShouldBe(night);
        always.NextAllowed(night, IncidentSeverity.Warning, quiet).ShouldBe(night);
    }

    private static IReadOnlyList<Notice> Plan(Incident incident, object happened, NoticeChannel[] channels) => NoticePlan.Of("main", incident, happened, channels, null, OnCall.None, WorkspaceQuiet.None, Now);

    internal static IncidentOpened Opened(IncidentSeverity severity) => new(RuleKinds.NegativeMention, Guid.Empty, "rule", severity, new(Guid.Empty, "Acme"), "story:1", null, null, 60, null, null, Now);

    internal static NoticeChannel AChannel(int n, IncidentSeverity min = IncidentSeverity.Info, DigestEvery digest = DigestEvery.Never) =>
        new(new Guid(n, 0, 0, new byte[8]), ChannelKinds.Slack, $"c{n}", true, new(), min, true, null, digest, new(8, 0), "en", "UTC", 1);
}
