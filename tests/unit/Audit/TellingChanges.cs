using System.Text.Json;
using System.Text.RegularExpressions;
using Serm.Alerts;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Gateway.Audit;
using Serm.Gateway.Auth;
using Serm.Ingest.Brands;
using Serm.Ingest.Sources;
using Serm.Mentions;
using Serm.Sentiments.Workspaces;
using Serm.Tests.Unit.Architecture;
using Serm.Tests.Unit.Gateway.Pages;

namespace Serm.Tests.Unit.Audit;

public sealed partial class TellingChanges
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("0198c0de-0000-7000-8000-000000000001");

    [Fact]
    public void A_brand_is_told_with_its_query_before_and_after()
    {
        var before = Brand.Apply(new(Id), new BrandAdded("Acme", "acme", ["en"], null, "ana", Now));
        BrandChanged happened = new("Acme", "acme OR akme", ["en"], null, "key:deploy", Now);
        var change = BrandChanges.Of(before, Brand.Apply(before, happened), happened)!;
        (change.Kind, change.By, change.About, change.AboutId).ShouldBe(("brand.changed", "key:deploy", "Acme", Id.ToString()));
        change.Fields.ShouldBe([new("query", "acme", "acme OR akme")]);
    }

    [Fact]
    public void Of_what_is_removed_is_told_what_it_was()
    {
        var before = Rule.Apply(new(Id), new RuleAdded(RuleKinds.NegativeMention, Terms(), "ana", Now));
        RuleRemoved happened = new("ben", Now);
        var change = RuleChanges.Of(before, Rule.Apply(before, happened), happened)!;
        change.Kind.ShouldBe("rule.removed");
        change.Fields.ShouldContain(new ChangedField("threshold", "0.8", null));
    }

    [Fact]
    public void Options_of_a_source_are_told_one_by_one_and_its_credentials_not_at_all()
    {
        var before = Source.Apply(new(Id), new SourceAdded("mastodon", "Masto", "https://m.example/", null, "ana", Now, """{"server":"https://m.example","hashtags":["acme"]}"""));
        SourceChanged happened = new("Masto", "https://m.example/", 60, "ana", Now, """{"server":"https://m.example","hashtags":["acme","akme"]}""");
        SourceChanges.Of(before, Source.Apply(before, happened), happened)!.Fields.ShouldBe([new("options.hashtags", "acme", "acme, akme"), new("intervalSeconds", null, "60")]);
        SourceCredentialsChanged entered = new("ana", Now);
        SourceChanges.Of(before, Source.Apply(before, entered), entered)!.Fields.ShouldBe([new("credentials", null, null, Secret: true)]);
        SourceChanges.Of(before, before, new GapOpened(Id, "Masto", Now, "http_500", Now)).ShouldBeNull();
    }

    [Fact]
    public void Of_a_channel_only_those_secrets_are_named_that_were_changed()
    {
        var channel = new NoticeChannel(Id, ChannelKinds.Email, "Desk", true, new(To: ["a@example.org"], Host: "smtp.example", User: "desk"), IncidentSeverity.Warning, true, null, DigestEvery.Never, default, "en", "UTC", 1);
        var change = ChannelChanges.Saved(channel, channel with { Version = 2, MinSeverity = IncidentSeverity.Critical }, new("hunter2", null, null), new("hunter3", null, null), "ana", Now);
        change.Fields.ShouldBe([new("minSeverity", "warning", "critical"), new("password", null, null, Secret: true)]);
        JsonSerializer.Serialize(change).ShouldNotContain("hunter");
        ChannelChanges.Saved(channel, channel with { Version = 2 }, new("hunter2", null, null), new("hunter2", null, null), "ana", Now).Fields.ShouldBeEmpty();
        ChannelChanges.Saved(null, channel, null, new("hunter2", null, "https://hooks.example/hunter2"), "ana", Now).Fields.Where(f => f.Secret).Select(f => f.Field).ShouldBe(["password", "url"]);
    }

    [Fact]
    public void A_webhook_of_which_only_a_header_is_another_says_so()
    {
        var before = Webhook.Apply(new(Id), new WebhookAdded(new("https://hooks.example/", "Ours", [], [], [], [], null, ["X-Key"], false), "whpk_x", "ana", Now));
        WebhookChanged happened = new(before.Terms, "ana", Now);
        WebhookChanges.Of(before, Webhook.Apply(before, happened), happened)!.Fields.ShouldBe([new("headers", null, null, Secret: true)]);
        WebhookChanges.Of(before, before, new WebhookTested("ana", Now)).ShouldBeNull("a test changes nothing");
    }

    [Fact]
    public void Promises_in_another_order_are_other_promises()
    {
        SlaPolicy gold = new("Gold", [], [], [], 30, null, 75, true, false, BusinessHours.Always), rest = gold with { Name = "Rest", FirstAnswerMinutes = 240 };
        SlaPoliciesChanged happened = new([rest, gold with { FirstAnswerMinutes = 15 }], "ana", Now);
        SettingsChanges.Sla(new(1, [gold, rest]), new(2, happened.Policies), happened)!.Fields
            .ShouldBe([new("order", "Gold, Rest", "Rest, Gold"), new("policies.Gold.firstAnswerMinutes", "30", "15")]);
    }

    [Fact]
    public void What_only_its_owner_sees_is_nobodys_to_read()
    {
        var own = new SavedView(Id, "Mine", "ana", false, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["q"] = ["ben"] }, 1);
        SettingsChanges.View(null, own, "ana", Now).ShouldBeNull();
        SettingsChanges.View(own, null, "ana", Now).ShouldBeNull();
        var shared = SettingsChanges.View(own, own with { Shared = true }, "ana", Now)!;
        shared.Kind.ShouldBe("view.changed");
        shared.Fields.ShouldContain(new ChangedField("query.q", null, "ben"));
    }

    [Fact]
    public void An_erasure_and_the_list_of_an_author_name_nobody_and_erasures_are_for_admins()
    {
        SettingsChanges.Erasure(Id, new(ErasureKind.Author, Id, null, true, "DSR-7", "ana", Now)).ShouldSatisfyAllConditions(c => c.AdminsOnly.ShouldBeTrue(), c => c.About.ShouldBeNull());
        SettingsChanges.Author("vip", new(Id, null, "ana", Now)).ShouldSatisfyAllConditions(c => c.About.ShouldBeNull(), c => c.Fields.ShouldBe([new("list", "vip", null)]));
    }

    [Fact]
    public void Neither_a_password_nor_its_hash_is_told_of_users()
    {
        var user = new User(Id, "ben", "acme", Role.Moderator, "hash-hunter2", "stamp-hunter2", Now);
        ChangeRow[] all =
        [
            AccessChanges.UserAdded(user, "ana"), AccessChanges.UserRemoved(user, "ana", Now), AccessChanges.RoleChanged(user, Role.Admin, "ana", Now), AccessChanges.PasswordSet(user, "ana", Now),
            AccessChanges.SessionsEnded(user, "ana", Now), AccessChanges.SignedIn(user, Now), AccessChanges.SignInRefused(user, Now),
        ];
        all.ShouldAllBe(c => c.AdminsOnly && c.About == "ben");
        JsonSerializer.Serialize(all).ShouldNotContain("hunter2");
        AccessChanges.RoleChanged(user, Role.Admin, "ana", Now).Fields.ShouldBe([new("role", "moderator", "admin")]);
    }

    [Fact]
    public void Settings_of_the_judge_are_told_and_a_model_by_its_version()
    {
        var row = SettingsRow.Default;
        SentimentChanges.Settings(row, row with { TrainAfter = 100, Promotion = Promotion.Automatic, Version = 1 }, "ana", Now).Fields.ShouldBe([new("trainAfter", "50", "100"), new("promotion", "person", "automatic")]);
        SentimentChanges.Promoted(null, "v2", "v1", "policy", Now).Fields.ShouldBe([new("model", "v1", "v2")]);
    }

    [Fact]
    public void Every_kind_that_a_service_writes_is_known_to_the_gateway_and_has_a_word()
    {
        var code = string.Concat(Code.Services.SelectMany(Code.Files).Where(f => Path.GetFileName(f) != "AuditKinds.cs").Select(File.ReadAllText));
        var written = Kind().Matches(code).Select(m => m.Groups["kind"].Value);
        AuditKinds.All.Except(written, StringComparer.Ordinal).ShouldBeEmpty("kinds that nothing writes");
        ChangeOf().Matches(code).Select(m => m.Groups["kind"].Value).Except(AuditKinds.All, StringComparer.Ordinal).ShouldBeEmpty("kinds that the gateway does not know");
        AuditKinds.All.Select(k => $"AuditKind.{k}").Concat(AuditKinds.Areas.Select(a => $"AuditArea.{a}")).Except(TextsTests.Known(), StringComparer.Ordinal).ShouldBeEmpty();
    }

    private static RuleTerms Terms() => new("Bad", null, 0.8, null, UnknownReach.Alert, true);

    [GeneratedRegex("\"(?<kind>[a-z_]+\\.[a-z_]+)\"", RegexOptions.None, 5000)]
    private static partial Regex Kind();

    [GeneratedRegex("\\bOf\\(\"(?<kind>[a-z_]+\\.[a-z_]+)\"", RegexOptions.None, 5000)]
    private static partial Regex ChangeOf();
}
