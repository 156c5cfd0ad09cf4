using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;
using Npgsql;
using Serm.Defaults;
using Serm.Gateway.Audit;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Components;
using Serm.Gateway.Live;
using Serm.Gateway.Pages;
using Serm.Gateway.Parked;
using Serm.Gateway.Proxy;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>Pages and parts of them, before services that answer what a test says and refuse everything else. There is no database: nothing comes in by itself.</summary>
internal sealed class PageStage : BunitContext, IHttpClientFactory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Behind _services = new();
    private readonly BunitAuthorizationContext _who;
    private readonly NpgsqlDataSource _nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1");

    public PageStage()
    {
        DefaultWaitTimeout = Patience;
        JSInterop.Mode = JSRuntimeMode.Loose;
        JSInterop.SetupModule("./inbox.js").Mode = JSRuntimeMode.Loose;
        _who = AddAuthorization().SetAuthorized("ana");
        Become(Role.Admin);
        var settings = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Serm:InternalKey", "key"), .. ServiceAddresses.Names.Select(n => KeyValuePair.Create<string, string?>($"Services:{n}", $"http://{n}.service.example"))]).Build();
        Services.AddLogging();
        Services.AddLocalization(o => o.ResourcesPath = "Resources");
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddMudServices();
        Services.AddSingleton<IHttpClientFactory>(this);
        Services.AddSingleton(new ServiceAddresses(settings));
        Services.AddSingleton(new CallerHeaders(settings));
        Services.AddSingleton(new LiveFeed(new LiveLog(_nowhere, Clock), new Deliveries(_nowhere, null!, Clock, NullLogger<Deliveries>.Instance), NullLogger<LiveFeed>.Instance));
        foreach (var part in new[] { typeof(ServiceClient), typeof(MentionsClient), typeof(TriageClient), typeof(IncidentsClient), typeof(SourcesClient), typeof(BrandsClient), typeof(ServiceLevelsClient), typeof(HouseRulesClient), typeof(WebhooksClient), typeof(Inside), typeof(PeopleClient), typeof(PrivacyClient), typeof(ParkedClient), typeof(AuditClient), typeof(Colleagues), typeof(Questions), typeof(Desk), typeof(Answering), typeof(Viewer) })
        {
            Services.AddScoped(part);
        }

        Services.AddSingleton(new Users(_nowhere, Clock));
        Services.AddSingleton<People>(People);
        Services.AddSingleton<ParkedMessages>(Parked);
        Services.AddSingleton<OwnChanges>(Changes);
        Services.AddSingleton<AuditReader>();

        // From here on no service can be added.
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    /// <summary>The time of the pages.</summary>
    public FakeTimeProvider Clock { get; } = new(new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The users and keys of the workspace.</summary>
    public PeopleInMemory People { get; } = new();

    /// <summary>What is parked.</summary>
    public ParkedInMemory Parked { get; } = new();

    /// <summary>What was changed in the gateway.</summary>
    public ChangesInMemory Changes { get; } = new();

    /// <summary>What the services were asked, such as <c>GET /api/brands?x=1</c>.</summary>
    public IEnumerable<string> Asked => _services.Asked;

    /// <summary>Whose pages they are from now on.</summary>
    public void Become(Role role)
    {
        _who.SetRoles(role.Text());
        _who.SetClaims(new Claim(Identity.WorkspaceClaim, "acme"));
        _who.SetPolicies([.. Access.Roles.Where(r => r.Value.Contains(role)).Select(r => r.Key)]);
    }

    /// <summary>From now on nobody is signed in.</summary>
    public void SignOut() => _who.SetNotAuthorized();

    /// <summary>Leads to an address, as a link does.</summary>
    public void Go(string address) => Services.GetRequiredService<NavigationManager>().NavigateTo(address);

    /// <summary>Where the pages are.</summary>
    public string Address => Services.GetRequiredService<NavigationManager>().Uri;

    /// <summary>From now on this is answered.</summary>
    /// <param name="what">Such as <c>GET /api/brands</c>, or <c>GET ingest:/inside/changes</c> of one service.</param>
    public void Answer(string what, object with) => Answer(what, _ => Task.FromResult<object?>(with));

    /// <summary>From now on this is answered; null refuses.</summary>
    /// <param name="what">Such as <c>GET /api/brands</c>.</param>
    /// <param name="with">Takes the query string.</param>
    public void Answer(string what, Func<string, Task<object?>> with) => _services.Answers[what] = with;

    /// <summary>From now on there is no such thing.</summary>
    public void Gone(string what) => Answer(what, HttpStatusCode.NotFound);

    public void Refuse(string what) => _services.Answers.TryRemove(what, out _);

    /// <summary>Waits until late answers have arrived where they are awaited.</summary>
    public static Task SettleAsync() => Task.Delay(200, Xunit.TestContext.Current.CancellationToken);

    public HttpClient CreateClient(string name) => new(_services, disposeHandler: false);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _nowhere.Dispose();
            _services.Dispose();
        }
    }

    private sealed class Behind : HttpMessageHandler
    {
        public ConcurrentDictionary<string, Func<string, Task<object?>>> Answers { get; } = new(StringComparer.Ordinal);

        public ConcurrentQueue<string> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var address = request.RequestUri!;
            Asked.Enqueue($"{request.Method} {address.PathAndQuery}");
            var body = Answers.TryGetValue($"{request.Method} {address.Host.Split('.')[0]}:{address.AbsolutePath}", out var answer) || Answers.TryGetValue($"{request.Method} {address.AbsolutePath}", out answer)
                ? await answer(address.Query)
                : null;
            return body switch
            {
                null => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
                HttpStatusCode status => new HttpResponseMessage(status) { Content = JsonContent.Create(new { status = (int)status, code = "not_found", detail = "There is no such thing in this workspace. Check the id." }) },
                _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(body, body.GetType(), options: ServiceClient.Json) },
            };
        }
    }
}
