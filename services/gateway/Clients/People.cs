using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Gateway.Clients;

/// <summary>The users and API keys of the workspace.</summary>
internal sealed class PeopleClient(Inside inside, People people)
{
    public Task<IReadOnlyList<UserView>> UsersAsync(CancellationToken ct) => inside.ReadAsync(a => people.UsersAsync(a, ct), ct);

    public Task<AddedUser> AddAsync(string name, Role role, CancellationToken ct) => inside.DoAsync(a => people.AddUserAsync(a, new(name, role), ct), ct);

    public Task SetRoleAsync(UserView user, Role role, CancellationToken ct) => inside.DoAsync(a => people.SetRoleAsync(a, user.Id, role, ct), ct);

    /// <summary>Makes a password up.</summary>
    public Task<string?> ResetPasswordAsync(UserView user, CancellationToken ct) => inside.DoAsync(a => people.ResetPasswordAsync(a, user.Id, null, ct), ct);

    public Task SignOutAsync(UserView user, CancellationToken ct) => inside.DoAsync(a => people.SignOutAsync(a, user.Id, ct), ct);

    public Task RemoveAsync(UserView user, CancellationToken ct) => inside.DoAsync(a => people.RemoveAsync(a, user.Id, ct), ct);

    public Task<IReadOnlyList<KeyView>> KeysAsync(CancellationToken ct) => inside.ReadAsync(a => people.KeysAsync(a, ct), ct);

    public Task<AddedKey> AddKeyAsync(AddKey key, CancellationToken ct) => inside.DoAsync(a => people.AddKeyAsync(a, key, ct), ct);

    public Task RevokeAsync(KeyView key, CancellationToken ct) => inside.DoAsync(a => people.RevokeAsync(a, key.Id, ct), ct);
}
