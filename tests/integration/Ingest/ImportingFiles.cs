using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Serm.Defaults;

namespace Serm.Tests.Integration.Ingest;

public sealed class ImportingFiles(IngestFixture fixture) : IClassFixture<IngestFixture>
{
    private const string File = "date;text;author\n2019-03-01;acme was slow;Anna\n2019-03-02;something else;Bo\n";
    private readonly string workspace = $"w{Guid.CreateVersion7():N}";

    [Fact]
    public async Task A_dry_run_stores_nothing_and_an_import_is_history_that_comes_once()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        var (status, tried) = await ImportAsync(File, "dryRun=true");
        status.ShouldBe(HttpStatusCode.OK, tried.ToString());
        Counts(tried).ShouldBe((2, 2, 0, 1, 0));
        (await fixture.SendAsync(HttpMethod.Get, "/api/sources", workspace: workspace)).Body.GetArrayLength().ShouldBe(0);

        Counts((await ImportAsync(File)).Body).ShouldBe((2, 2, 0, 1, 0));
        Counts((await ImportAsync(File)).Body).ShouldBe((2, 0, 2, 0, 0));
        var mention = (await fixture.MentionsAsync(brand, 1)).ShouldHaveSingleItem();
        (mention.Backfill, mention.Post.SourceName, mention.Post.Author!.Name, mention.Post.PublishedAt.Year).ShouldBe((true, "old forum", "Anna", 2019));
    }

    [Fact]
    public async Task Posts_of_a_network_that_is_no_more_keep_its_kind()
    {
        var brand = await fixture.BrandAsync("Acme", "acme", workspace);
        await ImportAsync(File, "kind=googleplus");

        (await fixture.MentionsAsync(brand, 1))[0].Post.SourceKind.ShouldBe("googleplus");
        (await ImportAsync(File, "kind=vk")).Body.GetProperty("code").GetString().ShouldBe("kind_unknown");
    }

    [Fact]
    public async Task Nothing_of_a_file_with_invalid_rows_is_imported_unless_they_are_left_out_on_purpose()
    {
        var file = File + "soon;acme later;Cy\n";
        var (status, refused) = await ImportAsync(file);
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var error = refused.GetProperty("errors")[0];
        (refused.GetProperty("code").GetString(), error.GetProperty("row").GetInt32(), error.GetProperty("column").GetString(), error.GetProperty("code").GetString()).ShouldBe(("rows_invalid", 4, "date", "date_invalid"));

        Counts((await ImportAsync(file, "skipInvalid=true")).Body).ShouldBe((3, 2, 0, 0, 1));
    }

    [Fact]
    public async Task Only_managers_import()
    {
        (await ImportAsync(File, role: Role.Integrator)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await ImportAsync(File, role: Role.Moderator)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> ImportAsync(string file, string query = "", Role role = Role.Manager)
    {
        using var request = Stack.Request(HttpMethod.Post, $"/api/imports?source=old%20forum&{query}", workspace, role: role);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(file)) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        using var answer = await fixture.Stack.Ingest.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    private static (int Rows, int Accepted, int Repeated, int Matched, int Invalid) Counts(JsonElement a)
    {
        int Of(string name) => a.GetProperty(name).GetInt32();
        return (Of("rows"), Of("accepted"), Of("repeated"), Of("matched"), Of("invalid"));
    }
}
