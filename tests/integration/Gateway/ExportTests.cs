using System.Net;
using System.Net.Http.Headers;

namespace Serm.Tests.Integration.Gateway;

/// <summary>Exports as the outside asks for them.</summary>
public sealed class ExportTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    // More than connections on the way hold, so that a reader who stops makes everybody behind them wait.
    private const int Rows = 4_000;

    private static CancellationToken Token => GatewayFixture.Token;

    [Fact]
    public async Task Who_may_read_the_inbox_may_take_it_out_and_nobody_else()
    {
        foreach (var role in new[] { "integrator", "moderator", "manager" })
        {
            using var answer = await gateway.GetAsync("/api/mentions/export?format=csv&brand=00000000-0000-0000-0000-000000000001", await gateway.KeyAsync(role));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, role);
            answer.Content.Headers.ContentDisposition!.FileName.ShouldNotBeNull();
            answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
            answer.Content.Headers.ContentEncoding.ShouldBeEmpty();
        }

        (await gateway.ReadAsync("/api/brands/00000000-0000-0000-0000-000000000001/composition")).GetProperty("sources").GetArrayLength().ShouldBe(0);
        using var nobody = await gateway.GetAsync("/api/mentions/export?format=csv", "");
        await GatewayFixture.ShouldRefuseAsync(nobody, HttpStatusCode.Unauthorized, "not_signed_in");
        using var head = await gateway.SendAsync(HttpMethod.Head, "/api/mentions/export?format=csv");
        head.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        head.Content.Headers.Allow.ShouldNotContain("HEAD");
    }

    [Fact]
    public async Task What_breaks_off_is_never_taken_for_whole_and_who_goes_away_holds_up_nobody()
    {
        var key = await gateway.KeyAsync("integrator", "large");
        await SeedAsync();
        foreach (var format in new[] { "csv", "xlsx", "jsonl" })
        {
            using var answer = await BeginAsync(format, key);
            await using (var body = await answer.Content.ReadAsStreamAsync(Token))
            {
                (await body.ReadAsync(new byte[1024], Token)).ShouldBeGreaterThan(0);
                await RunAsync("alter table mentions.content rename to content_away");
                try
                {
                    var broken = await Should.ThrowAsync<Exception>(() => body.CopyToAsync(Stream.Null, Token));
                    (broken is HttpRequestException or IOException).ShouldBeTrue($"{format}: {broken}");
                }
                finally
                {
                    await RunAsync("alter table mentions.content_away rename to content");
                }
            }
        }

        // More than may run at once: each that was left gives its turn back.
        for (var i = 0; i < 6; i++)
        {
            using var left = await Eventually.Async(_ => BeginAsync("csv", key), a => a.StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(60), Token);
            await using var body = await left.Content.ReadAsStreamAsync(Token);
            (await body.ReadAsync(new byte[1024], Token)).ShouldBeGreaterThan(0);
        }

        using var whole = await Eventually.Async(_ => BeginAsync("csv", key), a => a.StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(60), Token);
        CsvReading.Read((await whole.Content.ReadAsStringAsync(Token)).TrimStart('\uFEFF')).Count.ShouldBe(Rows + 1);
    }

    private async Task<HttpResponseMessage> BeginAsync(string format, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/mentions/export?format={format}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await gateway.Stack.Gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private Task SeedAsync() => RunAsync($"""
        create table seed as select md5('large' || n)::uuid as id, (select string_agg(md5(n::text || k::text), ' ') from generate_series(1, 600) k) as text, now() - n * interval '1 second' as at from generate_series(1, {Rows}) n;
        insert into mentions.content (workspace, mention_id, revision, text) select 'large', id, 1, text from seed;
        insert into mentions.inbox (workspace, id, brand_id, brand_name, source_kind, source_id, source_name, language, label, status, urgency, published_at, seen_at, matched_at, stored_at, revision, version, backfill)
        select 'large', id, md5('brand')::uuid, 'Large', 'feed', md5('source')::uuid, 'Source', 'en', 3, 0, 1, at, at, at, at, 1, 1, false from seed;
        drop table seed; analyze mentions.inbox; analyze mentions.content
        """);

    private async Task RunAsync(string sql)
    {
        await using var command = gateway.Database.CreateCommand(sql);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync(Token);
    }
}
