using System.Net;
using System.Text.Json;

namespace Serm.Tests.Integration.Gateway;

/// <summary>Who changed what, while not all services answer.</summary>
public sealed class AuditWithServicesDown(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Those_that_are_missing_are_named_and_no_table_lacks_them_in_silence()
    {
        using var made = await gateway.SendAsync(HttpMethod.Post, "/api/brands", new { name = "Told all the same", query = "acme" });
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var page = await gateway.ReadAsync("/api/audit?kind=brand");
        page.GetProperty("missing").EnumerateArray().Select(m => m.GetString()).ShouldBe(["sentiment", "alerts"]);
        page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("about").GetProperty("name").GetString()).ShouldContain("Told all the same");
        using var table = await gateway.GetAsync("/api/audit?format=csv");
        var problem = await GatewayFixture.ShouldRefuseAsync(table, HttpStatusCode.ServiceUnavailable, "service_unavailable");
        problem.GetProperty("missing").ValueKind.ShouldBe(JsonValueKind.Array);
    }

    [Fact]
    public async Task Changes_of_a_workspace_are_found_through_an_index()
    {
        await using (var fill = gateway.Database.CreateCommand("""
            insert into gateway.changes (workspace, id, at, by, kind, about_id, about, fields, admins_only)
            select 'w' || n % 20, gen_random_uuid(), now() - n * interval '1 second', 'ana', 'brand.changed', 'b' || n % 500, 'B', '[]', false from generate_series(1, 20000) n
            """))
        {
            await fill.ExecuteNonQueryAsync(GatewayFixture.Token);
        }

        foreach (var where in new[] { "workspace = 'w3'", "workspace = 'w3' and not admins_only", "workspace = 'w3' and at <= now() and (at, id) < (now(), '00000000-0000-0000-0000-000000000000')" })
        {
            await using var explain = gateway.Database.CreateCommand($"analyze gateway.changes; explain select * from gateway.changes where {where} order by at desc, id desc limit 51");
            var plan = new List<string>();
            await using var reader = await explain.ExecuteReaderAsync(GatewayFixture.Token);
            while (await reader.ReadAsync(GatewayFixture.Token))
            {
                plan.Add(reader.GetString(0));
            }

            string.Join('\n', plan).ShouldContain("changes_pkey");
        }
    }
}
