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

    private static readonly Role[] Triagers = [Role.Moderator, Role.Manager];

    public static void MapTriage(this RouteGroupBuilder mentions)
    {
        Map(mentions, "claim", "Take a mention", Decide.Claim);
        Map(mentions, "release", "Give a mention back", Decide.Release);
        Map(mentions, "wait", "It is the author's turn: clocks stop", Decide.Wait);
        Map(mentions, "wake", "Take a snoozed mention back before its time", Decide.Wake);
        Map(mentions, "resolve", "Close a mention as dealt with", Decide.Resolve);
        Map(mentions, "reopen", "Open a closed mention again", Decide.Reopen);
        Map(mentions, "restore", "Take a mention out of the filtered view", Decide.Restore);
        Map<DismissRequest>(mentions, "dismiss", "Put a mention aside: it leaves the counts", (body, s, by) => Decide.Dismiss(s, by, body.Reason));
        Map<AssignRequest>(mentions, "assign", "Give a mention to a person", (body, s, by) => Decide.Assign(s, by, body.To));
        Map<SnoozeRequest>(mentions, "snooze", "Put a mention off; it comes back by itself", (body, s, by) => Decide.Snooze(s, by, body.Until));
        Map<TagRequest>(mentions, "tag", "Put a tag on a mention", (body, s, by) => Decide.Tag(s, by, body.Tag));
        Map<TagRequest>(mentions, "untag", "Take a tag off a mention", (body, s, by) => Decide.Untag(s, by, body.Tag));
        Map<SeverityRequest>(mentions, "severity", "Say how much hangs on a mention", (body, s, by) => Decide.SetSeverity(s, by, body.Severity));
        Map<ReplyRequest>(mentions, "replied", "Tell that an answer stands on the network", (body, s, by) => Decide.Reply(s, by, Address(body.Url), body.Then));
        mentions.MapPost("{id:guid}/note", (Guid id, NoteRequest body, HttpRequest request, [AsParameters] Desk desk, CancellationToken ct) => WriteAsync(id, body.Text, (_, by, textId) => Decide.Note(by, textId), request, desk, ct))
            .WithName("NoteMention").WithSummary("Write a note").TakesVersion().RequireRole(Triagers);
        mentions.MapPost("{id:guid}/draft", (Guid id, NoteRequest body, HttpRequest request, [AsParameters] Desk desk, CancellationToken ct) => WriteAsync(id, body.Text, Decide.Draft, request, desk, ct))
            .WithName("DraftReply").WithSummary("Keep a draft of an answer; the last one counts").TakesVersion().RequireRole(Triagers);
        mentions.MapPost("{id:guid}/opened", (Guid id, [AsParameters] Desk desk, CancellationToken ct) => desk.ApplyAsync(id, null, Decide.Open, ct))
            .WithName("OpenMention").WithSummary("Tell that a person has opened it: the latency ledger counts the first time").RequireRole(Triagers);
    }

    private static void Map(RouteGroupBuilder mentions, string verb, string summary, Func<Mention, Person, IReadOnlyList<object>> decide) =>
        mentions.MapPost($"{{id:guid}}/{verb}", (Guid id, HttpRequest request, [AsParameters] Desk desk, CancellationToken ct) =>
                desk.ApplyAsync(id, request.RequiredVersion(), decide, ct))
            .WithName(char.ToUpperInvariant(verb[0]) + verb[1..] + "Mention").WithSummary(summary).TakesVersion().RequireRole(Triagers);

    private static void Map<TBody>(RouteGroupBuilder mentions, string verb, string summary, Func<TBody, Mention, Person, IReadOnlyList<object>> decide) =>
        mentions.MapPost($"{{id:guid}}/{verb}", (Guid id, TBody body, HttpRequest request, [AsParameters] Desk desk, CancellationToken ct) =>
                desk.ApplyAsync(id, request.RequiredVersion(), (s, by) => decide(body, s, by), ct))
            .WithName(char.ToUpperInvariant(verb[0]) + verb[1..] + "Mention").WithSummary(summary).TakesVersion().RequireRole(Triagers);

    private static string? Address(string? url) => string.IsNullOrWhiteSpace(url)
        ? null
        : Decide.PageAddress(url) ?? throw RuleViolation.Invalid("url", "url_invalid", "Give the absolute address of the answer, which begins with http:// or https://, or leave it out.");

    private static async Task<Ok<MentionView>> WriteAsync(
        Guid id, string text, Func<Mention, Person, Guid, IReadOnlyList<object>> decide, HttpRequest request, Desk desk, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > MaxNote)
        {
            throw RuleViolation.Invalid("text", "out_of_range", $"Write 1 to {MaxNote} characters.");
        }

        var textId = Guid.CreateVersion7();
        return await desk.ApplyAsync(
            id,
            request.RequiredVersion(),
            (s, by) => decide(s, by, textId),
            cancellationToken,
            session => session.QueueSqlCommand(
                '^', "insert into mentions.notes (workspace, mention_id, note_id, text) values (^, ^, ^, ^)", session.TenantId, id, textId, text.Replace("\0", "", StringComparison.Ordinal)));
    }
}

/// <summary>Why a mention is put aside.</summary>
/// <param name="Reason"><c>spam</c>, <c>irrelevant</c>, <c>notUs</c>, <c>duplicate</c> or <c>other</c>.</param>
public sealed record DismissRequest(DismissReason Reason);

/// <summary>Who shall have it.</summary>
/// <param name="To">Name of the user, 1 to 200 characters.</param>
public sealed record AssignRequest(string? To);

/// <summary>How long it is put off.</summary>
/// <param name="Until">When it comes back: at most a year ahead.</param>
public sealed record SnoozeRequest(DateTimeOffset? Until);

/// <summary>A tag.</summary>
/// <param name="Tag">1 to 50 characters; kept in lower case.</param>
public sealed record TagRequest(string? Tag);

/// <summary>How much hangs on it.</summary>
/// <param name="Severity"><c>low</c>, <c>normal</c>, <c>high</c> or <c>critical</c>.</param>
public sealed record SeverityRequest(Severity Severity);

/// <summary>An answer on the network.</summary>
/// <param name="Url">Where it stands, if it has an address.</param>
/// <param name="Then"><c>waiting</c> or <c>resolved</c>: what follows in the same step. Left out, the status stays.</param>
public sealed record ReplyRequest(string? Url = null, MentionStatus? Then = null);

/// <summary>A note, or a draft of an answer.</summary>
/// <param name="Text">1 to 10,000 characters.</param>
public sealed record NoteRequest(string Text);

/// <summary>What every triage endpoint needs.</summary>
internal sealed record Desk(IDocumentSession Session, NpgsqlDataSource DataSource, Playbooks Books, Turns Turns, Caller Caller, TimeProvider Clock, HttpResponse Response)
{
    public async Task<Ok<MentionView>> ApplyAsync(
        Guid id,
        long? expected,
        Func<Mention, Person, IReadOnlyList<object>> decide,
        CancellationToken cancellationToken,
        Action<IDocumentSession>? also = null)
    {
        using var turn = await Turns.TakeAsync(id, cancellationToken);
        if (expected is not null && await RowAsync(id, cancellationToken) is { } row && row.Version != expected)
        {
            // Told from the row, which is written with the events: whoever comes too late need not lock the stream to hear so.
            throw Collision(row.Version, row.Owner);
        }

        var now = Clock.GetUtcNow();
        await Session.HoldAsync([id], cancellationToken);
        var state = (await MentionLog.LoadAsync(Session, [id], cancellationToken)).GetValueOrDefault(id);
        if (state?.Brand is null)
        {
            throw RuleViolation.NotFound("mention");
        }

        if (expected is not null && expected != state.Version)
        {
            throw Collision(state.Version, state.Owner);
        }

        var events = decide(state, new Person(Caller.User, Caller.Role, now, Activity.Current?.Id));
        if (events.Count > 0)
        {
            Session.Events.Append(id, state.Version + events.Count, events);
            InboxRows.Queue(Session, Caller.Workspace, [events.Aggregate(state, Evolve.Apply)], (await Books.OfAsync(Caller.Workspace, cancellationToken)).Sla);
            also?.Invoke(Session);
            await Session.SaveChangesAsync(cancellationToken);
        }

        var view = await ReadInbox.LoadAsync(DataSource, Caller.Workspace, id, now, cancellationToken) ?? throw RuleViolation.NotFound("mention");
        Response.Headers.ETag = $"\"{view.Version}\"";
        return TypedResults.Ok(view);
    }

    private async Task<(int Version, string? Owner)?> RowAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("select version, owner from mentions.inbox where workspace = $1 and id = $2");
        command.Parameters.AddWithValue(Caller.Workspace);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetString(1)) : null;
    }

    private static RuleViolation Collision(int version, string? owner) =>
        RuleViolation.Stale(version, new Dictionary<string, object?>(StringComparer.Ordinal) { ["owner"] = owner });
}
