using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Contracts;
using Serm.Gateway.Live;

namespace Serm.Tests.Integration.Gateway;

public sealed class LiveTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private static CancellationToken Token => GatewayFixture.Token;

    [Fact]
    public async Task A_stream_that_breaks_off_again_and_again_hears_each_event_once_and_in_order()
    {
        const int all = 300;
        var workspace = $"w{Guid.CreateVersion7():N}"[..30];
        var key = await gateway.KeyAsync("moderator", workspace);
        var start = await LastAsync();
        var publishing = Task.Run(
            async () =>
            {
                for (var i = 0; i < all; i++)
                {
                    var change = Change(workspace, i);
                    await gateway.PublishAsync(change);
                    await gateway.PublishAsync(change);
                }
            },
            Token);

        var heard = new List<(long Id, string Event, string Data)>();
        while (heard.Count < all)
        {
            var from = heard.Count == 0 ? start : heard[^1].Id;
            heard.AddRange(await ListenAsync(key, from, Math.Min(37, all - heard.Count)));
        }

        await publishing;
        heard.Select(h => h.Id).ShouldBeInOrder(SortDirection.Ascending);
        heard.Select(h => h.Data).Distinct(StringComparer.Ordinal).Count().ShouldBe(all);
        heard.ShouldAllBe(h => h.Event == "mention");

        // From the beginning again: the same, and nothing of anybody else.
        (await ListenAsync(key, start, all)).ShouldBe(heard);
    }

    [Fact]
    public async Task Of_events_that_come_together_those_that_are_there_are_not_told_again_and_nobody_hears_those_of_others()
    {
        var (workspace, other) = ($"w{Guid.CreateVersion7():N}"[..30], $"v{Guid.CreateVersion7():N}"[..30]);
        var key = await gateway.KeyAsync("moderator", workspace);
        var start = await LastAsync();
        var live = new LiveLog(gateway.Database, TimeProvider.System);
        var own = Enumerable.Range(0, 6).Select(i => LiveIntake.Entry(Change(workspace, i))).ToList();
        var foreign = Enumerable.Range(0, 6).Select(i => LiveIntake.Entry(Change(other, i))).ToList();

        await live.AppendAsync([.. own.Take(3), .. foreign.Take(3)], Token);
        await live.AppendAsync([.. own, .. foreign], Token);

        (await ListenAsync(key, start, own.Count)).Select(h => h.Data).ShouldBe(own.Select(e => e.Event.Payload));
        await using var stored = gateway.Database.CreateCommand("select count(*) from gateway.live_log where workspace = any($1)");
        stored.Parameters.AddWithValue(new[] { workspace, other });
        (await stored.ExecuteScalarAsync(Token)).ShouldBe(12L);
    }

    [Fact]
    public async Task Who_reads_a_mention_is_told_to_open_streams()
    {
        var workspace = $"w{Guid.CreateVersion7():N}"[..30];
        var key = await gateway.KeyAsync("moderator", workspace);
        var start = await LastAsync();
        var now = TimeProvider.System.GetUtcNow();

        await gateway.PublishAsync(new PresenceChanged(Guid.CreateVersion7(), workspace, Guid.CreateVersion7(), Guid.Empty, "ana", now, now.AddSeconds(30)));

        var heard = (await ListenAsync(key, start, 1)).Single();
        heard.Event.ShouldBe("presence");
        heard.Data.ShouldContain("\"user\":\"ana\"");
    }

    [Fact]
    public async Task A_place_that_was_never_given_out_is_answered_with_a_reset()
    {
        var key = await gateway.KeyAsync("moderator");
        (await ListenAsync(key, 9_000_000_000, 1)).Single().Event.ShouldBe("reset");
        await using (var trim = gateway.Database.CreateCommand("update gateway.live_trim set seq = (select coalesce(max(seq), 0) from gateway.live_log) + 1"))
        {
            await trim.ExecuteNonQueryAsync(Token);
        }

        (await ListenAsync(key, 1, 1)).Single().Event.ShouldBe("reset");
        await using (var undo = gateway.Database.CreateCommand("update gateway.live_trim set seq = 0"))
        {
            await undo.ExecuteNonQueryAsync(Token);
        }

        using var nonsense = await gateway.GetAsync("/api/live", key, ("Last-Event-ID", "yesterday"));
        await GatewayFixture.ShouldRefuseAsync(nonsense, HttpStatusCode.BadRequest, "last_event_id_invalid");
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    public async Task A_stream_ends_within_five_seconds_once_its_key_is_revoked_or_has_expired(string how)
    {
        using var made = await gateway.SendAsync(HttpMethod.Post, "/api/keys", new { name = "listener", role = "moderator" });
        var answer = await made.Content.ReadFromJsonAsync<JsonElement>(Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("secret").GetString());
        using var stream = await gateway.Stack.Gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var id = answer.GetProperty("key").GetProperty("id").GetGuid();
        if (how == "revoked")
        {
            using var revoked = await gateway.SendAsync(HttpMethod.Delete, $"/api/keys/{id}");
            revoked.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
        else
        {
            await using var passed = gateway.Database.CreateCommand($"update gateway.api_keys set expires_at = now() where id = '{id}'");
            (await passed.ExecuteNonQueryAsync(Token)).ShouldBe(1);
        }

        // Many more for a busy machine: without an end it would stay open for good.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        await stream.Content.ReadAsStringAsync(patience.Token);
    }

    private static MentionChanged Change(string workspace, int n)
    {
        var at = TimeProvider.System.GetUtcNow();
        return new MentionChanged(Guid.CreateVersion7(), workspace, Guid.CreateVersion7(), Guid.CreateVersion7(), "mention_claimed", n + 1, "claimed", null, null, at, at, at);
    }

    private async Task<long> LastAsync()
    {
        await using var command = gateway.Database.CreateCommand("select greatest(coalesce((select max(seq) from gateway.live_log), 0), (select seq from gateway.live_trim))");
        return (long)(await command.ExecuteScalarAsync(Token))!;
    }

    // Reads that many events, then hangs up in the middle of the stream.
    private async Task<List<(long Id, string Event, string Data)>> ListenAsync(string key, long after, int count)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/live");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.TryAddWithoutValidation("Last-Event-ID", $"{after}");
        using var answer = await gateway.Stack.Gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        var events = new List<(long Id, string Event, string Data)>();
        (long Id, string Event, string Data) next = default;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (events.Count < count && await reader.ReadLineAsync(patience.Token) is { } line)
        {
            var (name, value) = line.Split(": ", 2) is [var n, var v] ? (n, v) : (line, "");
            switch (name)
            {
                case "id":
                    next.Id = long.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                    break;
                case "event":
                    next.Event = value;
                    break;
                case "data":
                    next.Data = value;
                    break;
                case "" when next.Event is not null:
                    events.Add(next);
                    next = default;
                    break;
            }
        }

        return events;
    }
}
