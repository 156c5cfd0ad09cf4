using System.Collections.Concurrent;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>The models of brands, counted when somebody looks and kept for a while: there is nothing to train, and what is taken back is forgotten by itself.</summary>
internal sealed class RelevanceBook(NpgsqlDataSource dataSource, TimeProvider clock)
{
    private const int Examples = 2_000;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    private const string Sql = """
        select d.relevant, tsvector_to_array(coalesce(c.search, '')), i.author_key, i.source_name
        from mentions.desk d
        join mentions.inbox i on i.workspace = d.workspace and i.id = d.mention_id
        join mentions.content c on c.workspace = i.workspace and c.mention_id = i.id and c.revision = i.revision
        where d.workspace = $1 and d.relevant is not null and i.brand_id = $2
        order by i.published_at desc limit $3
        """;

    private readonly ConcurrentDictionary<(string Workspace, Guid Brand), (RelevanceModel Model, DateTimeOffset Until)> models = new();

    /// <summary>The model of a brand, by its latest decisions.</summary>
    public async Task<RelevanceModel> OfAsync(string workspace, Guid brand, CancellationToken cancellationToken)
    {
        var now = clock.GetSteadyNow();
        if (models.TryGetValue((workspace, brand), out var known) && known.Until > now)
        {
            return known.Model;
        }

        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brand);
        command.Parameters.AddWithValue(Examples);
        var examples = new List<RelevanceExample>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            examples.Add(new(reader.GetBoolean(0), RelevanceModel.Signs(reader.GetFieldValue<string[]>(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.GetString(3))));
        }

        var model = new RelevanceModel(examples);
        models[(workspace, brand)] = (model, now + Kept);
        return model;
    }

    /// <summary>Mentions with what their brands' models say of them. On which people have decided already needs no hint.</summary>
    public async Task<IReadOnlyList<MentionView>> JudgeAsync(string workspace, IReadOnlyList<MentionView> mentions, CancellationToken cancellationToken)
    {
        var judged = new List<MentionView>(mentions.Count);
        foreach (var m in mentions)
        {
            var model = m.Status != MentionStatus.New || m.Removed ? null : await OfAsync(workspace, m.BrandId, cancellationToken);

            // Most brands have taught nothing yet: their texts are not cut into words for it.
            var view = model is { Speaks: true } ? model.Judge(RelevanceModel.Signs(SearchText.Words(m.Title).Concat(SearchText.Words(m.Text)), m.AuthorId, m.SourceName)) : null;
            judged.Add(view is null ? m : m with { Relevance = view });
        }

        return judged;
    }
}
