using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Serm.Sentiments.Shadow;

namespace Serm.Tests.Integration.Sentiments;

/// <summary>Which model is said to judge is the one that does.</summary>
public sealed class ShowingModels(SentimentFixture fixture) : IClassFixture<SentimentFixture>
{
    private const string Learnt = "abcdefabcdef";

    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_model_that_was_learnt_on_what_was_shipped_before_is_not_said_to_judge()
    {
        await PromotedAsync(shipped: "000000000000");

        var models = await GetAsync("/api/models", HttpStatusCode.OK);
        models.GetProperty("inUse").GetString().ShouldBe(models.GetProperty("shipped").GetString());
        models.GetProperty("models")[0].GetProperty("inUse").GetBoolean().ShouldBeFalse();
        (await GetAsync($"/api/models/{Learnt}", HttpStatusCode.OK)).GetProperty("inUse").GetBoolean().ShouldBeFalse();
        (await GetAsync("/api/settings/sentiment", HttpStatusCode.OK)).GetProperty("modelVersion").ValueKind.ShouldBe(JsonValueKind.Null);
        (await GetAsync($"/api/models/{Learnt}/diff", HttpStatusCode.Conflict)).GetProperty("code").GetString().ShouldBe("model_outdated");
    }

    [Fact]
    public async Task A_learnt_model_judges_on_what_is_shipped_and_not_beside_a_transformer()
    {
        var shipped = (await GetAsync("/api/models", HttpStatusCode.OK)).GetProperty("shipped").GetString()!;
        await PromotedAsync(shipped);

        (await ModelRows.ListAsync(fixture.Database, workspace, shipped, TestContext.Current.CancellationToken)).ShouldHaveSingleItem().InUse.ShouldBeTrue();
        (await ModelRows.ListAsync(fixture.Database, workspace, basis: null, TestContext.Current.CancellationToken)).ShouldHaveSingleItem().InUse.ShouldBeFalse();
    }

    private async Task PromotedAsync(string shipped)
    {
        await using var batch = fixture.Database.CreateBatch();
        batch.BatchCommands.Add(new($"""
            insert into sentiment.models (workspace, id, version, shipped, status, asked_by, asked_at) values ('{workspace}', gen_random_uuid(), '{Learnt}', '{shipped}', 'ready', 'tester', now())
            """));
        batch.BatchCommands.Add(new($"insert into sentiment.settings (workspace, model_version, changed_by, changed_at) values ('{workspace}', '{Learnt}', 'tester', now())"));
        await batch.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task<JsonElement> GetAsync(string path, HttpStatusCode expected)
    {
        using var answer = await fixture.GetAsync(path, workspace);
        answer.StatusCode.ShouldBe(expected);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
