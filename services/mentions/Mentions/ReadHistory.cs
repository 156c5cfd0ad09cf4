using JasperFx.Events;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>One event in a mention's life.</summary>
/// <param name="Version">Place in the stream, from 1.</param>
/// <param name="Type">Stored name of the event.</param>
/// <param name="At">When it was stored.</param>
/// <param name="By">The person; null for what the pipeline did.</param>
/// <param name="Data">The event itself.</param>
/// <param name="Text">The note's, draft's, answer's or revision's text, what a network said of an answer, or how the mention begins whose story was joined, as far as it is still kept.</param>
/// <param name="TraceParent">W3C traceparent, to find it in the traces.</param>
public sealed record HistoryEntry(long Version, string Type, DateTimeOffset At, string? By, object Data, string? Text, string? TraceParent);

/// <summary>The whole life of a mention.</summary>
internal static class ReadHistory
{
    private const string Texts = """
        select note_id::text, text from mentions.notes where workspace = $1 and mention_id = $2
        union all
        select revision::text, concat_ws(E'\n', title, text) from mentions.content where workspace = $1 and mention_id = $2
        union all
        (select distinct on (mention_id) mention_id::text, left(coalesce(title, text), 120) from mentions.content where workspace = $1 and mention_id = any($3) order by mention_id, revision desc)
        """;

    public static async Task<Ok<List<HistoryEntry>>> Handle(Guid id, Caller caller, IQuerySession session, NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var events = await session.Events.FetchStreamAsync(id, token: cancellationToken);
        if (events.Count == 0)
        {
            throw RuleViolation.NotFound("mention");
        }

        var told = events.SelectMany(Told).ToList();
        var texts = await TextsAsync(dataSource, caller.Workspace, id, [.. told.Select(t => t.Data).OfType<JoinedStory>().Select(j => j.StoryId)], cancellationToken);
        return TypedResults.Ok(told
            .Select(t => new HistoryEntry(t.Event.Version, t.Type, t.Event.Timestamp, By(t.Data), t.Data, TextKey(t.Data) is { } key ? texts.GetValueOrDefault(key) : null, MentionRelay.Trace(t.Data)))
            .ToList());
    }

    /// <summary>What an event tells. A mention that was judged as it was found, or was seen to tell a known story, has been told as such then: as of those of which it was found out later.</summary>
    internal static IEnumerable<(IEvent Event, string Type, object Data)> Told(IEvent e)
    {
        if (e.Data is not Found found)
        {
            yield return (e, e.EventTypeName, e.Data);
            yield break;
        }

        yield return (e, e.EventTypeName, found with { Verdict = null });
        if (found.Verdict is { } verdict)
        {
            yield return (e, EventNames.Of<Scored>(), new Scored(found.Revision, verdict, found.TraceParent));
        }

        if (found.StoryId is { } lead)
        {
            yield return (e, EventNames.Of<JoinedStory>(), new JoinedStory(lead, found.StoredAt));
        }
    }

    private static async Task<Dictionary<string, string>> TextsAsync(NpgsqlDataSource dataSource, string workspace, Guid id, Guid[] leads, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Texts);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(leads);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            texts[reader.GetString(0)] = reader.GetString(1);
        }

        return texts;
    }

    private static string? TextKey(object data) => data switch
    {
        Found e => e.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Edited e => e.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Noted e => e.NoteId.ToString(),
        Drafted e => e.DraftId.ToString(),
        ReplyOrdered e => e.ReplyId.ToString(),
        ReplyRefused e => e.DetailId?.ToString(),
        ReplyUnknown e => e.DetailId?.ToString(),
        Corrected e => e.ReasonId?.ToString(),
        JoinedStory e => e.StoryId.ToString(),
        _ => null,
    };

    private static string? By(object data) => data switch
    {
        Opened e => e.By,
        Claimed e => e.By,
        Released e => e.By,
        Noted e => e.By,
        Resolved e => e.By,
        Dismissed e => e.By,
        Reopened e => e.By,
        AwaitedAuthor e => e.By,
        Snoozed e => e.By,
        Woke e => e.By,
        Assigned e => e.By,
        Tagged e => e.By,
        Untagged e => e.By,
        SeveritySet e => e.By,
        Drafted e => e.By,
        Replied e => e.By,
        ReplyOrdered e => e.By,
        ReplyRefused e => e.By,
        ReplyUnknown e => e.By,
        Undone e => e.By,
        Corrected e => e.By,
        CorrectionWithdrawn e => e.By,
        _ => null,
    };
}
