using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>A page of the inbox.</summary>
/// <param name="Items">The mentions, in order.</param>
/// <param name="NextCursor">Ask for the next page with it; null on the last one.</param>
public sealed record InboxPage(IReadOnlyList<MentionView> Items, string? NextCursor);

/// <summary>Reading mentions.</summary>
internal static class ReadInbox
{
    public static async Task<Ok<InboxPage>> Page([AsParameters] InboxQuery query, Caller caller, NpgsqlDataSource dataSource, RelevanceBook relevance, TimeProvider clock, CancellationToken cancellationToken)
    {
        var limit = query.Limit ?? InboxQuery.DefaultLimit;
        if (limit is < 1 or > InboxQuery.MaxLimit)
        {
            throw RuleViolation.Invalid("limit", "out_of_range", $"limit takes 1 to {InboxQuery.MaxLimit}.");
        }

        return TypedResults.Ok(await ReadAsync(query, limit, caller, dataSource, relevance, clock, cancellationToken));
    }

    /// <summary>A page of so many mentions at most.</summary>
    /// <param name="query">Its cursor says where the page begins.</param>
    /// <param name="withLatency">With what is else only in the answer about one mention: its ledger, and more about the verdict.</param>
    public static async Task<InboxPage> ReadAsync(
        InboxQuery query, int limit, Caller caller, NpgsqlDataSource dataSource, RelevanceBook relevance, TimeProvider clock, CancellationToken cancellationToken, bool withLatency = false)
    {
        await using var command = dataSource.CreateCommand();
        command.Parameters.AddWithValue(caller.Workspace);
        var where = query.Where(command, caller.User) + query.After(command) + query.InOrder;
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture,
            $"select {MentionView.Columns} from {MentionView.From} where {where} order by {query.SortColumn} desc, i.id desc limit {limit + 1}");
        var now = clock.GetUtcNow();
        var items = new List<MentionView>(limit + 1);
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                items.Add(MentionView.Read(reader, now, withLatency));
            }
        }

        var more = items.Count > limit;
        var page = more ? items[..limit] : items;
        return new InboxPage(await relevance.JudgeAsync(caller.Workspace, page, cancellationToken), more ? InboxQuery.EncodeCursor(query.Order, page[^1]) : null);
    }

    /// <summary>How many mentions all pages have together; of more than so many one more is counted, and the rest not.</summary>
    public static async Task<long> CountAsync(InboxQuery query, int most, Caller caller, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand();
        command.Parameters.AddWithValue(caller.Workspace);
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"select count(*) from (select from {MentionView.From} where {query.Where(command, caller.User)}{query.InOrder} limit {(long)most + 1}) counted");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public static async Task<Ok<MentionView>> One(Guid id, Caller caller, NpgsqlDataSource dataSource, RelevanceBook relevance, TimeProvider clock, HttpResponse response, CancellationToken cancellationToken)
    {
        var mention = await LoadAsync(dataSource, caller.Workspace, id, clock.GetUtcNow(), cancellationToken) ?? throw RuleViolation.NotFound("mention");
        response.Headers.ETag = $"\"{mention.Version}\"";
        (string? Text, string? Detail)? texts = mention.Reply is not null ? await ReplyView.TextsAsync(dataSource, caller.Workspace, id, cancellationToken) : null;
        var judged = await relevance.JudgeAsync(caller.Workspace, [mention], cancellationToken);
        return TypedResults.Ok(judged[0] with
        {
            ReadBy = await Presence.ReadersAsync(dataSource, caller.Workspace, id, caller.User, clock.GetUtcNow(), cancellationToken),
            Draft = await DraftAsync(dataSource, caller.Workspace, id, cancellationToken),
            Reply = texts is null ? mention.Reply : mention.Reply! with { Text = texts.Value.Text, Detail = texts.Value.Detail },
        });
    }

    private static async Task<string?> DraftAsync(NpgsqlDataSource dataSource, string workspace, Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select n.text from mentions.desk d join mentions.notes n on n.workspace = d.workspace and n.mention_id = d.mention_id and n.note_id = d.draft_id where d.workspace = $1 and d.mention_id = $2");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    public static async Task<MentionView?> LoadAsync(NpgsqlDataSource dataSource, string workspace, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"select {MentionView.Columns} from {MentionView.From} where i.workspace = $1 and i.id = $2");
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? MentionView.Read(reader, now, withLatency: true) : null;
    }
}
