using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Serm.Defaults;
using Serm.Gateway.Auth;

namespace Serm.Tests.Unit.Gateway;

/// <summary>Sessions while the database is down: nobody listens where it should be.</summary>
public sealed class SessionRulesTests : IAsyncDisposable
{
    private readonly NpgsqlDataSource _nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=nobody;Timeout=5");

    public ValueTask DisposeAsync() => _nowhere.DisposeAsync();

    [Fact]
    public async Task An_open_page_outlives_an_outage_of_the_database()
    {
        using var pages = new PageSessions(NullLoggerFactory.Instance, new Users(_nowhere, TimeProvider.System));
        var user = new User(Guid.CreateVersion7(), "ann", "main", Role.Moderator, "", "stamp", TimeProvider.System.GetUtcNow());
        (await IsStillWelcomeAsync(pages, new AuthenticationState(Identity.Of(user)), TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("ro\0ot")]
    [InlineData("ann smith")]
    public async Task A_name_that_nobody_can_have_is_refused_like_a_wrong_one_without_asking_the_database(string name)
    {
        using var passwords = new Passwords();
        var signIn = new SignIn(new Users(_nowhere, TimeProvider.System), passwords, new SignInThrottle(_nowhere, TimeProvider.System), NullLogger<SignIn>.Instance);
        var refused = await Should.ThrowAsync<RuleViolation>(() => signIn.CheckAsync(name, "a password", IPAddress.Loopback, TestContext.Current.CancellationToken));
        (refused.Status, refused.Code).ShouldBe((StatusCodes.Status401Unauthorized, "sign_in_refused"));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ValidateAuthenticationStateAsync")]
    private static extern Task<bool> IsStillWelcomeAsync(PageSessions pages, AuthenticationState state, CancellationToken cancellationToken);
}
