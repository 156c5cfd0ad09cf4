using System.Diagnostics;
using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A step over many mentions.</summary>
/// <param name="Action"><c>claim</c>, <c>release</c>, <c>assign</c>, <c>wait</c>, <c>snooze</c>, <c>wake</c>, <c>resolve</c>, <c>dismiss</c>, <c>reopen</c>, <c>restore</c>, <c>tag</c>, <c>untag</c> or <c>severity</c>.</param>
/// <param name="Items">1 to 500 mentions, each once, with the version that was seen.</param>
/// <param name="To">For <c>assign</c>.</param>
/// <param name="Until">For <c>snooze</c>.</param>
/// <param name="Reason">For <c>dismiss</c>.</param>
/// <param name="Tag">For <c>tag</c> and <c>untag</c>.</param>
/// <param name="Severity">For <c>severity</c>.</param>
public sealed record BulkRequest(
    string? Action, IReadOnlyList<BulkItem>? Items, string? To = null, DateTimeOffset? Until = null, DismissReason? Reason = null, string? Tag = null, Severity? Severity = null);

/// <summary>One mention of a step.</summary>
/// <param name="Id">The mention.</param>
/// <param name="Version">The version that was seen: it is refused where somebody has done something with the mention since, and, but for <c>claim</c>, <c>release</c>, <c>assign</c>, <c>wake</c>, <c>reopen</c> and <c>restore</c>, where its text was edited since.</param>
public sealed record BulkItem(Guid Id, long Version);

/// <summary>How it went with one.</summary>
/// <param name="Id">The mention.</param>
/// <param name="Done">True when it now is as was asked for.</param>
/// <param name="Version">Its version now; null when there is no such mention.</param>
/// <param name="Code">Why not: <c>version_conflict</c>, <c>edited_since</c>, <c>mention_claimed</c>, <c>not_found</c>, ...; null when done.</param>
/// <param name="Detail">The same for a person.</param>
/// <param name="Owner">Whose it is.</param>
public sealed record BulkResult(Guid Id, bool Done, int? Version, string? Code, string? Detail, string? Owner);

/// <summary>What a step did.</summary>
/// <param name="Id">Takes it back: <c>POST /api/mentions/bulk/{id}/undo</c>.</param>
/// <param name="Done">Mentions that are now as was asked for.</param>
/// <param name="Results">One for each item, in its order.</param>
public sealed record BulkView(Guid Id, int Done, IReadOnlyList<BulkResult> Results);

/// <summary>What is kept of a step, to take it back.</summary>
internal sealed record BulkDone(Guid Id, int Version, Standing Before);

/// <summary>Steps over many mentions: one transaction, each mention judged for itself, to be taken back where nobody has done anything since.</summary>
internal static class Bulk
{
    private const int MaxItems = 500;
    private static readonly TimeSpan Undoable = TimeSpan.FromDays(1);

    public static void MapBulk(this RouteGroupBuilder mentions)
    {
        mentions.MapPost("bulk", DoAsync).WithName("BulkTriage").WithSummary("Do something with many mentions").RequireRole(Role.Moderator, Role.Manager);
        mentions.MapPost("bulk/{id:guid}/undo", UndoAsync).WithName("UndoBulk").WithSummary("Take a step back, where nobody has done anything since").RequireRole(Role.Moderator, Role.Manager);
    }

    private static async Task<Ok<BulkView>> DoAsync(BulkRequest body, [AsParameters] BulkDesk desk, CancellationToken ct)
    {
        var items = body.Items is { Count: >= 1 and <= MaxItems } given && given.All(i => i is not null) && given.DistinctBy(i => i.Id).Count() == given.Count
            ? given
            : throw RuleViolation.Invalid("items", "out_of_range", $"Send 1 to {MaxItems} mentions, each once.");
        var decide = Of(body);
        var byText = body.Action is "wait" or "snooze" or "resolve" or "dismiss" or "tag" or "untag" or "severity";
        var id = Guid.CreateVersion7(desk.Clock.GetUtcNow());
        return TypedResults.Ok(await desk.ApplyAsync(id, body.Action!, [.. items.Select(i => (i.Id, (Func<Mention, Person, IReadOnlyList<object>>)((s, by) => Seen(s, by, i.Version))))], ct));

        IReadOnlyList<object> Seen(Mention state, Person by, long version)
        {
            Decide.RequireSeen(state, version, byText);
            return decide(state, by);
        }
    }

    private static async Task<Ok<BulkView>> UndoAsync(Guid id, [AsParameters] BulkDesk desk, CancellationToken ct)
    {
        var done = await desk.TakeAsync(id, Undoable, ct);
        return TypedResults.Ok(await desk.ApplyAsync(id, null, [.. done.Select(d => (d.Id, (Func<Mention, Person, IReadOnlyList<object>>)((s, by) => Decide.Undo(s, by, id, d.Version, d.Before))))], ct));
    }

    private static Func<Mention, Person, IReadOnlyList<object>> Of(BulkRequest body) => body.Action switch
    {
        "claim" => Decide.Claim,
        "release" => Decide.Release,
        "wait" => Decide.Wait,
        "wake" => Decide.Wake,
        "resolve" => Decide.Resolve,
        "reopen" => Decide.Reopen,
        "restore" => Decide.Restore,
        "assign" => (s, by) => Decide.Assign(s, by, body.To),
        "snooze" => (s, by) => Decide.Snooze(s, by, body.Until),
        "tag" => (s, by) => Decide.Tag(s, by, body.Tag),
        "untag" => (s, by) => Decide.Untag(s, by, body.Tag),
        "dismiss" => body.Reason is { } reason ? (s, by) => Decide.Dismiss(s, by, reason) : throw RuleViolation.Invalid("reason", "reason_missing", "Say why: spam, irrelevant, notUs, duplicate or other."),
        "severity" => body.Severity is { } severity ? (s, by) => Decide.SetSeverity(s, by, severity) : throw RuleViolation.Invalid("severity", "severity_missing", "Say which: low, normal, high or critical."),
        _ => throw RuleViolation.Invalid("action", "value_unknown", "action takes claim, release, assign, wait, snooze, wake, resolve, dismiss, reopen, restore, tag, untag, severity."),
    };
}

/// <summary>What a step over many needs.</summary>
internal sealed record BulkDesk(IDocumentSession Session, NpgsqlDataSource DataSource, Playbooks Books, Caller Caller, TimeProvider Clock)
{
    /// <summary>Decides for each, appends what was decided, and keeps how they stood before.</summary>
    /// <param name="id">The step.</param>
    /// <param name="action">What it does; null when it takes a step back.</param>
    /// <param name="items">Each mention once, with what is to be decided.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<BulkView> ApplyAsync(Guid id, string? action, IReadOnlyList<(Guid Id, Func<Mention, Person, IReadOnlyList<object>> Decide)> items, CancellationToken cancellationToken)
    {
        var ids = items.Select(i => i.Id).ToArray();
        var book = await Books.OfAsync(Caller.Workspace, cancellationToken);
        await Session.HoldAsync(ids, cancellationToken);
        var states = await MentionLog.LoadAsync(Session, ids, cancellationToken);
        var by = new Person(Caller.User, Caller.Role, Clock.GetUtcNow(), Activity.Current?.Id);
        var (results, changed, done) = (new List<BulkResult>(items.Count), new List<Mention>(), new List<BulkDone>());
        foreach (var (mentionId, decide) in items)
        {
            if (states.GetValueOrDefault(mentionId) is not { Brand: not null } state)
            {
                results.Add(new(mentionId, false, null, "not_found", "There is no such mention in this workspace.", null));
                continue;
            }

            try
            {
                var events = decide(state, by);
                var after = events.Aggregate(state, Evolve.Apply);
                results.Add(new(mentionId, true, after.Version, null, null, after.Owner));
                if (events.Count > 0)
                {
                    Session.Events.Append(mentionId, after.Version, events);
                    changed.Add(after);
                    done.Add(new(mentionId, after.Version, state.Standing));
                }
            }
            catch (RuleViolation e) when (e.Status is StatusCodes.Status409Conflict or StatusCodes.Status412PreconditionFailed)
            {
                results.Add(new(mentionId, false, state.Version, e.Code, e.Message, state.Owner));
            }
        }

        if (changed.Count > 0)
        {
            InboxRows.Queue(Session, Caller.Workspace, changed, book.Sla);
            if (action is not null)
            {
                Session.QueueSqlCommand(
                    '^', "insert into mentions.bulk (workspace, id, action, by_name, at, items) values (^, ^, ^, ^, ^, ^::jsonb)",
                    Caller.Workspace, id, action, Caller.User, by.At.ToUniversalTime(), JsonSerializer.Serialize(done, SettingsLog.Json));
            }

            await Session.SaveChangesAsync(cancellationToken);
        }

        return new(id, results.Count(r => r.Done), results);
    }

    /// <summary>What a step of the caller did. Once taken back it cannot be again: the versions have moved on.</summary>
    public async Task<IReadOnlyList<BulkDone>> TakeAsync(Guid id, TimeSpan undoable, CancellationToken cancellationToken)
    {
        await using var command = DataSource.CreateCommand("select by_name, at, items::text from mentions.bulk where workspace = $1 and id = $2");
        command.Parameters.AddWithValue(Caller.Workspace);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw RuleViolation.NotFound("step");
        }

        if (reader.GetString(0) != Caller.User && Caller.Role < Role.Manager)
        {
            throw new RuleViolation("not_the_owner", $"{reader.GetString(0)} did this. They or a manager can take it back.", StatusCodes.Status403Forbidden);
        }

        return Clock.GetUtcNow() - reader.GetFieldValue<DateTimeOffset>(1) <= undoable
            ? JsonSerializer.Deserialize<List<BulkDone>>(reader.GetString(2), SettingsLog.Json)!
            : throw new RuleViolation("too_late", $"A step can be taken back for {undoable.TotalHours:0} hours.");
    }
}
