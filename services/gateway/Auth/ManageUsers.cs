using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>A user as an admin sees one.</summary>
/// <param name="Id">Never changes.</param>
/// <param name="Name">The name to sign in with.</param>
/// <param name="Role">What they may do.</param>
/// <param name="CreatedAt">When the user was added.</param>
public sealed record UserView(Guid Id, string Name, Role Role, DateTimeOffset CreatedAt);

/// <summary>Body of <c>POST /api/users</c>.</summary>
/// <param name="Name">1 to 64 letters, digits or <c>. _ - + @</c>.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Password">10 to 256 characters; left out, one is made up and answered once.</param>
public sealed record AddUser(string Name, Role Role, string? Password = null);

/// <summary>Answer of <c>POST /api/users</c>.</summary>
/// <param name="User">The new user.</param>
/// <param name="Password">The made-up password, shown this once; null when one was given.</param>
public sealed record AddedUser(UserView User, string? Password);

/// <summary>Admins add and remove the users of their workspace.</summary>
internal static class ManageUsers
{
    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/users").WithTags("Users").RequireAuthorization(Access.Admin);
        group.MapGet("", ListAsync).WithName("ListUsers").WithSummary("The users of the workspace");
        group.MapPost("", AddAsync).WithName("AddUser").WithSummary("Add a user");
        group.MapDelete("/{id:guid}", RemoveAsync).WithName("RemoveUser").WithSummary("Remove a user and end their sessions");
    }

    private static async Task<Ok<IEnumerable<UserView>>> ListAsync(ClaimsPrincipal admin, Users users, CancellationToken cancellationToken) =>
        TypedResults.Ok((await users.ListAsync(admin.Caller().Workspace, cancellationToken)).Select(View));

    private static async Task<Created<AddedUser>> AddAsync(AddUser body, ClaimsPrincipal admin, Users users, Passwords passwords, TimeProvider clock, CancellationToken cancellationToken)
    {
        var name = Names.User(body.Name);
        var password = body.Password is null ? Secrets.Base62(15) : Names.Password(body.Password, "password", name);
        var user = new User(Guid.CreateVersion7(), name, admin.Caller().Workspace, body.Role, passwords.Hash(password), Users.NewStamp(), clock.GetUtcNow());
        await users.AddAsync(user, onlyFirstAdmin: false, cancellationToken);
        return TypedResults.Created($"/api/users/{user.Id}", new AddedUser(View(user), body.Password is null ? password : null));
    }

    private static async Task<NoContent> RemoveAsync(Guid id, ClaimsPrincipal admin, Users users, CancellationToken cancellationToken)
    {
        var workspace = admin.Caller().Workspace;
        var user = await users.FindAsync(id, cancellationToken);
        if (user is null || !string.Equals(user.Workspace, workspace, StringComparison.Ordinal))
        {
            throw RuleViolation.NotFound("user");
        }

        return await users.RemoveAsync(id, workspace, cancellationToken)
            ? TypedResults.NoContent()
            : throw new RuleViolation("last_admin", "This is the last admin of the workspace. Add another admin first.");
    }

    private static UserView View(User user) => new(user.Id, user.Name, user.Role, user.CreatedAt);
}
