using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What every incident endpoint needs.</summary>
internal sealed record IncidentDesk(IDocumentSession Session, NpgsqlDataSource DataSource, NoticeBook Notices, Caller Caller, TimeProvider Clock, HttpResponse Response)
{
    public async Task<Ok<IncidentView>> ApplyAsync(Guid id, Func<Standing, DateTimeOffset, IReadOnlyList<object>> decide, CancellationToken cancellationToken)
    {
        var now = Clock.GetUtcNow();
        return View(await IncidentLog.ApplyAsync(Session, DataSource, Notices, id, s => decide(s, now), now, cancellationToken));
    }

    /// <summary>The incident as the API shows it, with its ETag.</summary>
    public Ok<IncidentView> View(Standing incident)
    {
        Response.Headers.ETag = $"\"{incident.State.Version}\"";
        return TypedResults.Ok(IncidentView.Of(incident));
    }
}

/// <summary>What people do to incidents.</summary>
internal static class IncidentEndpoints
{
    private const int MaxNote = 4_000;
    private const int MaxOwner = 200;

    public static void MapIncidents(this IEndpointRouteBuilder app)
    {
        var incidents = app.MapGroup("/api/incidents").WithTags("Incidents");
        incidents.MapPost("{id:guid}/acknowledge", AcknowledgeAsync).WithName("AcknowledgeIncident").WithSummary("Say that you have seen it: nobody is told again").TakesVersion();
        incidents.MapPost("{id:guid}/assign", AssignAsync).WithName("AssignIncident").WithSummary("Give it to a person, or back").TakesVersion();
        incidents.MapPost("{id:guid}/notes", NoteAsync).WithName("NoteIncident").WithSummary("Write a note");
        incidents.MapPost("{id:guid}/resolve", ResolveAsync).WithName("ResolveIncident").WithSummary("It is over").TakesVersion();
        incidents.MapPost("{id:guid}/reopen", ReopenAsync).WithName("ReopenIncident").WithSummary("It is not over after all").TakesVersion();
        incidents.MapPost("{id:guid}/merge", MergeAsync).WithName("MergeIncident").WithSummary("Put it into another incident").TakesVersion();
        incidents.RequireRole(Role.Moderator, Role.Manager);
    }

    private static Task<Ok<IncidentView>> AcknowledgeAsync(Guid id, HttpRequest request, [AsParameters] IncidentDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        return desk.ApplyAsync(id, (s, now) => IncidentDecider.Acknowledge(s.State, expected, desk.Caller.User, now), ct);
    }

    private static Task<Ok<IncidentView>> AssignAsync(Guid id, AssignRequest body, HttpRequest request, [AsParameters] IncidentDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        var owner = string.IsNullOrWhiteSpace(body.Owner) ? null : body.Owner.Trim();
        return owner is { Length: > MaxOwner } || owner?.Any(char.IsControl) == true
            ? throw RuleViolation.Invalid("owner", "out_of_range", $"Name a user in at most {MaxOwner} characters, or leave it out to give the incident back.")
            : desk.ApplyAsync(id, (s, now) => IncidentDecider.Assign(s.State, expected, owner, desk.Caller.User, now), ct);
    }

    private static Task<Ok<IncidentView>> NoteAsync(Guid id, NoteRequest body, [AsParameters] IncidentDesk desk, CancellationToken ct)
    {
        if (body.Text?.Trim() is not { Length: > 0 and <= MaxNote } text)
        {
            throw RuleViolation.Invalid("text", "out_of_range", $"A note has 1 to {MaxNote:N0} characters.");
        }

        var note = Guid.CreateVersion7(desk.Clock.GetUtcNow());
        desk.Session.QueueSqlCommand('^', "insert into alerts.notes (workspace, id, incident_id, text) values (^, ^, ^, ^)", desk.Caller.Workspace, note, id, text);
        return desk.ApplyAsync(id, (s, now) => IncidentDecider.Note(s.State, note, desk.Caller.User, now), ct);
    }

    private static Task<Ok<IncidentView>> ResolveAsync(Guid id, HttpRequest request, [AsParameters] IncidentDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        return desk.ApplyAsync(id, (s, now) => IncidentDecider.Resolve(s.State, expected, "person", desk.Caller.User, now), ct);
    }

    private static Task<Ok<IncidentView>> ReopenAsync(Guid id, HttpRequest request, [AsParameters] IncidentDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        return desk.ApplyAsync(id, (s, now) => IncidentDecider.Reopen(s.State, expected, desk.Caller.User, now), ct);
    }

    private static async Task<Ok<IncidentView>> MergeAsync(Guid id, MergeRequest body, HttpRequest request, [AsParameters] IncidentDesk desk, CancellationToken ct)
    {
        var expected = request.RequiredVersion();
        if (body.Into is not { } into)
        {
            throw RuleViolation.Invalid("into", "missing", "Name the incident that it goes into, in \"into\".");
        }

        var (session, workspace, now) = (desk.Session, desk.Caller.Workspace, desk.Clock.GetUtcNow());
        var terms = await desk.Notices.OfAsync(workspace, ct);
        var seen = await Task.WhenAll(LoadAsync(id), LoadAsync(into));
        await session.HoldAsync(seen.Select(s => Incident.LockOf(workspace, s.State.RuleId, s.State.Brand?.Id)), ct);
        var (from, to) = (await LoadAsync(id), await LoadAsync(into));
        var events = IncidentDecider.Merge(from.State, from.Alerts, to.State, expected, desk.Caller.User, now);
        IncidentLog.Append(session, from, events.From, from.Alerts, terms, now);
        var after = IncidentLog.Append(session, to, events.Into, events.Into.Count > 0 ? to.Alerts + from.Alerts : to.Alerts, terms, now);
        if (events.Into.Count > 0)
        {
            session.QueueSqlCommand('^', "update alerts.alerts set incident_id = ^ where workspace = ^ and incident_id = ^", into, workspace, id);
        }

        await session.SaveChangesAsync(ct);
        return desk.View(after);

        Task<Standing> LoadAsync(Guid which) => IncidentLog.OneAsync(desk.DataSource, workspace, which, ct);
    }
}
