using System.Text.Json;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Sources;

namespace Serm.Tests.Unit.Ingest.Connectors;

public sealed class SettingsTests
{
    private static readonly SecretBox Box = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Fact]
    public void Options_and_credentials_are_parted_and_checked_by_the_connectors_own_class()
    {
        var wish = Check(new { communities = new[] { "1" } }, new { accessToken = "t0ken" });
        wish.Options.ShouldNotBeNull().ShouldNotContain("t0ken");
        wish.Secrets.ShouldNotBeNull().ShouldContain("t0ken");
        wish.Url.ShouldBe("https://api.vk.com/");
    }

    [Theory]
    [InlineData("{\"terms\":[\"a\"],\"accessToken\":\"x\"}", "{}", "options.accessToken", "option_unknown")]
    [InlineData("{\"terms\":[\"a\"]}", "{\"token\":\"x\"}", "credentials.token", "option_unknown")]
    [InlineData("{\"terms\":\"a\"}", "{\"accessToken\":\"x\"}", "options.terms", "option_invalid")]
    [InlineData("{\"terms\":[\"a\"],\"requestsPerSecond\":0}", "{\"accessToken\":\"x\"}", "options.requestsPerSecond", "option_invalid")]
    [InlineData("{\"terms\":[\"a\"]}", "{}", "credentials.accessToken", "option_missing")]
    [InlineData("{}", "{\"accessToken\":\"x\"}", "options.terms", "option_missing")]
    [InlineData("[]", "{}", "options", "option_invalid")]
    public void What_cannot_be_taken_is_refused_with_its_field(string options, string credentials, string field, string code)
    {
        var refused = Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest("vk", null, Options: JsonElement.Parse(options), Credentials: JsonElement.Parse(credentials)), Books.All));
        (refused.Field, refused.Code).ShouldBe((field, code));
    }

    [Fact]
    public void A_change_keeps_the_credentials_that_it_does_not_name()
    {
        var source = new Source(Guid.Empty) { Kind = "vk", Name = "vk", Url = "https://api.vk.com/", Options = "{\"terms\":[\"a\"]}", Version = 1 };
        var wish = SourceRequest.Check(new ChangeSourceRequest(Credentials: JsonElement.Parse("{\"callbackSecret\":\"new\"}")), source, Books.All, "{\"accessToken\":\"kept\"}");
        wish.Secrets.ShouldNotBeNull().ShouldContain("kept");
        wish.Secrets.ShouldContain("new");
        SourceRequest.Check(new ChangeSourceRequest(Options: JsonElement.Parse("{\"terms\":[\"b\"]}")), source, Books.All, "{\"accessToken\":\"kept\"}").Secrets.ShouldBeNull();
    }

    [Theory]
    [InlineData("hackernews", """{"terms":["acme"]}""", """{"terms":["Acme"],"historyDays":9,"searchUrl":"https://hn.algolia.com/"}""", null, null, true)]
    [InlineData("hackernews", """{"terms":["acme"]}""", """{"terms":["acme","other"]}""", null, null, false)]
    [InlineData("telegram", "{}", """{"mode":"ask","credentialsEnd":"2030-01-01"}""", """{"botToken":"1:aaaaaaaaaaaa"}""", """{"botToken":"1:aaaaaaaaaaaa"}""", true)]
    [InlineData("telegram", "{}", "{}", """{"botToken":"1:aaaaaaaaaaaa"}""", """{"botToken":"2:bbbbbbbbbbbb"}""", false)]
    [InlineData("telegram", "{}", """{"replies":true}""", """{"botToken":"1:aaaaaaaaaaaa"}""", """{"botToken":"1:aaaaaaaaaaaa"}""", true)]
    public void Two_sources_bring_the_same_when_they_ask_for_the_same_with_the_same_credentials(string kind, string options, string otherOptions, string? secrets, string? otherSecrets, bool same) =>
        Settings.Of(options, secrets).BringTheSame(Settings.Of(otherOptions, otherSecrets), Books.All[kind].Card).ShouldBe(same);

    [Theory]
    [InlineData("vk", """{"terms":["a"]}""", """{"terms":["b"],"apiUrl":"https://other.example"}""", "accessToken")]
    [InlineData("vk", """{"terms":["a"],"apiUrl":"https://own.example"}""", """{"terms":["a"]}""", "accessToken")]
    [InlineData("reddit", """{"clientId":"c","terms":["a"]}""", """{"clientId":"c","terms":["a"],"tokenUrl":"https://other.example"}""", "clientSecret")]
    [InlineData("email", """{"host":"imap.example","user":"ann"}""", """{"host":"imap.other.example","user":"ann"}""", "password")]
    [InlineData("email", """{"host":"imap.example","user":"ann"}""", """{"host":"imap.example","user":"ann","port":1993}""", "password")]
    [InlineData("email", """{"host":"imap.example","user":"ann"}""", """{"host":"imap.example","user":"ann","tls":"none"}""", "password")]
    public void Credentials_go_to_no_other_server_than_the_one_that_they_were_entered_for(string kind, string stored, string options, string secret)
    {
        var source = new Source(Guid.Empty) { Kind = kind, Name = kind, Options = stored, Version = 1 };
        var secrets = JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [secret] = "kept" });
        var refused = Should.Throw<RuleViolation>(() => SourceRequest.Check(new ChangeSourceRequest(Options: JsonElement.Parse(options)), source, Books.All, secrets));
        (refused.Field, refused.Code, refused.Status).ShouldBe(($"credentials.{secret}", "credentials_again", 400));

        var anew = JsonElement.Parse(secrets.Replace("kept", "entered again", StringComparison.Ordinal));
        SourceRequest.Check(new ChangeSourceRequest(Options: JsonElement.Parse(options), Credentials: anew), source, Books.All, secrets).Secrets.ShouldNotBeNull().ShouldContain("entered again");
    }

    [Theory]
    [InlineData("vk", """{"terms":["a"]}""", """{"terms":["b"],"apiUrl":"https://api.vk.com/"}""", "accessToken")]
    [InlineData("email", """{"host":"imap.example","user":"ann"}""", """{"host":"imap.example","user":"ann","port":993,"tls":"tls","folder":"Customers"}""", "password")]
    public void The_same_server_written_in_another_way_keeps_the_credentials(string kind, string stored, string options, string secret)
    {
        var source = new Source(Guid.Empty) { Kind = kind, Name = kind, Options = stored, Version = 1 };
        SourceRequest.Check(new ChangeSourceRequest(Options: JsonElement.Parse(options)), source, Books.All, $$"""{"{{secret}}":"kept"}""").Options.ShouldNotBe(stored);
    }

    [Fact]
    public void Every_credential_that_is_stored_is_entered_again_for_another_server()
    {
        var source = new Source(Guid.Empty) { Kind = "vk", Name = "vk", Options = """{"terms":["a"]}""", Version = 1 };
        var change = new ChangeSourceRequest(Options: JsonElement.Parse("""{"terms":["a"],"apiUrl":"https://other.example"}"""), Credentials: JsonElement.Parse("""{"accessToken":"new"}"""));
        Should.Throw<RuleViolation>(() => SourceRequest.Check(change, source, Books.All, """{"accessToken":"kept","callbackSecret":"kept"}""")).Field.ShouldBe("credentials.callbackSecret");
    }

    [Fact]
    public void Every_kind_with_credentials_takes_the_day_on_which_they_end_and_no_other_does()
    {
        foreach (var kind in Books.All.All.Select(SourceKind.Of))
        {
            kind.Fields.Count(f => f is { Name: Settings.EndName, Type: FieldType.Date, Required: false, Secret: false }).ShouldBe(kind.Fields.Any(f => f.Secret) ? 1 : 0, kind.Kind);
        }
    }

    [Theory]
    [InlineData("\"2026-12-31\"", null)]
    [InlineData("\"31.12.2026\"", "2026-12-31")]
    [InlineData("\"2026-02-30\"", "2026-12-31")]
    [InlineData("20261231", "2026-12-31")]
    [InlineData("\"2026-03-10\"", "over")]
    [InlineData("\"2036-03-11\"", "10 years")]
    public void The_day_on_which_credentials_end_is_a_day_ahead(string written, string? refusal)
    {
        var now = new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
        if (refusal is null)
        {
            Ask().ShouldContain("2026-12-31");
            return;
        }

        var refused = Should.Throw<RuleViolation>(Ask);
        (refused.Field, refused.Code).ShouldBe(("options.credentialsEnd", "option_invalid"));
        refused.Message.ShouldContain(refusal);

        string Ask()
        {
            var wish = SourceRequest.Check(new AddSourceRequest("vk", null, Options: JsonElement.Parse($$"""{"terms":["a"],"credentialsEnd":{{written}}}"""), Credentials: JsonElement.Parse("""{"accessToken":"x"}""")), Books.All);
            SourceRequest.RequireAhead(wish, null, now);
            return wish.Options!;
        }
    }

    [Fact]
    public void A_day_that_was_stored_may_pass_without_keeping_other_options_from_being_changed()
    {
        var stored = new Source(Guid.Empty) { Kind = "vk", Options = """{"terms":["a"],"credentialsEnd":"2026-03-01"}""", Version = 1 };
        var now = new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
        Should.NotThrow(() => SourceRequest.RequireAhead(new("vk", null, null, Options: """{"terms":["b"],"credentialsEnd":"2026-03-01"}"""), stored, now));
    }

    [Fact]
    public void A_retired_network_says_why() =>
        Should.Throw<RuleViolation>(() => SourceRequest.Check(new AddSourceRequest("googleplus", null), Books.All)).Message.ShouldContain("2019");

    [Fact]
    public void Every_kind_has_a_form_and_a_word_about_itself()
    {
        var kinds = Books.All.All.Select(SourceKind.Of).ToList();
        kinds.ShouldAllBe(k => k.About.Length > 20 && k.Kind.Length <= 30 && k.Fields.All(f => f.Label.Length > 0));
        kinds.SelectMany(k => k.Fields).Where(f => f.Secret).ShouldAllBe(f => f.Default == null);
        kinds.Single(k => k.Kind == "vk").Fields.Single(f => f.Name == "accessToken").Secret.ShouldBeTrue();
    }

    [Fact]
    public void Every_text_of_every_kind_is_there_in_each_language_and_none_that_no_kind_has()
    {
        foreach (var language in KindTexts.Languages)
        {
            var kinds = Books.All.All.Select(SourceKind.Of).ToList();
            var needed = kinds.SelectMany(k => k.Fields.SelectMany(f => new[] { f.Label, f.Help }).Append(k.About).Append(k.Retired)).OfType<string>().ToHashSet(StringComparer.Ordinal);
            var there = KindTexts.Of(language)!.Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!);
            needed.Except(there.Keys).ShouldBeEmpty($"no text in {language}");
            there.Keys.Except(needed).Except(kinds.Select(k => k.Name)).ShouldBeEmpty($"a text in {language} that nothing says");
            there.Where(t => t.Value.Trim().Length == 0 || Marks(t.Key) != Marks(t.Value)).ShouldBeEmpty("what is quoted, and where a call goes, is the same");
            KindTexts.In(kinds.Single(k => k.Kind == "vk"), language).Fields.Select(f => f.Name).ShouldBe(kinds.Single(k => k.Kind == "vk").Fields.Select(f => f.Name));
        }

        KindTexts.In(SourceKind.Of(Books.All.All.Single(c => c.Card.Kind == "vk")), "ru").Name.ShouldBe("ВКонтакте");
        foreach (var other in new[] { null, "en", "xx", "RU", "../ru" })
        {
            KindTexts.In(SourceKind.Of(Books.All.All.Single(c => c.Card.Kind == "vk")), other).Name.ShouldBe("VKontakte");
        }

        static string Marks(string text) => string.Join(' ', System.Text.RegularExpressions.Regex.Matches(text, "\"[a-z]+\"|/hooks/|https?://[^ ,]*[^ ,.:]|[A-Z]+_[A-Z]+").Select(m => m.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_is_sealed_opens_only_at_its_place_and_says_nothing_by_itself()
    {
        var sealedBytes = Box.Seal("t0ken", "main/1");
        Box.Open(sealedBytes, "main/1").ShouldBe("t0ken");
        Box.Open(sealedBytes, "main/2").ShouldBeNull();
        new SecretBox(new byte[32]).Open(sealedBytes, "main/1").ShouldBeNull();
        Box.Open([1, 2, 3], "main/1").ShouldBeNull();
        System.Text.Encoding.Latin1.GetString(sealedBytes).ShouldNotContain("t0ken");
        Box.Seal("t0ken", "main/1").ShouldNotBe(sealedBytes);
    }

    private static SourceWish Check(object options, object credentials) =>
        SourceRequest.Check(new AddSourceRequest("vk", null, Options: JsonSerializer.SerializeToElement(options), Credentials: JsonSerializer.SerializeToElement(credentials)), Books.All);
}
