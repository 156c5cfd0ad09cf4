using System.Text.Json.Nodes;
using Serm.Gateway.Api;
using Yarp.ReverseProxy.Configuration;

namespace Serm.Tests.Unit.Gateway;

/// <summary>One description of what several services say of themselves.</summary>
public sealed class ApiMergeTests
{
    private static readonly ApiRoutes Routes = new(new InMemoryConfigProvider([Route("ingest"), Route("mentions")], []));

    [Fact]
    public void Types_of_one_name_are_told_apart_wherever_they_are_spoken_of()
    {
        var whole = Merge(
            Part("ingest", """{"Page":{"properties":{"gap":{"$ref":"#/components/schemas/Gap"}}},"Gap":{"properties":{"id":{"type":"string"}}}}"""),
            Part("mentions", """{"Page":{"properties":{"gap":{"$ref":"#/components/schemas/Gap"}}},"Gap":{"properties":{"sourceId":{"type":"string"}}}}"""));

        Members(whole, "ingest").ShouldBe(["id"]);
        Members(whole, "mentions").ShouldBe(["sourceId"]);
        whole["components"]!["schemas"]!.AsObject().Select(s => s.Key).ShouldBe(["Gap", "MentionsGap", "MentionsPage", "Page", "ProblemDetails"]);
    }

    [Fact]
    public void Null_is_said_where_it_can_be_and_not_by_the_type()
    {
        var whole = Merge(
            Part("ingest", "{}"),
            Part("mentions", """{"Page":{"properties":{"state":{"oneOf":[{"type":"null"},{"$ref":"#/components/schemas/State"}]}}},"State":{"enum":["running","met",null]}}"""));

        whole["components"]!["schemas"]!["State"]!["enum"]!.ToJsonString().ShouldBe("""["running","met"]""");
        whole["components"]!["schemas"]!["Page"]!["properties"]!["state"]!["oneOf"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public void A_change_can_be_refused_by_a_rule_with_and_without_a_body()
    {
        var whole = Merge(Part("ingest", "{}", "get"), Part("mentions", "{}", "post"));

        whole["paths"]!["/api/ingest"]!["get"]!["responses"]!["409"].ShouldBeNull();
        whole["paths"]!["/api/mentions"]!["post"]!["responses"]!["409"].ShouldNotBeNull();
    }

    private static JsonObject Merge(JsonObject ingest, JsonObject mentions) =>
        ApiMerge.Merge([], new Dictionary<string, JsonObject?>(StringComparer.Ordinal) { ["ingest"] = ingest, ["mentions"] = mentions }, Routes);

    private static JsonObject Part(string service, string schemas, string method = "get") => new()
    {
        ["paths"] = new JsonObject
        {
            [$"/api/{service}"] = new JsonObject
            {
                [method] = JsonNode.Parse("""{"responses":{"200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Page"}}}}}}"""),
            },
        },
        ["components"] = new JsonObject { ["schemas"] = JsonNode.Parse(schemas) },
    };

    private static IEnumerable<string> Members(JsonObject whole, string service)
    {
        var schemas = whole["components"]!["schemas"]!;
        var page = Name(whole["paths"]![$"/api/{service}"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!);
        var gap = Name(schemas[page]!["properties"]!["gap"]!);
        return schemas[gap]!["properties"]!.AsObject().Select(p => p.Key);
    }

    private static string Name(JsonNode reference) => reference["$ref"]!.GetValue<string>().Split('/')[^1];

    private static RouteConfig Route(string service) => new() { RouteId = service, ClusterId = service, AuthorizationPolicy = "read", Match = new() { Path = $"/api/{service}" } };
}
