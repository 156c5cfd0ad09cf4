using System.Text.Json;
using Marten;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>The text and verdict of mentions that alerts quote, kept beside the events and not in them, so that they can be forgotten.</summary>
internal static class AlertedMentions
{
    private const string Sql = """
        insert into alerts.mentions (workspace, id, at, content)
        select ^, t.id, ^, t.content::json from unnest(^, ^, ^) as t(id, revision, content)
        where not exists (select from alerts.removed r where r.workspace = ^ and r.mention_id = t.id and r.revision >= t.revision)
        on conflict (workspace, id) do update set at = excluded.at, content = excluded.content
        """;

    private static readonly JsonSerializerOptions Json = Lenient();

    /// <summary>Keeps these mentions, in the session's transaction.</summary>
    public static void Queue(IDocumentSession session, IReadOnlyCollection<MentionScored> mentions, DateTimeOffset now)
    {
        var latest = mentions.GroupBy(m => m.Mention.MentionId).Select(g => g.MaxBy(m => m.Mention.Post.Revision)!).ToArray();
        if (latest.Length > 0)
        {
            session.QueueSqlCommand('^', Sql, session.TenantId, now.ToUniversalTime(), Array.ConvertAll(latest, m => m.Mention.MentionId), Array.ConvertAll(latest, m => m.Mention.Post.Revision), Array.ConvertAll(latest, m => JsonSerializer.Serialize(m, Json)), session.TenantId);
        }
    }

    /// <summary>Those that are kept, by workspace and id.</summary>
    public static async Task<IReadOnlyDictionary<(string Workspace, Guid Id), MentionScored>> ReadAsync(NpgsqlDataSource dataSource, IReadOnlyCollection<(string Workspace, Guid Id)> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string, Guid), MentionScored>();
        if (ids.Count == 0)
        {
            return found;
        }

        await using var command = dataSource.CreateCommand("select m.workspace, m.id, m.content from alerts.mentions m join unnest($1, $2) as t(workspace, id) using (workspace, id)");
        command.Parameters.AddWithValue(ids.Select(i => i.Workspace).ToArray());
        command.Parameters.AddWithValue(ids.Select(i => i.Id).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found[(reader.GetString(0), reader.GetGuid(1))] = JsonSerializer.Deserialize<MentionScored>(reader.GetString(2), Json)!;
        }

        return found;
    }

    // What another version of the contract wrote is read as well.
    private static JsonSerializerOptions Lenient()
    {
        var options = ServiceDefaults.Configure(new());
        options.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip;
        return options;
    }
}
