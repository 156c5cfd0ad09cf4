using System.Diagnostics;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>What a person does with a mention: load, decide, append, answer with the new state.</summary>
internal static class Triage
{
    private const int MaxNote = 10_000;

    public static void MapTriage(this RouteGroupBuilder mentions)
    {
        Map(mentions, "claim", "Take a mention", Decide.Claim);
        Map(mentions, "release", "Give a mention back", Decide.Release);
        Map(mentions, "resolve", "Close a mention as dealt with", Decide.Resolve);
        Map(mentions, "reopen", "Open a closed mention again", Decide.Reopen);
        mentions.MapPost("{id:guid}/dismiss", (Guid id, DismissRequest body, HttpRequest request, [AsParameters] Desk desk, CancellationToken ct) =>
                desk.ApplyAsync(id, request.RequiredVersion(), (s, by) => Decide.Dismiss(s, by, body.Reason), ct))
            .WithName("DismissMention").WithSummary("Put a mention aside: it leaves the counts").TakesVersion().RequireRole(Role.Moderator, Role.Manager);
        mentions.MapPost("{id:guid}/note", NoteAsync)
            .WithName("NoteMention").WithSummary("Write a note").TakesVersion().RequireRole(Role.Moderator, Role.Manager);
        mentions.MapPost("{id:guid}/opened", (Guid id, [AsParameters] Desk desk, CancellationToken ct) => desk.ApplyAsync(id, null, Decide.Open, ct))
            .WithName("OpenMention").WithSummary("Tell that a person has opened it: the latency ledger counts the first time").RequireRole(Role.Moderator, Role.Manager);
    }

    private static void Map(RouteGroupBuilder mentions, string verb, string summary, Func<Mention, Person, IReadOnlyList<object>> decide) =>
        mentions.MapPost($"{{id:guid}}/{verb}", (Guid id, HttpRequest request, [AsParameters] Desk desk, CancellationToken ct) =>
                desk.ApplyAsync(id, request.RequiredVersion(), decide, ct))
            .WithName(char.ToUpperInvariant(verb[0]) + verb[1..] + "Mention").WithSummary(summary).TakesVersion().RequireRole(Role.Moderator, Role.Manager);

    private static async Task<Ok<MentionView>> NoteAsync(Guid id, NoteRequest body, HttpRequest request, [AsParameters] Desk desk, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Text) || body.Text.Length > MaxNote)
        {
            throw RuleViolation.Invalid("text", "out_of_range", $"A note takes 1 to {MaxNote} characters.");
        }

        var noteId = Guid.CreateVersion7();
        return await desk.ApplyAsync(
            id,
            request.RequiredVersion(),
            (_, by) => Decide.Note(by, noteId),
            cancellationToken,
            session => session.QueueSqlCommand(
                '^', "insert into mentions.notes (workspace, mention_id, note_id, text) values (^, ^, ^, ^)", session.TenantId, id, noteId, body.Text.Replace("\0", "", StringComparison.Ordinal)));
    }
}

/// <summary>Why a mention is put aside.</summary>
/// <param name="Reason"><c>spam</c>, <c>irrelevant</c> or <c>notUs</c>.</param>
public sealed record DismissRequest(DismissReason Reason);

/// <summary>A note.</summary>
/// <param name="Text">1 to 10,000 characters.</param>
public sealed record NoteRequest(string Text);

/// <summary>What every triage endpoint needs.</summary>
internal sealed record Desk(IDocumentSession Session, NpgsqlDataSource DataSource, Caller Caller, TimeProvider Clock, HttpResponse Response)
{
    public async Task<Ok<MentionView>> ApplyAsync(
        Guid id,
        long? expected,
        Func<Mention, Person, IReadOnlyList<object>> decide,
        CancellationToken cancellationToken,
        Action<IDocumentSession>? also = null)
    {
        var now = Clock.GetUtcNow();
        await Session.HoldAsync([id], cancellationToken);
        var state = (await MentionLog.LoadAsync(Session, [id], cancellationToken)).GetValueOrDefault(id);
        if (state?.Brand is null)
        {
            throw RuleViolation.NotFound("mention");
        }

        if (expected is not null && expected != state.Version)
        {
            throw Collision(state);
        }

        var events = decide(state, new Person(Caller.User, Caller.Role, now, Activity.Current?.Id));
        if (events.Count > 0)
        {
            Session.Events.Append(id, state.Version + events.Count, events);
            InboxRows.Queue(Session, Caller.Workspace, [events.Aggregate(state, Evolve.Apply)]);
            also?.Invoke(Session);
            await Session.SaveChangesAsync(cancellationToken);
        }

        var view = await ReadInbox.LoadAsync(DataSource, Caller.Workspace, id, now, cancellationToken) ?? throw RuleViolation.NotFound("mention");
        Response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }

    private static RuleViolation Collision(Mention state) =>
        RuleViolation.Stale(state.Version, new Dictionary<string, object?>(StringComparer.Ordinal) { ["owner"] = state.Owner });
}
