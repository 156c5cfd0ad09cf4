using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>A silence as it shall be. At least one of brand, rule, source, severity and words narrows it, or it silences everything.</summary>
/// <param name="Until">When it ends by itself: later than now, at most 90 days ahead.</param>
/// <param name="Why">1 to 500 characters: the next person wonders.</param>
/// <param name="BrandId">Incidents of this brand.</param>
/// <param name="RuleId">Incidents of this rule.</param>
/// <param name="SourceId">Incidents about this source.</param>
/// <param name="MaxSeverity">Incidents up to this severity.</param>
/// <param name="Words">Incidents that say one of these words; at most 50.</param>
public sealed record SilenceRequest(DateTimeOffset? Until, string? Why, Guid? BrandId = null, Guid? RuleId = null, Guid? SourceId = null, IncidentSeverity? MaxSeverity = null, IReadOnlyList<string>? Words = null)
{
    internal Silence Check(string by, DateTimeOffset now)
    {
        if (Until is not { } until || until <= now || until > now.AddDays(90))
        {
            throw RuleViolation.Invalid("until", "out_of_range", "A silence ends at a time later than now and at most 90 days ahead. Give it in \"until\", such as 2026-03-01T18:00:00Z.");
        }

        if (Why?.Trim() is not { Length: > 0 and <= 500 } why)
        {
            throw RuleViolation.Invalid("why", "out_of_range", "Say why in 1 to 500 characters: the next person wonders.");
        }

        if (Words is { Count: > 50 } || Words?.Any(w => w is not { Length: <= 100 } || Alerts.Words.Of(w).Length == 0) == true)
        {
            throw RuleViolation.Invalid("words", "out_of_range", "Give at most 50 words or phrases of 1 to 100 characters, each with a letter or digit.");
        }

        return new(Guid.CreateVersion7(now), BrandId, RuleId, SourceId, MaxSeverity, Words is { Count: > 0 } ? Words : null, why, by, now, until);
    }
}

/// <summary>Silences over HTTP.</summary>
internal static class SilenceEndpoints
{
    private const int MostAtOnce = 500;

    public static void MapSilences(this IEndpointRouteBuilder app)
    {
        var silences = app.MapGroup("/api/silences").WithTags("Silences");
        silences.MapGet("", ListAsync).WithName("ListSilences").WithSummary("Silences, those that hold first; ended ones for 30 days").RequireRole(Role.Integrator, Role.Moderator, Role.Manager);
        silences.MapPost("", AddAsync).WithName("AddSilence").WithSummary("Silence incidents of a scope for a time").RequireRole(Role.Moderator, Role.Manager);
        silences.MapDelete("{id:guid}", EndAsync).WithName("EndSilence").WithSummary("End a silence now").RequireRole(Role.Moderator, Role.Manager);
    }

    private static async Task<Ok<IReadOnlyList<Silence>>> ListAsync(Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken ct) =>
        TypedResults.Ok(await SilenceRows.ReadAsync(dataSource, caller.Workspace, clock.GetUtcNow().AddDays(-30), ct));

    private static async Task<Created<Silence>> AddAsync(SilenceRequest body, Caller caller, NpgsqlDataSource dataSource, NoticeBook notices, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var silence = body.Check(caller.User, now);
        if ((await SilenceRows.ReadAsync(dataSource, caller.Workspace, now, ct)).Count(s => s.Holds(now)) >= MostAtOnce)
        {
            throw new RuleViolation("too_many_silences", $"At most {MostAtOnce} silences hold at once. End one first.");
        }

        await SilenceRows.AddAsync(dataSource, caller.Workspace, silence, ct);
        notices.Forget(caller.Workspace);
        return TypedResults.Created($"/api/silences/{silence.Id}", silence);
    }

    private static async Task<Ok<Silence>> EndAsync(Guid id, Caller caller, NpgsqlDataSource dataSource, NoticeBook notices, TimeProvider clock, CancellationToken ct)
    {
        var ended = await SilenceRows.EndAsync(dataSource, caller.Workspace, id, caller.User, clock.GetUtcNow(), ct) ?? throw RuleViolation.NotFound("silence");
        notices.Forget(caller.Workspace);
        return TypedResults.Ok(ended);
    }
}
