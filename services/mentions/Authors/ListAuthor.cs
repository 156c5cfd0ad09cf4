using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A person put an author on a list, or took them off.</summary>
/// <param name="AuthorKey">The author.</param>
/// <param name="List"><c>vip</c> or <c>ignore</c>; null for none.</param>
public sealed record AuthorListed(Guid AuthorKey, string? List, string By, DateTimeOffset At);

/// <summary>Which list.</summary>
/// <param name="List"><c>vip</c>, <c>ignore</c>, or null to take the author off.</param>
/// <param name="Reason">Why, at most 1,000 characters.</param>
public sealed record AuthorListRequest(string? List, string? Reason = null);

/// <summary>Puts authors on lists. What an ignored author writes from then on goes to the filtered view, and says so.</summary>
internal static class ListAuthor
{
    private const int MaxReason = 1_000;

    private const string Put = """
        insert into mentions.author_lists (workspace, author_key, list, reason, by_name, at) values (^, ^, ^, nullif(^, ''), ^, ^)
        on conflict (workspace, author_key) do update set list = excluded.list, reason = excluded.reason, by_name = excluded.by_name, at = excluded.at
        """;

    public static async Task<Ok<AuthorView>> Handle(
        Guid id, AuthorListRequest body, Caller caller, IDocumentSession session, Playbooks books, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var list = body.List is null ? null : AuthorLists.Known(body.List, "list");
        if (body.Reason is { Length: > MaxReason })
        {
            throw RuleViolation.Invalid("reason", "out_of_range", $"A reason has at most {MaxReason:N0} characters.");
        }

        if (await ReadAuthors.LoadAsync(dataSource, caller.Workspace, id, null, clock.GetUtcNow(), cancellationToken) is null)
        {
            throw RuleViolation.NotFound("author");
        }

        var now = clock.GetUtcNow();
        var stream = NameBasedGuid.Create(id, caller.Workspace, "author");
        await session.HoldAsync([stream], cancellationToken);
        var listed = new AuthorListed(id, list, caller.User, now);
        var before = (await session.Events.FetchStreamAsync(stream, token: cancellationToken)).Select(e => e.Data).OfType<AuthorListed>().LastOrDefault()?.List;
        session.Events.Append(stream, listed);
        session.Queue("mentions", SettingsChanges.Author(before, listed));
        if (list is null)
        {
            session.QueueSqlCommand('^', "delete from mentions.author_lists where workspace = ^ and author_key = ^", caller.Workspace, id);
        }
        else
        {
            session.QueueSqlCommand('^', Put, caller.Workspace, id, list, body.Reason?.Replace("\0", "", StringComparison.Ordinal) ?? "", caller.User, now.ToUniversalTime());
        }

        await session.SaveChangesAsync(cancellationToken);
        books.Forget(caller.Workspace);
        return TypedResults.Ok((await ReadAuthors.LoadAsync(dataSource, caller.Workspace, id, null, now, cancellationToken))!);
    }
}
