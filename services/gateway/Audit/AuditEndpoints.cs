using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Audit;

/// <summary>Who changed what, of all services.</summary>
internal static class AuditEndpoints
{
    public static void AddAudit(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<OwnChanges>();
        builder.Services.AddSingleton<AuditReader>();
    }

    public static void MapAudit(this IEndpointRouteBuilder app) => app.MapGet("/api/audit", ReadAsync)
        .RequireAuthorization(Access.Manage)
        .WithTags("Audit")
        .WithName("ListChanges")
        .WithSummary("Who changed what, the newest first")
        .WithDescription("Settings of all kinds, users, keys, sign-ins, erasures. Managers read of what they may see themselves: users, keys, erasures and parked messages are left out for them. "
            + "A service that does not answer within 4 seconds is named in missing; a table is refused then. What was changed before the version that began to write this down is not in it.")
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Responses?["200"].Content?.TryAdd("text/csv", new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } });
            return Task.CompletedTask;
        });

    private static async Task<Results<Ok<AuditPage>, FileContentHttpResult>> ReadAsync([AsParameters] AuditQuery query, ClaimsPrincipal who, AuditReader reader, TimeProvider clock, CancellationToken ct) => query.Format switch
    {
        null or "" or "json" => TypedResults.Ok(await reader.PageAsync(who.Caller(), query, ct)),
        "csv" => await AuditTable.FileAsync(reader, who.Caller(), query, clock.GetUtcNow(), ct),
        _ => throw RuleViolation.Invalid("format", "value_unknown", "format takes json, csv."),
    };
}
