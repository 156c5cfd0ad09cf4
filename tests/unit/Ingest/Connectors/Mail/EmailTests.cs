using System.Text;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Connectors;
using Serm.Ingest.Connectors.Email;
using Serm.Simulator;

namespace Serm.Tests.Unit.Ingest.Connectors.Mail;

/// <summary>The mailbox as a source, against an IMAP server over a real socket.</summary>
public sealed class EmailTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly SimClock clock = new(Start);
    private readonly ImapServer server = new();

    static EmailTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Every_message_is_read_once_and_the_mailbox_stays_as_it_was()
    {
        for (var i = 0; i < 120; i++)
        {
            server.Add(Plain($"<m{i}@example.org>", $"acme message {i}"), Start.AddMinutes(-i));
        }

        var host = New();
        await host.ReadAllAsync();
        await host.ReadAllAsync();
        server.Add(Plain("<new@example.org>", "acme once more"), Start.AddMinutes(1));
        await host.ReadAllAsync();

        host.Failures.ShouldBeEmpty();
        host.Published.Count.ShouldBe(121);
        host.Now.Keys.ShouldContain("new@example.org");
        server.Commands.ShouldNotContain(c => c.StartsWith("SELECT", StringComparison.Ordinal) || c.Contains("STORE", StringComparison.Ordinal) || c.Contains("EXPUNGE", StringComparison.Ordinal) || c.Contains(" BODY[", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_older_than_the_history_that_was_asked_for_is_left_alone()
    {
        server.Add(Plain("<old@example.org>", "acme long ago"), Start.AddDays(-9));
        server.Add(Plain("<recent@example.org>", "acme lately"), Start.AddDays(-2));
        var host = New();
        await host.ReadAllAsync();

        host.Now.Keys.ShouldBe(["recent@example.org"]);
    }

    [Fact]
    public async Task A_folder_that_is_numbered_anew_loses_and_doubles_nothing()
    {
        for (var i = 0; i < 7; i++)
        {
            server.Add(Plain($"<m{i}@example.org>", $"acme message {i}"), Start.AddMinutes(-i));
        }

        var host = New();
        await host.ReadAllAsync();
        server.Renumber(from: 3);
        server.Add(Plain("<after@example.org>", "acme after"), Start);
        await host.ReadAllAsync();

        host.Published.Select(p => p.NativeId).ShouldBeUnique();
        host.Published.Count.ShouldBe(8);
    }

    [Fact]
    public async Task Another_mailbox_is_read_from_its_own_beginning_whatever_its_numbers()
    {
        for (var i = 0; i < 7; i++)
        {
            server.Add(Plain($"<m{i}@example.org>", $"acme message {i}"), Start.AddMinutes(-i));
        }

        var host = New();
        await host.ReadAllAsync();
        await using var other = new ImapServer { Validity = server.Validity };
        other.Add(Plain("<other@example.org>", "acme elsewhere"), Start);
        host.Change(Options(o => (o.Port, o.User) = (other.Port, "support@example.org")));
        await host.ReadAllAsync();
        host.Now.Keys.ShouldContain("other@example.org");

        other.Add(Plain("<later@example.org>", "acme later"), Start);
        await host.ReadAllAsync();
        host.Published.Count.ShouldBe(9);
    }

    [Fact]
    public async Task A_connection_that_breaks_anywhere_is_made_again_and_nothing_is_lost()
    {
        for (var i = 0; i < 60; i++)
        {
            server.Add(Plain($"<m{i}@example.org>", $"acme message {i}"), Start.AddMinutes(-i));
        }

        var host = New();
        server.BreakAtFetch = 55;
        await host.ReadAllAsync();

        host.Failures.ShouldHaveSingleItem().Permanent.ShouldBeFalse();
        host.Published.Select(p => p.NativeId).ShouldBeUnique();
        host.Published.Count.ShouldBe(60);
    }

    [Fact]
    public async Task Texts_are_whole_in_any_charset_and_form_and_attachments_are_not_fetched()
    {
        server.Add(
            "From: =?windows-1251?B?yOLg7Q==?= <IVAN@example.ru>\nSubject: =?UTF-8?B?0JfQsNC60LDQtyDQvdC1INC/0YDQuNC10YXQsNC7?=\nMessage-ID: <cyrillic@example.ru>\nDate: Tue, 10 Mar 2026 09:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=windows-1251\nContent-Transfer-Encoding: base64\n\n" + Convert.ToBase64String(Encoding.GetEncoding(1251).GetBytes("acme: заказ не приехал 😡".Replace("😡", "!", StringComparison.Ordinal))) + "\n",
            Start);
        server.Add(
            "From: anna@example.org\nSubject: html\nMessage-ID: <html@example.org>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: multipart/alternative; boundary=inner\n\n--inner\nContent-Type: text/plain; charset=utf-8\n\n \n--inner\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>acme =C3=A4r s=C3=A5 d=C3=A5ligt</p><script>alert(1)</script><p>&lt;b&gt; 👎=F0=9F=8F=BD</p>\n--inner--\n--outer\nContent-Type: application/pdf; name=bill.pdf\nContent-Disposition: attachment; filename=bill.pdf\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n--outer--\n",
            Start);
        server.Add("From: \"Bo\" <bo@example.org>\nSubject: Re: html\nMessage-ID: <answer@example.org>\nIn-Reply-To: <html@example.org>\nReferences: <first@example.org> <html@example.org>\nContent-Type: text/plain; charset=utf-8\n\nacme answered\n> acme är så dåligt\n-- \nBo, Example Ltd\n", Start);
        var host = New();
        await host.ReadAllAsync();

        host.Failures.ShouldBeEmpty();
        var now = host.Now;
        (now["cyrillic@example.ru"].Title, now["cyrillic@example.ru"].Text).ShouldBe(("Заказ не приехал", "acme: заказ не приехал !"));
        now["cyrillic@example.ru"].Author.ShouldBe(new Author("ivan@example.ru", "Иван"));
        now["html@example.org"].Text.ShouldBe("acme är så dåligt\n\n<b> 👎🏽");
        now["answer@example.org"].Text.ShouldBe("acme answered");
        (now["answer@example.org"].ParentNativeId, now["answer@example.org"].RootNativeId).ShouldBe(("html@example.org", "first@example.org"));
        server.Commands.Count(c => c.Contains("BODY.PEEK[2]", StringComparison.Ordinal)).ShouldBe(0);
    }

    [Fact]
    public async Task The_date_is_the_servers_whatever_the_message_claims()
    {
        server.Add("From: a@example.org\nDate: Mon, 01 Jan 2035 00:00:00 +0000\nMessage-ID: <claim@example.org>\n\nacme\n", Start.AddHours(-3));
        var host = New();
        await host.ReadAllAsync();

        host.Now["claim@example.org"].PublishedAt.ShouldBe(Start.AddHours(-3));
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("starttls")]
    public async Task A_server_without_encryption_never_hears_the_password(string tls)
    {
        var failure = await Should.ThrowAsync<NetworkFailure>(() => New(o => o.Tls = tls).TurnAsync(most: 1));

        failure.Code.ShouldBe("tls_failed");
        server.Commands.ShouldNotContain(c => c.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_and_a_missing_folder_are_told_as_such()
    {
        (await Should.ThrowAsync<NetworkFailure>(() => New(o => o.Password = "guess").TurnAsync(most: 1))).Code.ShouldBe(NetworkFailure.TokenRefused);
        (await Should.ThrowAsync<NetworkFailure>(() => New(o => o.Folder = "Support").TurnAsync(most: 1))).Code.ShouldBe("folder_missing");
    }

    [Fact]
    public async Task A_server_inside_the_network_is_not_called()
    {
        var failure = await Should.ThrowAsync<NetworkFailure>(() => New(o => o.Host = "localhost").TurnAsync(most: 1));

        failure.Code.ShouldBe("address_not_allowed");
        server.Commands.ShouldBeEmpty();
    }

    private Host New(Action<EmailOptions>? change = null) => new(new EmailConnector(OutboundGuard.FromList("127.0.0.1")), Options(change), clock);

    private EmailOptions Options(Action<EmailOptions>? change)
    {
        var options = new EmailOptions { Host = "127.0.0.1", Port = server.Port, Tls = "none", User = "acme@example.org", Password = "secret", ConnectionsPerMinute = 600 };
        change?.Invoke(options);
        return options;
    }

    private static string Plain(string id, string text) => $"From: \"Anna\" <anna@example.org>\nSubject: hello\nMessage-ID: {id}\nDate: Tue, 10 Mar 2026 09:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n{text}\n";
}
