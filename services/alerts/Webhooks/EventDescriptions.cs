using System.Reflection;
using System.Text.Json;
using Microsoft.OpenApi;

namespace Serm.Alerts;

/// <summary>Puts every type of public event, with its JSON schema, into the <c>webhooks</c> of the API's description.</summary>
internal static class EventDescriptions
{
    public static void AddEventDescriptions(this IServiceCollection services) => services.ConfigureAll<Microsoft.AspNetCore.OpenApi.OpenApiOptions>(o => o.AddDocumentTransformer(async (document, context, ct) =>
    {
        document.Webhooks ??= new Dictionary<string, IOpenApiPathItem>(StringComparer.Ordinal);
        foreach (var type in PublicEventTypes.All)
        {
            var data = await context.GetOrCreateSchemaAsync(type.Data, null, ct);
            SayNull(type.Data, data);
            var name = type.Data.Name;
            document.AddComponent(name, data);
            document.Webhooks[type.Name] = new OpenApiPathItem
            {
                Operations = new Dictionary<HttpMethod, OpenApiOperation> { [HttpMethod.Post] = Operation(type, new OpenApiSchemaReference(name, document)) },
            };
        }
    }));

    // Of a member that is an object the schema is that of its type, which says nothing of null.
    private static void SayNull(Type type, OpenApiSchema schema)
    {
        var nulls = new NullabilityInfoContext();
        foreach (var property in type.GetProperties())
        {
            if (schema.Properties?.TryGetValue(JsonNamingPolicy.CamelCase.ConvertName(property.Name), out var found) == true && found is OpenApiSchema { Type: JsonSchemaType.Object } member)
            {
                SayNull(property.PropertyType, member);
                member.Type = nulls.Create(property).ReadState == NullabilityState.Nullable ? JsonSchemaType.Object | JsonSchemaType.Null : member.Type;
            }
        }
    }

    private static OpenApiOperation Operation(PublicEventType type, IOpenApiSchema data) => new()
    {
        Summary = type.About,
        Description = "Signed as Standard Webhooks 1.0.0 says. Answer 2xx within 15 s; anything else is tried again for about 75 hours.",
        Parameters =
        [
            Header("webhook-id", "The event's id: the same in every attempt and replay. Take an id that you know for a repeat."),
            Header("webhook-timestamp", "When this attempt began, in seconds since 1970. Refuse what is more than five minutes off."),
            Header("webhook-signature", "One or more signatures separated by spaces: `v1,` and base64 of HMAC-SHA256 over `{webhook-id}.{webhook-timestamp}.{body}`; `v1a,` for ed25519."),
        ],
        RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new()
                {
                    Schema = new OpenApiSchema
                    {
                        Type = JsonSchemaType.Object,
                        Required = new HashSet<string>(StringComparer.Ordinal) { "type", "timestamp", "id", "sequence", "data" },
                        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                        {
                            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Const = type.Name },
                            ["timestamp"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time", Description = "When it happened." },
                            ["id"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid", Description = "As in webhook-id." },
                            ["sequence"] = new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.Null, Format = "int64", Description = "Its place in GET /api/events; null for a test. Deliveries are not in order." },
                            ["data"] = data,
                        },
                    },
                },
            },
        },
        Responses = new OpenApiResponses
        {
            ["2XX"] = new OpenApiResponse { Description = "Taken." },
            ["410"] = new OpenApiResponse { Description = "Gone: the webhook is disabled at once." },
        },
    };

    private static OpenApiParameter Header(string name, string what) =>
        new() { Name = name, In = ParameterLocation.Header, Required = true, Description = what, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
