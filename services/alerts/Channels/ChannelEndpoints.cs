using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>How a test of a channel ended.</summary>
/// <param name="Delivered">True when the receiver took it.</param>
/// <param name="Detail">What the receiver said; null when all went well.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record ChannelTest(bool Delivered, string? Detail, long Milliseconds);

/// <summary>The on-call order as it shall be.</summary>
/// <param name="Steps">At most 10, told one after the other while nobody acknowledges.</param>
/// <param name="MinSeverity">Incidents from this severity on; <c>critical</c> by default.</param>
public sealed record OnCallRequest(IReadOnlyList<OnCallStep>? Steps, IncidentSeverity? MinSeverity = null);

/// <summary>What every channel endpoint needs.</summary>
internal sealed record ChannelDesk(ChannelTable Table, NoticeBook Notices, NoticeTable Due, OutboundGuard Guard, Caller Caller, TimeProvider Clock, HttpResponse Response)
{
    public ChannelView View(StoredChannel s)
    {
        Response.Headers.ETag = $"\"{s.Channel.Version}\"";
        var c = s.Channel;
        var host = c.Settings.Host ?? (Table.Open(Caller.Workspace, s)?.Url is { } url ? new Uri(url).Host : c.Kind == ChannelKinds.Telegram ? "api.telegram.org" : null);
        var state = s.LastError is not null ? "failing" : s.LastGoodAt is null ? "new" : "ok";
        return new(
            c.Id, c.Kind, c.Name, c.Enabled, c.Settings.To, c.Settings.From, host, c.Settings.Port, c.Settings.User, c.Settings.Tls, c.Settings.ChatId, c.MinSeverity, c.TellResolved, c.Quiet, c.Digest, c.DigestAt,
            c.Language, c.TimeZone, state, s.LastError, s.LastGoodAt, s.Failures, s.NextDigestAt, c.Version, c.KeepsQuiet);
    }

    public async Task<StoredChannel> FindAsync(Guid id, CancellationToken ct) => await Table.FindAsync(Caller.Workspace, id, ct) ?? throw RuleViolation.NotFound("channel");

    // What was given up while it failed.
    public async Task TakeUpAsync(NoticeChannel channel, CancellationToken ct)
    {
        if (channel.Enabled)
        {
            await Due.TakeUpAsync(Caller.Workspace, channel, (await Notices.OfAsync(Caller.Workspace, ct)).Quiet, ct);
        }
    }

    // Said now, where it can be mended; checked again at every connection.
    public async Task RequireAllowedAsync(NoticeChannel channel, ChannelSecret secret, CancellationToken ct)
    {
        // Who reads the address on the way may post, and reads what people wrote. Hosts inside seldom have a certificate.
        if (secret.Url is { } hook && new Uri(hook) is { Scheme: "http" } plain && !Guard.Allows(plain.Host, IPAddress.Loopback))
        {
            throw RuleViolation.Invalid("url", "https_required", "Use https: the address is a secret, and what is told must not be readable on the way.");
        }

        var (field, host) = channel.Settings.Host is { } smtp ? ("host", smtp) : secret.Url is { } url ? ("url", new Uri(url).Host) : ("", null);
        if (host is not null && !await Guard.AllowsAsync(host, ct))
        {
            throw RuleViolation.Invalid(field, "address_refused", $"The host {host} is at a private, loopback or otherwise special address. Use a public one, or have the operator add it to SERM_ALLOW_HOSTS.");
        }
    }
}

/// <summary>Channels and the on-call order over HTTP.</summary>
internal static class ChannelEndpoints
{
    private const int MostChannels = 100;
    private static readonly Role[] Readers = [Role.Moderator, Role.Manager];

    public static void MapChannels(this IEndpointRouteBuilder app)
    {
        var channels = app.MapGroup("/api/channels").WithTags("Channels");
        channels.MapGet("", ListAsync).WithName("ListChannels").WithSummary("All channels, by name, and how they are doing").RequireRole(Readers);
        channels.MapPost("", AddAsync).WithName("AddChannel").WithSummary("Add a channel").RequireRole(Role.Manager);
        channels.MapGet("{id:guid}", OneAsync).WithName("GetChannel").WithSummary("One channel").RequireRole(Readers);
        channels.MapPut("{id:guid}", ChangeAsync).WithName("ChangeChannel").WithSummary("Replace a channel; secrets that are left out are kept")
            .WithDescription("What was given up within the last week because the channel failed is told again, unless nobody need be told any more. A digest that is turned off is sent a last time, up to now.").TakesVersion().RequireRole(Role.Manager);
        channels.MapDelete("{id:guid}", RemoveAsync).WithName("RemoveChannel").WithSummary("Remove a channel").TakesVersion().RequireRole(Role.Manager);
        channels.MapPost("{id:guid}/test", TestAsync).WithName("TestChannel").WithSummary("Send a test now")
            .WithDescription("When the receiver takes it, what was given up within the last week because the channel failed is told again, unless nobody need be told any more.").RequireRole(Role.Manager);
        app.MapGet("/api/on-call", OnCallAsync).WithTags("Channels").WithName("GetOnCall").WithSummary("Who is told one after the other while nobody acknowledges").RequireRole(Readers);
        app.MapPut("/api/on-call", ChangeOnCallAsync).WithTags("Channels").WithName("ChangeOnCall").WithSummary("Replace the order").RequireRole(Role.Manager);
    }

    private static async Task<Ok<List<ChannelView>>> ListAsync([AsParameters] ChannelDesk desk, CancellationToken ct)
    {
        var views = (await desk.Table.ListAsync(desk.Caller.Workspace, ct)).ConvertAll(desk.View);
        desk.Response.Headers.Remove("ETag");
        return TypedResults.Ok(views);
    }

    private static async Task<Ok<ChannelView>> OneAsync(Guid id, [AsParameters] ChannelDesk desk, CancellationToken ct) => TypedResults.Ok(desk.View(await desk.FindAsync(id, ct)));

    private static async Task<Created<ChannelView>> AddAsync(ChannelRequest body, [AsParameters] ChannelDesk desk, CancellationToken ct)
    {
        var (channel, secret) = body.Check(Guid.CreateVersion7(desk.Clock.GetUtcNow()), null, 1);
        await desk.RequireAllowedAsync(channel, secret, ct);
        if ((await desk.Table.ListAsync(desk.Caller.Workspace, ct)).Count >= MostChannels)
        {
            throw new RuleViolation("too_many_channels", $"A workspace has at most {MostChannels} channels. Remove one first.");
        }

        return TypedResults.Created($"/api/channels/{channel.Id}", await SaveAsync(channel, secret, desk, ct));
    }

    private static async Task<Ok<ChannelView>> ChangeAsync(Guid id, ChannelRequest body, HttpRequest request, [AsParameters] ChannelDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        var stored = await desk.FindAsync(id, ct);
        if (stored.Channel.Version != expected)
        {
            throw RuleViolation.Stale(stored.Channel.Version);
        }

        var (channel, secret) = body.Check(id, desk.Table.Open(desk.Caller.Workspace, stored), (int)expected + 1);
        if (channel.Kind != stored.Channel.Kind)
        {
            throw RuleViolation.Invalid("kind", "kind_fixed", "A channel keeps its kind. Add another one.");
        }

        // A password must not go to another server than the one that it was given for.
        if (channel.Kind == ChannelKinds.Email && body.Password is null && secret.Password is not null && !string.Equals(channel.Settings.Host, stored.Channel.Settings.Host, StringComparison.OrdinalIgnoreCase))
        {
            throw RuleViolation.Invalid("password", "password_needed", "The server is another one: give the password anew.");
        }

        await desk.RequireAllowedAsync(channel, secret, ct);
        var view = await SaveAsync(channel, secret, desk, ct, stored);
        await desk.TakeUpAsync(channel, ct);
        return TypedResults.Ok(view);
    }

    private static async Task<NoContent> RemoveAsync(Guid id, HttpRequest request, [AsParameters] ChannelDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        var stored = await desk.FindAsync(id, ct);
        if (!await desk.Table.RemoveAsync(desk.Caller.Workspace, stored.Channel, expected, desk.Caller.User, ct))
        {
            throw RuleViolation.Stale(stored.Channel.Version);
        }

        desk.Notices.Forget(desk.Caller.Workspace);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ChannelTest>> TestAsync(Guid id, [AsParameters] ChannelDesk desk, Senders senders, ChannelHealth health, CancellationToken ct)
    {
        var stored = await desk.FindAsync(id, ct);
        var message = Message.Test(stored.Channel, desk.Caller.User, Guid.CreateVersion7(desk.Clock.GetUtcNow()));
        var (began, watch) = (desk.Clock.GetUtcNow(), Stopwatch.StartNew());
        var outcome = await senders.SendAsync(stored.Channel, desk.Table.Open(desk.Caller.Workspace, stored), message, ct);
        await desk.Table.NoteAsync(desk.Caller.Workspace, id, outcome, began, ct);
        if (outcome.Error is null)
        {
            await health.WorksAsync(desk.Caller.Workspace, stored.Channel, ct);
            await desk.TakeUpAsync(stored.Channel, ct);
        }

        return TypedResults.Ok(new ChannelTest(outcome.Error is null, outcome.Error, watch.ElapsedMilliseconds));
    }

    private static async Task<Ok<OnCall>> OnCallAsync(Caller caller, NoticeBook notices, CancellationToken ct) => TypedResults.Ok((await notices.OfAsync(caller.Workspace, ct)).OnCall);

    private static async Task<Ok<OnCall>> ChangeOnCallAsync(OnCallRequest body, Caller caller, NoticeBook notices, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken ct)
    {
        var known = await notices.OfAsync(caller.Workspace, ct);
        var steps = body.Steps ?? [];
        if (steps.Any(s => s is null))
        {
            throw RuleViolation.Invalid("steps", "channel_unknown", "A step names a channel: {\"channelId\": \"...\", \"afterMinutes\": 0}.");
        }

        if (steps.Count > 10 || steps.Any(s => s.AfterMinutes is < 0 or > 1_440) || steps.Zip(steps.Skip(1)).Any(p => p.Second.AfterMinutes < p.First.AfterMinutes))
        {
            throw RuleViolation.Invalid("steps", "out_of_range", "At most 10 steps, each 0 to 1,440 minutes after the beginning and none before the one above it.");
        }

        if (steps.FirstOrDefault(s => known.Channels.All(c => c.Id != s.ChannelId)) is { } unknown)
        {
            throw RuleViolation.Invalid("steps", "channel_unknown", $"There is no channel {unknown.ChannelId} in this workspace.");
        }

        var order = new OnCall(steps, body.MinSeverity ?? IncidentSeverity.Critical, known.OnCall.Version + 1);
        await ChangeRows.WithAsync(
            dataSource,
            "alerts",
            caller.Workspace,
            async connection =>
            {
                await using var command = new NpgsqlCommand("insert into alerts.on_call (workspace, state) values ($1, $2::jsonb) on conflict (workspace) do update set state = excluded.state", connection);
                command.Parameters.AddWithValue(caller.Workspace);
                command.Parameters.AddWithValue(JsonSerializer.Serialize(order, RuleLog.Json));
                return await command.ExecuteNonQueryAsync(ct);
            },
            _ => ChannelChanges.OnCall(known.OnCall, order, known.Channels.ToDictionary(c => c.Id, c => c.Name), caller.User, clock.GetUtcNow()),
            ct);
        notices.Forget(caller.Workspace);
        return TypedResults.Ok(order);
    }

    private static async Task<ChannelView> SaveAsync(NoticeChannel channel, ChannelSecret secret, ChannelDesk desk, CancellationToken ct, StoredChannel? before = null)
    {
        await desk.Table.SaveAsync(desk.Caller.Workspace, channel, secret, (await desk.Notices.OfAsync(desk.Caller.Workspace, ct)).Quiet, desk.Caller.User, ct, before);
        desk.Notices.Forget(desk.Caller.Workspace);
        return desk.View(await desk.FindAsync(channel.Id, ct));
    }
}
