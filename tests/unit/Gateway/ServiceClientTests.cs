using System.Net;
using System.Text;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Serm.Defaults;
using Serm.Gateway;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Proxy;
using Serm.Tests.Unit.Gateway.Pages;

namespace Serm.Tests.Unit.Gateway;

/// <summary>What a person is told when a service behind the pages does not answer to the end.</summary>
public sealed class ServiceClientTests
{
    [Theory]
    [InlineData("GET", HttpRequestError.ResponseEnded, "service_unavailable")]
    [InlineData("POST", HttpRequestError.ConnectionError, "service_unavailable")]
    [InlineData("POST", HttpRequestError.NameResolutionError, "service_unavailable")]
    [InlineData("POST", HttpRequestError.ResponseEnded, "outcome_unknown")]
    [InlineData("PUT", HttpRequestError.Unknown, "outcome_unknown")]
    public async Task An_answer_that_is_missing_promises_nothing_that_may_be_untrue(string method, HttpRequestError error, string code) =>
        await ShouldRefuseAsync(method, () => throw new HttpRequestException(error), code);

    [Fact]
    public async Task An_answer_that_came_late_or_cannot_be_read_may_be_that_to_a_change()
    {
        await ShouldRefuseAsync("POST", () => throw new TaskCanceledException("late", new TimeoutException()), "outcome_unknown");
        await ShouldRefuseAsync("POST", () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{", Encoding.UTF8, "application/json") }, "outcome_unknown");
        await ShouldRefuseAsync("GET", () => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{", Encoding.UTF8, "application/json") }, "service_unavailable");
    }

    private static async Task ShouldRefuseAsync(string method, Func<HttpResponseMessage> answer, string code)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(ServiceAddresses.Names.Select(n => KeyValuePair.Create($"Services:{n}", (string?)"http://service.invalid")).Append(new("Serm:InternalKey", "key")))
            .Build();
        await using var stage = new PageStage();
        var texts = stage.Services.GetRequiredService<IStringLocalizer<Texts>>();
        using var services = new Answering(answer);
        var client = new ServiceClient(services, new ServiceAddresses(configuration), new CallerHeaders(configuration), new SignedIn(), texts);
        var refusal = await Should.ThrowAsync<Refusal>(() => client.SendAsync<object>(new HttpMethod(method), "mentions", "/api/mentions", null, null, TestContext.Current.CancellationToken));
        refusal.Code.ShouldBe(code);
        refusal.Message.Contains("look", StringComparison.Ordinal).ShouldBe(code == "outcome_unknown");
    }

    private sealed class SignedIn : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(Identity.Of(new User(Guid.CreateVersion7(), "ann", "main", Role.Admin, "", "stamp", TimeProvider.System.GetUtcNow()))));
    }

    private sealed class Answering(Func<HttpResponseMessage> answer) : HttpMessageHandler, IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => new(this, disposeHandler: false);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer());
    }
}
