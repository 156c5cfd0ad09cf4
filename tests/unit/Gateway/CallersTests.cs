using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serm.Defaults;
using Serm.Gateway;
using Serm.Gateway.Auth;
using Serm.Gateway.Proxy;

namespace Serm.Tests.Unit.Gateway;

/// <summary>Who a caller is, and as whom a service hears of them.</summary>
public sealed class CallersTests
{
    private static readonly ApiKey Key = new(new Guid(1, 0, 0, new byte[8]), "robot", "main", Role.Moderator, "ann", default, null, null);

    [Fact]
    public void A_service_hears_who_calls_and_nothing_that_callers_say_of_themselves()
    {
        var headers = new CallerHeaders(new ConfigurationBuilder().AddInMemoryCollection([new("Serm:InternalKey", "inside")]).Build());
        using var request = new HttpRequestMessage();
        foreach (var (name, value) in new[]
        {
            ("x-serm-workspace", "other"), ("X-SERM-ROLE", "admin"), ("X-Serm-Internal", "guessed"), ("X-Serm-Else", "1"), ("Cookie", "serm=1"), ("Authorization", "Bearer serm_1"), ("Accept", "text/plain"),
        })
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        headers.Set(request.Headers, Identity.Of(Key));
        request.Headers.Select(h => (h.Key, string.Join(',', h.Value))).ShouldBe(
            [("Accept", "text/plain"), ("X-Serm-Internal", "inside"), ("X-Serm-Workspace", "main"), ("X-Serm-User", "key%3Arobot"), ("X-Serm-Role", "moderator")], ignoreOrder: true);

        CallerHeaders.SetNobody(request.Headers);
        request.Headers.Select(h => h.Key).ShouldBe(["Accept"]);
    }

    [Theory]
    [InlineData(Access.Read, "integrator moderator manager admin")]
    [InlineData(Access.Triage, "moderator manager admin")]
    [InlineData(Access.Ingest, "integrator admin")]
    [InlineData(Access.Integrate, "integrator manager admin")]
    [InlineData(Access.Manage, "manager admin")]
    [InlineData(Access.Admin, "admin")]
    public void So_many_roles_pass_and_no_more(string policy, string roles) => string.Join(' ', Access.Roles[policy].Select(r => r.Text())).ShouldBe(roles);

    [Theory]
    [InlineData("/api/mentions", "k")]
    [InlineData("/api/ingest", "i")]
    [InlineData("/API/Ingest", "i")]
    [InlineData("/api/ingested", "k")]
    public void Each_key_and_user_has_a_bucket_of_its_own(string path, string bucket)
    {
        var context = new DefaultHttpContext { User = Identity.Of(Key), Request = { Path = path } };

        RateLimits.Partition(context, new RateLimitOptions()).PartitionKey.ShouldBe($"{bucket}:{Key.Id}");
    }

    [Fact]
    public void Whom_a_proxy_says_that_it_speaks_for_is_believed_only_from_the_networks_that_are_named()
    {
        Read(null).ForwardedHeaders.ShouldBe(ForwardedHeaders.None);
        Read(" , ").ForwardedHeaders.ShouldBe(ForwardedHeaders.None);
        var named = Read("10.0.0.0/8, fd00::/8");
        named.ForwardedHeaders.ShouldBe(ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost);
        named.KnownIPNetworks.Select(n => n.ToString()).ShouldBe(["10.0.0.0/8", "fd00::/8"]);
        named.KnownProxies.ShouldBeEmpty();
        Should.Throw<InvalidOperationException>(() => Read("everybody"));

        static ForwardedHeadersOptions Read(string? proxies)
        {
            var builder = WebApplication.CreateEmptyBuilder(new());
            builder.Configuration["Gateway:TrustedProxies"] = proxies;
            builder.AddForwardedFrom();
            using var services = builder.Services.BuildServiceProvider();
            return services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;
        }
    }
}
