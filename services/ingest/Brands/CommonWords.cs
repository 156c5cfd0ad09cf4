using Npgsql;
using Serm.Ingest.Queries;

namespace Serm.Ingest.Brands;

/// <summary>How common words are in a workspace's latest posts: queries are looked up by their rarest word.</summary>
internal static class CommonWords
{
    private const int Posts = 300;
    private const int Characters = 2_000;

    /// <summary>In how many of the latest posts each folded word stands.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> CountAsync(NpgsqlDataSource dataSource, string workspace, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select left(coalesce(title, '') || ' ' || text, $3) from ingest.recent_posts where workspace = $1 order by seen_at desc limit $2");
        command.Parameters.Add(new() { Value = workspace });
        command.Parameters.Add(new() { Value = Posts });
        command.Parameters.Add(new() { Value = Characters });
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            foreach (var word in Words(reader.GetString(0)))
            {
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }

        return counts;
    }

    private static HashSet<string> Words(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var reader = new WordReader(text, stackalloc char[WordReader.MaxWord]);
        while (reader.Next())
        {
            words.Add(reader.Word.ToString());
        }

        return words;
    }
}
