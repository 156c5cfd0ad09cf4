using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Serm.Defaults;

namespace Serm.Gateway.Auth;

/// <summary>The admin that is made at the first start when nobody can run a command (<c>Gateway:FirstAdmin</c>).</summary>
internal sealed class FirstAdminOptions
{
    /// <summary>The name; nothing is made without one.</summary>
    public string? Name { get; set; }

    /// <summary>The password, 10 to 256 characters.</summary>
    [StringLength(Names.LongestPassword, MinimumLength = Names.ShortestPassword)]
    public string? Password { get; set; }

    /// <summary>The tenant.</summary>
    public string Workspace { get; set; } = "main";
}

/// <summary>Makes the first admin, once in the life of an installation.</summary>
internal sealed partial class FirstAdmin(Users users, Passwords passwords, TimeProvider clock, IOptions<FirstAdminOptions> options, ILogger<FirstAdmin> log) : IHostedService
{
    /// <summary>Adds the admin. False when there is an admin already.</summary>
    public Task<bool> AddAsync(string name, string password, string workspace, CancellationToken cancellationToken) => users.AddAsync(
        new User(Guid.CreateVersion7(), Names.User(name), Names.Workspace(workspace), Role.Admin, passwords.Hash(password), Users.NewStamp(), clock.GetUtcNow()),
        onlyFirstAdmin: true,
        AccessChanges.CommandLine,
        cancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value is not { Name: { Length: > 0 } name, Password: { Length: > 0 } password } given)
        {
            return;
        }

        var added = false;
        await Transient.RetryAsync(async ct => added = await AddAsync(name, password, given.Workspace, ct), log, cancellationToken);
        if (added)
        {
            LogAdded(log, given.Workspace);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 203, Level = LogLevel.Information, Message = "The first admin of the workspace {Workspace} was added")]
    private static partial void LogAdded(ILogger log, string workspace);
}
