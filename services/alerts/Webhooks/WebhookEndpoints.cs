using System.Security.Cryptography;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What every webhook endpoint needs.</summary>
internal sealed record WebhookDesk(IDocumentSession Session, NpgsqlDataSource DataSource, SecretBox Box, OutboundGuard Guard, Caller Caller, TimeProvider Clock, IOptions<WebhookOptions> Options, HttpResponse Response)
{
    /// <summary>Loads, decides, appends.</summary>
    public Task<Webhook> ApplyAsync(Guid id, Func<Webhook, DateTimeOffset, IReadOnlyList<object>> decide, CancellationToken cancellationToken, Action<IDocumentSession, Webhook>? also = null) =>
        WebhookLog.ApplyAsync(Session, id, w => decide(w, Clock.GetUtcNow()), also, cancellationToken);

    /// <summary>As the API shows it, with its ETag.</summary>
    public async Task<WebhookView> ViewAsync(Webhook webhook, CancellationToken cancellationToken)
    {
        Response.Headers.ETag = $"\"{webhook.Version}\"";
        var health = await WebhookHealth.ReadAsync(DataSource, [webhook.Id], Clock.GetUtcNow(), cancellationToken);
        return WebhookView.Of(webhook, health[webhook.Id], Clock.GetUtcNow());
    }

    /// <summary>The secrets of a webhook of the caller's workspace.</summary>
    public async Task<WebhookSecrets?> SecretsAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("select sealed from alerts.webhook_secrets where workspace = $1 and webhook_id = $2");
        command.Parameters.AddWithValue(Caller.Workspace);
        command.Parameters.AddWithValue(id);
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) is byte[] box ? Box.Open(Caller.Workspace, id, box) : null;
        }
        catch (CryptographicException)
        {
            // Sealed with a data key that is gone: as good as none.
            return null;
        }
    }
}

/// <summary>Webhooks over HTTP.</summary>
internal static class WebhookEndpoints
{
    internal static readonly Role[] Integrators = [Role.Integrator, Role.Manager];
    private const int MaxOverlapHours = 168;
    private const int DefaultOverlapHours = 24;

    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        var webhooks = app.MapGroup("/api/webhooks").WithTags("Webhooks").RequireRole(Integrators);
        webhooks.MapGet("", ListAsync).WithName("ListWebhooks").WithSummary("All webhooks with their health");
        webhooks.MapGet("types", () => TypedResults.Ok(PublicEventTypes.All.Select(t => new EventTypeView(t.Name, t.About)).ToList())).WithName("ListEventTypes").WithSummary("The types of events");
        webhooks.MapPost("", AddAsync).WithName("AddWebhook").WithSummary("Add a webhook; the answer has its secret, this once");
        webhooks.MapGet("{id:guid}", OneAsync).WithName("GetWebhook").WithSummary("One webhook");
        webhooks.MapPut("{id:guid}", ChangeAsync).WithName("ChangeWebhook").WithSummary("Replace what a webhook wants; its secret stays").TakesVersion();
        webhooks.MapDelete("{id:guid}", RemoveAsync).WithName("RemoveWebhook").WithSummary("Remove a webhook with its secret and what waits for it").TakesVersion();
        webhooks.MapPost("{id:guid}/rotate", RotateAsync).WithName("RotateWebhook").WithSummary("New secret; the old one signs as well for a while");
        webhooks.MapPost("{id:guid}/pause", PauseAsync).WithName("PauseWebhook").WithSummary("Stop delivering; deliveries wait");
        webhooks.MapPost("{id:guid}/resume", ResumeAsync).WithName("ResumeWebhook").WithSummary("Deliver again, after a pause or after it was disabled");
        webhooks.MapPost("{id:guid}/test", TestAsync).WithName("TestWebhook").WithSummary("Send an event of type test to this webhook alone; look for it in its deliveries");
    }

    private static async Task<Ok<List<WebhookView>>> ListAsync([AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var all = (await WebhookLog.StandingAsync(desk.DataSource, [desk.Caller.Workspace], ct)).GetValueOrDefault(desk.Caller.Workspace, []);
        var health = await WebhookHealth.ReadAsync(desk.DataSource, [.. all.Select(w => w.Id)], desk.Clock.GetUtcNow(), ct);
        return TypedResults.Ok(all.Select(w => WebhookView.Of(w, health[w.Id], desk.Clock.GetUtcNow())).ToList());
    }

    private static async Task<Ok<WebhookView>> OneAsync(Guid id, [AsParameters] WebhookDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.ViewAsync(await WebhookLog.OneAsync(desk.DataSource, desk.Caller.Workspace, id, ct), ct));

    private static async Task<Created<WebhookWithSecret>> AddAsync(WebhookRequest body, [AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var secrets = WebhookSecrets.New(WebhookSecrets.Check(body.Secret), body.HeaderValues(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)));
        var terms = await body.CheckAsync(desk.Guard, [], ct);
        var most = desk.Options.Value.PerWorkspace;
        if ((await WebhookLog.StandingAsync(desk.DataSource, [desk.Caller.Workspace], ct)).GetValueOrDefault(desk.Caller.Workspace, []).Count >= most)
        {
            throw new RuleViolation("too_many_webhooks", $"A workspace has at most {most:N0} webhooks. Remove one first.");
        }

        var id = Guid.CreateVersion7(desk.Clock.GetUtcNow());
        var webhook = await desk.ApplyAsync(id, (w, now) => WebhookDecider.Add(w, terms, secrets.PublicKey, desk.Caller.User, now), ct, (s, _) => desk.Box.Queue(s, id, secrets));
        return TypedResults.Created($"/api/webhooks/{id}", new WebhookWithSecret(secrets.Secret, await desk.ViewAsync(webhook, ct)));
    }

    private static async Task<Ok<WebhookView>> ChangeAsync(Guid id, WebhookRequest body, HttpRequest request, [AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        if (body.Secret is not null)
        {
            throw RuleViolation.Invalid("secret", "secret_not_here", $"A secret is changed by POST /api/webhooks/{id}/rotate, so that both count for a while.");
        }

        var before = await WebhookLog.OneAsync(desk.DataSource, desk.Caller.Workspace, id, ct);
        var secrets = await desk.SecretsAsync(id, ct)
            ?? throw new RuleViolation("secret_lost", "The secrets of this webhook cannot be opened with this data key. Rotate its secret first.");
        var values = body.HeaderValues(secrets.Headers, before.Terms.Url);
        var terms = await body.CheckAsync(desk.Guard, before.Terms.HeaderNames, ct);
        var webhook = await desk.ApplyAsync(
            id,
            (w, now) => WebhookDecider.Change(w, expected, terms, desk.Caller.User, now, headers: body.Headers?.Values.Any(v => v is not null) == true),
            ct,
            (s, _) => desk.Box.Queue(s, id, secrets with { Headers = values }));
        return TypedResults.Ok(await desk.ViewAsync(webhook, ct));
    }

    private static async Task<NoContent> RemoveAsync(Guid id, HttpRequest request, [AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        await desk.ApplyAsync(id, (w, now) => WebhookDecider.Remove(w, expected, desk.Caller.User, now), ct, (s, _) =>
        {
            s.QueueSqlCommand('^', "delete from alerts.webhook_secrets where workspace = ^ and webhook_id = ^", s.TenantId, id);
            s.QueueSqlCommand('^', "delete from alerts.deliveries where webhook_id = ^ and status = 0", id);
        });
        return TypedResults.NoContent();
    }

    private static async Task<Ok<WebhookWithSecret>> RotateAsync(Guid id, RotateRequest body, [AsParameters] WebhookDesk desk, CancellationToken ct)
    {
        var overlap = body.OverlapHours ?? DefaultOverlapHours;
        if (overlap is < 0 or > MaxOverlapHours)
        {
            throw RuleViolation.Invalid("overlapHours", "out_of_range", $"overlapHours takes 0 to {MaxOverlapHours}.");
        }

        var before = await WebhookLog.OneAsync(desk.DataSource, desk.Caller.Workspace, id, ct);
        var until = desk.Clock.GetUtcNow().AddHours(overlap);
        var given = WebhookSecrets.Check(body.Secret);
        var secrets = await desk.SecretsAsync(id, ct) is { } old ? old.Rotated(given, until) : WebhookSecrets.New(given, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase));
        var webhook = await desk.ApplyAsync(id, (w, now) => WebhookDecider.Rotate(w, before.Version, secrets.PublicKey, until, desk.Caller.User, now), ct, (s, _) => desk.Box.Queue(s, id, secrets));
        return TypedResults.Ok(new WebhookWithSecret(secrets.Secret, await desk.ViewAsync(webhook, ct)));
    }

    private static async Task<Ok<WebhookView>> PauseAsync(Guid id, [AsParameters] WebhookDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.ViewAsync(await desk.ApplyAsync(id, (w, now) => WebhookDecider.Pause(w, desk.Caller.User, now), ct), ct));

    private static async Task<Ok<WebhookView>> ResumeAsync(Guid id, [AsParameters] WebhookDesk desk, CancellationToken ct) =>
        TypedResults.Ok(await desk.ViewAsync(await desk.ApplyAsync(id, (w, now) => WebhookDecider.Resume(w, desk.Caller.User, now), ct, (s, _) =>

            // A clean slate: it has its full time again.
            s.QueueSqlCommand('^', "update alerts.webhook_health set failing_since = null where webhook_id = ^", id)), ct));

    private static async Task<Accepted<WebhookView>> TestAsync(Guid id, [AsParameters] WebhookDesk desk, CancellationToken ct) =>
        TypedResults.Accepted($"/api/webhooks/{id}/deliveries", await desk.ViewAsync(await desk.ApplyAsync(id, (w, now) => WebhookDecider.Test(w, desk.Caller.User, now), ct), ct));
}
