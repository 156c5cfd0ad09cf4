using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>A user as an admin sees one.</summary>
/// <param name="Id">Never changes.</param>
/// <param name="Name">The name to sign in with.</param>
/// <param name="Role">What they may do.</param>
/// <param name="CreatedAt">When the user was added.</param>
/// <param name="LastSignInAt">When they gave their password last; null while they never did.</param>
public sealed record UserView(Guid Id, string Name, Role Role, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt);

/// <summary>Body of <c>POST /api/users</c>.</summary>
/// <param name="Name">1 to 64 letters, digits or <c>. _ - + @</c>.</param>
/// <param name="Role">What they may do; there is none that they have by themselves.</param>
/// <param name="Password">10 to 256 characters; left out, one is made up and answered once.</param>
public sealed record AddUser(string Name, Role? Role, string? Password = null);

/// <summary>Answer of <c>POST /api/users</c>.</summary>
/// <param name="User">The new user.</param>
/// <param name="Password">The made-up password, shown this once; null when one was given.</param>
public sealed record AddedUser(UserView User, string? Password);

/// <summary>Body of <c>PUT /api/users/{id}/role</c>.</summary>
/// <param name="Role">What they may do from now on.</param>
public sealed record SetRole(Role? Role);

/// <summary>Body of <c>POST /api/users/{id}/password</c>.</summary>
/// <param name="Password">10 to 256 characters; left out, one is made up and answered once.</param>
public sealed record ResetPassword(string? Password = null);

/// <summary>Answer of <c>POST /api/users/{id}/password</c>.</summary>
/// <param name="Password">The made-up password, shown this once; null when one was given.</param>
public sealed record PasswordReset(string? Password);

/// <summary>Admins keep the users of their workspace.</summary>
internal static class ManageUsers
{
    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/users").WithTags("Users").RequireAuthorization(Access.Admin);
        group.MapGet("", ListAsync).WithName("ListUsers").WithSummary("The users of the workspace");
        group.MapPost("", AddAsync).WithName("AddUser").WithSummary("Add a user");
        group.MapPut("/{id:guid}/role", SetRoleAsync).WithName("SetUserRole").WithSummary("Give a user another role")
            .WithDescription("Ends their sessions, which say the old role. The last admin of a workspace stays one.");
        group.MapPost("/{id:guid}/password", ResetAsync).WithName("ResetUserPassword").WithSummary("Give a user a new password")
            .WithDescription("Ends their sessions, and the wait after too many wrong tries.");
        group.MapPost("/{id:guid}/sign-out", SignOutAsync).WithName("SignOutUser").WithSummary("End all sessions of a user")
            .WithDescription("Every gateway refuses them within 20 seconds, open pages within half a minute.");
        group.MapDelete("/{id:guid}", RemoveAsync).WithName("RemoveUser").WithSummary("Remove a user and end their sessions");
    }

    private static async Task<Ok<IReadOnlyList<UserView>>> ListAsync(ClaimsPrincipal admin, People people, CancellationToken cancellationToken) =>
        TypedResults.Ok(await people.UsersAsync(admin.Caller(), cancellationToken));

    private static async Task<Created<AddedUser>> AddAsync(AddUser body, ClaimsPrincipal admin, People people, CancellationToken cancellationToken)
    {
        var added = await people.AddUserAsync(admin.Caller(), body, cancellationToken);
        return TypedResults.Created($"/api/users/{added.User.Id}", added);
    }

    private static async Task<Ok<UserView>> SetRoleAsync(Guid id, SetRole body, ClaimsPrincipal admin, People people, CancellationToken cancellationToken) =>
        TypedResults.Ok(await people.SetRoleAsync(admin.Caller(), id, Names.Role(body.Role), cancellationToken));

    private static async Task<Ok<PasswordReset>> ResetAsync(Guid id, ResetPassword body, ClaimsPrincipal admin, People people, CancellationToken cancellationToken) =>
        TypedResults.Ok(new PasswordReset(await people.ResetPasswordAsync(admin.Caller(), id, body.Password, cancellationToken)));

    private static async Task<NoContent> SignOutAsync(Guid id, ClaimsPrincipal admin, People people, CancellationToken cancellationToken)
    {
        await people.SignOutAsync(admin.Caller(), id, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> RemoveAsync(Guid id, ClaimsPrincipal admin, People people, CancellationToken cancellationToken)
    {
        await people.RemoveAsync(admin.Caller(), id, cancellationToken);
        return TypedResults.NoContent();
    }
}
