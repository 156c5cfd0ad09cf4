using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>The people and keys of a workspace without a database.</summary>
internal sealed class PeopleInMemory() : People(null!, null!, null!, null!, TimeProvider.System)
{
    public List<UserView> All { get; } = [];

    public List<KeyView> Keys { get; } = [];

    /// <summary>What was done, such as <c>sign out ben</c>.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Thrown by the next call.</summary>
    public Exception? Fails { get; set; }

    public UserView Add(string name, Role role, DateTimeOffset? signedIn = null)
    {
        var user = new UserView(Guid.CreateVersion7(), name, role, new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero), signedIn);
        All.Add(user);
        return user;
    }

    public KeyView AddKey(string name, Role role, string by = "ana", DateTimeOffset? ends = null, DateTimeOffset? used = null)
    {
        var key = new KeyView(Guid.CreateVersion7(), name, role, by, new(2026, 10, 1, 12, 0, 0, TimeSpan.Zero), ends, used);
        Keys.Add(key);
        return key;
    }

    public override Task<IReadOnlyList<UserView>> UsersAsync(Caller admin, CancellationToken cancellationToken) => Answer<IReadOnlyList<UserView>>([.. All]);

    public override Task<IReadOnlyList<KeyView>> KeysAsync(Caller admin, CancellationToken cancellationToken) => Answer<IReadOnlyList<KeyView>>([.. Keys]);

    public override async Task<AddedUser> AddUserAsync(Caller admin, AddUser body, CancellationToken cancellationToken) => new(await Answer(Add(Names.User(body.Name), Names.Role(body.Role))), "made-up-password");

    public override Task<UserView> SetRoleAsync(Caller admin, Guid id, Role role, CancellationToken cancellationToken)
    {
        var at = All.FindIndex(u => u.Id == id);
        return Answer(All[at] = All[at] with { Role = role });
    }

    public override Task<string?> ResetPasswordAsync(Caller admin, Guid id, string? given, CancellationToken cancellationToken) => Answer<string?>("made-up-password");

    public override Task SignOutAsync(Caller admin, Guid id, CancellationToken cancellationToken)
    {
        Done.Add($"sign out {All.Single(u => u.Id == id).Name}");
        return Answer(true);
    }

    public override Task RemoveAsync(Caller admin, Guid id, CancellationToken cancellationToken) => Answer(All.RemoveAll(u => u.Id == id));

    public override async Task<AddedKey> AddKeyAsync(Caller admin, AddKey body, CancellationToken cancellationToken) => new(await Answer(AddKey(Names.Key(body.Name), Names.Role(body.Role), admin.User, body.ExpiresAt)), "serm_secret");

    public override Task RevokeAsync(Caller admin, Guid id, CancellationToken cancellationToken) => Answer(Keys.RemoveAll(k => k.Id == id));

    private Task<T> Answer<T>(T answer)
    {
        var failure = Fails;
        Fails = null;
        return failure is null ? Task.FromResult(answer) : Task.FromException<T>(failure);
    }
}
