using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>An API key as an admin sees one.</summary>
/// <param name="Id">Never changes.</param>
/// <param name="Name">What uses it.</param>
/// <param name="Role">What it may do.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Refused from then on; null for never.</param>
/// <param name="LastUsedAt">To a minute; null while unused.</param>
public sealed record KeyView(Guid Id, string Name, Role Role, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>Body of <c>POST /api/keys</c>.</summary>
/// <param name="Name">What will use it, 1 to 100 characters.</param>
/// <param name="Role">What it may do; there is none that it has by itself.</param>
/// <param name="ExpiresAt">Refused from then on; null for never.</param>
public sealed record AddKey(string Name, Role? Role, DateTimeOffset? ExpiresAt = null);

/// <summary>Answer of <c>POST /api/keys</c>.</summary>
/// <param name="Key">The new key.</param>
/// <param name="Secret">What to send as <c>Authorization: Bearer ...</c>: shown this once.</param>
public sealed record AddedKey(KeyView Key, string Secret);

/// <summary>Admins make and revoke the API keys of their workspace.</summary>
internal static class ManageKeys
{
    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/keys").WithTags("Keys").RequireAuthorization(Access.Admin);
        group.MapGet("", ListAsync).WithName("ListKeys").WithSummary("The API keys of the workspace");
        group.MapPost("", AddAsync).WithName("AddKey").WithSummary("Make an API key");
        group.MapDelete("/{id:guid}", RevokeAsync).WithName("RevokeKey").WithSummary("Revoke an API key").WithDescription("It is refused everywhere within five seconds.");
    }

    private static async Task<Ok<IReadOnlyList<KeyView>>> ListAsync(ClaimsPrincipal admin, People people, CancellationToken cancellationToken) =>
        TypedResults.Ok(await people.KeysAsync(admin.Caller(), cancellationToken));

    private static async Task<Created<AddedKey>> AddAsync(AddKey body, ClaimsPrincipal admin, People people, CancellationToken cancellationToken)
    {
        var added = await people.AddKeyAsync(admin.Caller(), body, cancellationToken);
        return TypedResults.Created($"/api/keys/{added.Key.Id}", added);
    }

    private static async Task<NoContent> RevokeAsync(Guid id, ClaimsPrincipal admin, People people, CancellationToken cancellationToken)
    {
        await people.RevokeAsync(admin.Caller(), id, cancellationToken);
        return TypedResults.NoContent();
    }
}
