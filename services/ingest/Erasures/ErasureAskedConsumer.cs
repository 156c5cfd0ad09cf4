using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;
using Serm.Ingest.Posts;

namespace Serm.Ingest.Erasures;

/// <summary>Forgets erased posts, and what else of an erased author queries are tried on, keeps both out from then on, and tells how many texts there were.</summary>
internal sealed class ErasureAskedConsumer(NpgsqlDataSource dataSource, IBus bus, TimeProvider clock) : IBatchConsumer<ErasureAsked>
{
    private static readonly Guid Answers = new("d5f1e0a2-7b0c-5c6e-9d53-1e7c44d2aa05");

    private const string Mark = """
        insert into ingest.kept_out (workspace, key, erasure_id) select $1, k, $3 from unnest($2) k order by k on conflict do nothing
        """;

    // Posts of networks that cannot be read any more come through sources of kind push.
    private const string Items = """
        delete from ingest.items i using unnest($2, $3) as t(kind, native_id) join ingest.sources s on s.workspace = $1 and s.state ->> 'kind' in (t.kind, 'push')
        where i.workspace = $1 and i.source_id = s.id and i.native_id = t.native_id
        """;

    private const string Previews = "delete from ingest.recent_posts where workspace = $1 and (native_key = any($2) or author_key = $3)";

    /// <inheritdoc/>
    public async Task ConsumeAsync(IReadOnlyList<ErasureAsked> messages, CancellationToken cancellationToken)
    {
        var answers = new List<(Guid, TextsErased)>(messages.Count);
        foreach (var asked in messages)
        {
            var rows = await EraseAsync(asked, cancellationToken);
            answers.Add((NameBasedGuid.Create(asked.ErasureId, Answers.ToString(), $"{asked.Page}"), new(asked.Workspace, asked.ErasureId, asked.Page, "ingest", rows, clock.GetUtcNow(), asked.TraceParent)));
        }

        await bus.PublishAllAsync(answers, cancellationToken);
    }

    /// <summary>What a read under way puts back a moment after its post was erased.</summary>
    public static async Task SweepAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("""
            delete from ingest.recent_posts r
            where exists (select from ingest.kept_out o where o.workspace = r.workspace and o.key = sha256(convert_to(r.native_key, 'UTF8')))
                or exists (select from ingest.kept_out o where o.workspace = r.workspace and o.key = uuid_send(r.author_key))
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<long> EraseAsync(ErasureAsked asked, CancellationToken cancellationToken)
    {
        var keys = asked.Posts.Select(p => KeptOut.OfPost(p.SourceKind, p.NativeId)).ToList();
        if (asked.KeptOutAuthor is { } author)
        {
            keys.Add(KeptOut.OfAuthor(author));
        }

        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new(Mark) { Parameters = { new() { Value = asked.Workspace }, new() { Value = keys.ToArray() }, new() { Value = asked.ErasureId } } });
        batch.BatchCommands.Add(new(Items)
        {
            Parameters = { new() { Value = asked.Workspace }, new() { Value = asked.Posts.Select(p => p.SourceKind).ToArray() }, new() { Value = asked.Posts.Select(p => p.NativeId).ToArray() } },
        });
        batch.BatchCommands.Add(new(Previews)
        {
            Parameters =
            {
                new() { Value = asked.Workspace },
                new() { Value = asked.Posts.Select(p => RecentPosts.Key(p.SourceKind, p.NativeId)).ToArray() },
                new() { Value = (object?)asked.KeptOutAuthor ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
            },
        });
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return Math.Max(0L, batch.BatchCommands[2].RecordsAffected);
    }
}
