using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Quiet hours of the workspace as they shall be.</summary>
/// <param name="Hours">Hours in which only what is critical is told: <c>{"from": "22:00:00", "to": "07:00:00"}</c>; null for none.</param>
/// <param name="TimeZone">IANA name, such as Europe/Stockholm; UTC by default.</param>
public sealed record QuietRequest(QuietHours? Hours, string? TimeZone = null);

/// <summary>Quiet hours of the workspace over HTTP.</summary>
internal static class QuietEndpoints
{
    // Of two who change at once the second is told.
    private const string Put = """
        insert into alerts.quiet_hours as q (workspace, version, state) values ($1, $2 + 1, $3::jsonb)
        on conflict (workspace) do update set version = excluded.version, state = excluded.state where q.version = $2
        """;

    public static void MapQuietHours(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/quiet-hours", GetAsync).WithTags("Channels").WithName("GetQuietHours").WithSummary("Quiet hours of the workspace").RequireRole(Role.Moderator, Role.Manager);
        app.MapPut("/api/quiet-hours", PutAsync).WithTags("Channels").WithName("ChangeQuietHours")
            .WithSummary("Replace them: they hold for channels without quiet hours of their own, and for what is decided from now on").TakesVersion().RequireRole(Role.Manager);
    }

    private static async Task<Ok<WorkspaceQuiet>> GetAsync(Caller caller, NoticeBook notices, HttpResponse response, CancellationToken ct) =>
        TypedResults.Ok(View((await notices.OfAsync(caller.Workspace, ct)).Quiet, response));

    private static async Task<Ok<WorkspaceQuiet>> PutAsync(QuietRequest body, Caller caller, NoticeBook notices, NpgsqlDataSource dataSource, TimeProvider clock, HttpRequest request, HttpResponse response, CancellationToken ct)
    {
        var expected = (int)request.RequiredVersion();
        var zone = body.TimeZone ?? "UTC";
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            throw RuleViolation.Invalid("timeZone", "time_zone_unknown", "Give a time zone by its IANA name, such as Europe/Stockholm.");
        }

        if (body.Hours is { } hours && hours.From == hours.To)
        {
            throw RuleViolation.Invalid("hours", "out_of_range", "Quiet hours begin and end at different times. Leave them out for none.");
        }

        var quiet = new WorkspaceQuiet(body.Hours, zone, expected + 1);
        var before = (await notices.OfAsync(caller.Workspace, ct)).Quiet;
        var changed = await ChangeRows.WithAsync(
            dataSource,
            "alerts",
            caller.Workspace,
            async connection =>
            {
                await using var command = new NpgsqlCommand(Put, connection);
                command.Parameters.AddWithValue(caller.Workspace);
                command.Parameters.AddWithValue(expected);
                command.Parameters.AddWithValue(JsonSerializer.Serialize(quiet, RuleLog.Json));
                return await command.ExecuteNonQueryAsync(ct);
            },
            rows => rows == 1 ? ChannelChanges.Quiet(before, quiet, caller.User, clock.GetUtcNow()) : null,
            ct);
        notices.Forget(caller.Workspace);
        var now = (await notices.OfAsync(caller.Workspace, ct)).Quiet;
        return changed == 1 && now.Version == quiet.Version ? TypedResults.Ok(View(quiet, response)) : throw RuleViolation.Stale(now.Version);
    }

    private static WorkspaceQuiet View(WorkspaceQuiet quiet, HttpResponse response)
    {
        response.Headers.ETag = $"\"{quiet.Version}\"";
        return quiet;
    }
}
