using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Serm.Contracts;
using Serm.Tests.Integration.Alerts;

namespace Serm.Tests.Integration.Faults;

/// <summary>Channels through faults: while mail and chat are told, a server or a replica dies. Nobody is left untold; who is told twice is told under the same id.</summary>
public sealed partial class ToldThroughFaults(ChannelsFixture fixture) : IClassFixture<ChannelsFixture>
{
    // Less than after which all of a rule and brand goes into one incident.
    private const int EachBrand = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("postgres")]
    [InlineData("rabbitmq")]
    public async Task A_server_killed_while_channels_are_told_loses_no_notice_and_invents_none(string server)
    {
        await using var chat = await ChatSink.StartAsync();
        await using var mail = new MailSink();
        await AddChannelsAsync(chat, mail);
        chat.Delay = TimeSpan.FromMilliseconds(100);
        var (before, after) = (Stories(4, "before"), Stories(4, "after"));
        await PublishAsync(before);
        await Eventually.AsyncTrue(_ => Task.FromResult(chat.Got.Count >= 2 && !mail.Got.IsEmpty), Patience, () => fixture.Stack.Alerts.LogTail(), Cancel);

        await ServerControl.KillAsync(server, Cancel);
        await ServerControl.StartAsync(Cancel);
        await PublishAsync(after);

        await AllToldAsync(chat, mail, 8 * EachBrand);
    }

    [Fact]
    public async Task Two_replicas_share_what_is_due_and_one_takes_over_from_the_other()
    {
        await using var chat = await ChatSink.StartAsync();
        await using var mail = new MailSink();
        await AddChannelsAsync(chat, mail);
        chat.Delay = TimeSpan.FromMilliseconds(100);
        await using var second = fixture.Stack.Replica("Alerts");
        await second.StartAsync(Cancel);
        await PublishAsync(Stories(8, "shared"));
        await Eventually.AsyncTrue(_ => Task.FromResult(chat.Got.Count >= 4), Patience, () => second.LogTail(), Cancel);

        await fixture.Stack.Alerts.KillAsync();
        try
        {
            await AllToldAsync(chat, mail, 8 * EachBrand);
        }
        finally
        {
            await fixture.Stack.Alerts.StartAsync(Cancel);
        }
    }

    private async Task AllToldAsync(ChatSink chat, MailSink mail, int incidents)
    {
        await Eventually.Async(_ => CountAsync($"select count(*) from alerts.notices where workspace = '{workspace}' and state = 'delivered'"), n => n == 2 * incidents, Patience, Cancel);
        (await CountAsync($"select count(*) from alerts.incidents where workspace = '{workspace}'")).ShouldBe(incidents);
        chat.Got.Select(g => g.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(incidents);
        chat.Got.ShouldAllBe(g => g.Key.Length > 0);
        mail.Got.Select(m => MessageId().Match(m).Groups["id"].Value).Distinct(StringComparer.Ordinal).Count().ShouldBe(incidents);
    }

    // Null while the database does not answer.
    private async Task<long?> CountAsync(string sql)
    {
        try
        {
            return await fixture.ScalarAsync(sql);
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    // The broker's connection may have to come back first; what is sent again has the same ids.
    private Task PublishAsync(IReadOnlyList<MentionScored> scored) => Eventually.AsyncTrue(
        async _ =>
        {
            try
            {
                await fixture.PublishAsync(scored);
                return true;
            }
            catch (Exception e) when (e is not OperationCanceledException || !Cancel.IsCancellationRequested)
            {
                return false;
            }
        },
        Patience,
        () => "The bus took nothing.",
        Cancel);

    private async Task AddChannelsAsync(ChatSink chat, MailSink mail)
    {
        await AddAsync(new { kind = "slack", name = "chat", url = chat.Url });
        await AddAsync(new { kind = "email", name = "mail", to = new[] { "ann@example.org" }, from = "serm@example.org", host = "127.0.0.1", port = mail.Port, tls = "none" });
    }

    private async Task AddAsync(object channel)
    {
        using var answer = await fixture.SendAsync(HttpMethod.Post, "/api/channels", channel, workspace: workspace);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(Cancel));
    }

    // Each a story of its own: an incident, a notice a channel.
    private List<MentionScored> Stories(int brands, string name) => [.. Enumerable.Range(0, brands).Select(_ => new BrandRef(Guid.CreateVersion7(), "Acme")).SelectMany(brand => Enumerable.Range(0, EachBrand).Select(n =>
    {
        var scored = AlertsFixture.AScored(brand, $"{name}-{n}", workspace: workspace);
        return scored with { Mention = scored.Mention with { Post = scored.Mention.Post with { SimHash = unchecked((long)((ulong)(n + 1) * 0x9E3779B97F4A7C15)) } } };
    }))];

    [GeneratedRegex("^Message-Id: *(?<id><[^>]+>)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex MessageId();
}
