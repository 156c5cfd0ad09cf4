using Microsoft.AspNetCore.Authorization;
using MudBlazor;
using MudBlazor.Services;
using Serm.Gateway.Auth;
using Serm.Gateway.Clients;
using Serm.Gateway.Pages;

namespace Serm.Gateway.Components;

/// <summary>What the pages are composed of.</summary>
internal static class PagesSetup
{
    // A page that waits longer says so and offers to try again.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // A file of 10,000 posts is stored before it is answered.
    private static readonly TimeSpan FilesTimeout = TimeSpan.FromMinutes(5);

    public static void AddPages(this WebApplicationBuilder builder)
    {
        builder.Services.AddRazorComponents().AddInteractiveServerComponents(o =>
        {
            o.DetailedErrors = builder.Environment.IsDevelopment();
            o.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(5);
        });
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddLocalization(o => o.ResourcesPath = "Resources");
        builder.Services.AddTransient<MudLocalizer, PartTexts>();
        builder.Services.AddMudServices(o =>
        {
            o.SnackbarConfiguration.PositionClass = MudBlazor.Defaults.Classes.Position.BottomRight;
            o.SnackbarConfiguration.MaxDisplayedSnackbars = 4;
            o.SnackbarConfiguration.PreventDuplicates = true;
            o.SnackbarConfiguration.VisibleStateDuration = 6_000;
            o.SnackbarConfiguration.ShowTransitionDuration = 100;
            o.SnackbarConfiguration.HideTransitionDuration = 200;
            o.SnackbarConfiguration.SnackbarVariant = Variant.Text;
        });
        foreach (var (name, timeout) in new[] { (ServiceClient.Name, Timeout), (ServiceClient.Files, FilesTimeout) })
        {
            builder.Services.AddHttpClient(name, c => c.Timeout = timeout)
                .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) });
        }

        builder.Services.AddScoped<ServiceClient>();
        builder.Services.AddScoped<MentionsClient>();
        builder.Services.AddScoped<TriageClient>();
        builder.Services.AddScoped<ServiceLevelsClient>();
        builder.Services.AddScoped<HouseRulesClient>();
        builder.Services.AddScoped<SourcesClient>();
        builder.Services.AddScoped<BrandsClient>();
        builder.Services.AddScoped<WebhooksClient>();
        builder.Services.AddScoped<Inside>();
        builder.Services.AddScoped<PeopleClient>();
        builder.Services.AddScoped<PrivacyClient>();
        builder.Services.AddScoped<ParkedClient>();
        builder.Services.AddScoped<AuditClient>();
        builder.Services.AddScoped<Colleagues>();
        builder.Services.AddScoped<Questions>();
        builder.Services.AddScoped<IncidentsClient>();
        builder.Services.AddScoped<ModelsClient>();
        builder.Services.AddScoped<Desk>();
        builder.Services.AddScoped<Answering>();
        builder.Services.AddScoped<Viewer>();
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().Add(RequireSession);
    }

    // The page to sign in has no circuit. Whoever else could hold circuits without end would push the lost ones of people out of memory, with what they had written.
    // A page that closes says so without one: its session may have ended before it, and who is told to read with it would stay for minutes.
    private static void RequireSession(EndpointBuilder endpoint)
    {
        if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } path } && path.Trim('/') is var name && name.StartsWith("_blazor", StringComparison.Ordinal) && name != "_blazor/disconnect")
        {
            endpoint.Metadata.Add(new AuthorizeAttribute(Access.Read));
        }
    }
}
