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
        select d.relevant, c.title, c.text, i.author_key, i.source_name
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
            var (title, text) = (reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2));
            examples.Add(new(reader.GetBoolean(0), Signs(title, text, reader.IsDBNull(3) ? null : reader.GetGuid(3), reader.GetString(4))));
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
            var view = model is { Speaks: true } ? model.Judge(Signs(m.Title, m.Text, m.AuthorId, m.SourceName)) : null;
            judged.Add(view is null ? m : m with { Relevance = view });
        }

        return judged;
    }

    // Not of what it is searched by: there the author's name is a word as well.
    private static IReadOnlyList<string> Signs(string? title, string? text, Guid? author, string source) => RelevanceModel.Signs(SearchText.Words(title).Concat(SearchText.Words(text)), author, source);
}
