using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.OpenApi;

namespace Serm.Defaults;

/// <summary>Each service describes its own endpoints as OpenAPI 3.1; the gateway puts the descriptions together.</summary>
public static class ApiDocument
{
    /// <summary>Name of the document.</summary>
    public const string Name = "v1";

    /// <summary>Where each service serves it inside, and the gateway outside.</summary>
    public const string Path = $"/openapi/{Name}.json";

    /// <summary>Says that an endpoint takes the version in <c>If-Match</c>.</summary>
    /// <param name="builder">An endpoint or a group.</param>
    /// <param name="required">True when it is refused with 428 without one.</param>
    public static TBuilder TakesVersion<TBuilder>(this TBuilder builder, bool required = true)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new VersionHeader(required));

    internal static void AddApiDocument(this IHostApplicationBuilder builder)
    {
        var docs = new XmlDocs(AppContext.BaseDirectory);
        builder.Services.AddOpenApi(Name, o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            o.AddSchemaTransformer((schema, context, _) =>
            {
                DescribeTimes(schema, context);
                if (context.JsonPropertyInfo is { AttributeProvider: MemberInfo { DeclaringType: { } owner } member })
                {
                    schema.Description ??= docs.Of(owner, member.Name);
                }
                else if (context.ParameterDescription is null)
                {
                    schema.Description ??= docs.Of(context.JsonTypeInfo.Type, null);
                }

                return Task.CompletedTask;
            });
            o.AddOperationTransformer((operation, context, _) =>
            {
                if (context.Description.ActionDescriptor.EndpointMetadata.OfType<VersionHeader>().LastOrDefault() is { } version)
                {
                    operation.Parameters ??= [];
                    operation.Parameters.Add(new OpenApiParameter
                    {
                        Name = "If-Match",
                        In = ParameterLocation.Header,
                        Required = version.Required,
                        Description = "The ETag of the last answer, such as \"3\": what you saw when you decided. 412 when it was changed in the meantime.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    });
                }

                return Task.CompletedTask;
            });
        });
    }

    // What a converter of our own reads is unknown to the description.
    private static void DescribeTimes(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element } && element == typeof(DateTimeOffset))
        {
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
        }
        else if ((Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type) == typeof(DateTimeOffset))
        {
            schema.Type = context.JsonTypeInfo.Type == typeof(DateTimeOffset) || context is { JsonPropertyInfo: null, ParameterDescription: not null } ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }
    }

    private sealed record VersionHeader(bool Required);
}
