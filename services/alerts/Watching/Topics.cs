using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace Serm.Alerts;

/// <summary>Counts terms by hour of a sample of each brand's mentions: up to <see cref="MostAMinute"/> a minute, so that its cost does not grow with the volume. Shares need no more.</summary>
internal sealed class Topics(TimeProvider clock)
{
    /// <summary>How long terms are kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(15);

    /// <summary>Mentions of a brand and minute whose terms are counted.</summary>
    public const int MostAMinute = 60;

    private const int MostTerms = 24;
    private const int MostWords = 40;

    // Mentions that are stored already were counted with them: the check and the rows are one transaction. Of what was erased no word is kept.
    private const string Sql = """
        insert into alerts.terms (workspace, brand_id, hour, term, n, mentions)
        select $1, t.brand_id, t.hour, t.term, count(*), (array_agg(t.mention_id order by t.mention_id))[1:5]
        from unnest($2, $3, $4, $5) as t(brand_id, hour, term, mention_id)
        where not exists (select from alerts.judged j where j.workspace = $1 and j.mention_id = t.mention_id)
            and not exists (select from alerts.removed r where r.workspace = $1 and r.mention_id = t.mention_id and r.revision = 2147483647)
        group by 2, 3, 4 order by 2, 3, 4
        on conflict (workspace, brand_id, hour, term) do update set n = terms.n + excluded.n,
            mentions = case when cardinality(terms.mentions) < 5 then (terms.mentions || excluded.mentions)[1:5] else terms.mentions end
        """;

    private readonly ConcurrentDictionary<(string, Guid), (long Minute, int Taken)> taken = new();

    /// <summary>Adds the counting of these mentions' terms to a batch, before the mentions themselves.</summary>
    public void Queue(NpgsqlBatch batch, string workspace, IReadOnlyList<Judged> judged, DateTimeOffset now)
    {
        var rows = new List<(Guid Brand, DateTime Hour, string Term, Guid Mention)>();
        foreach (var j in judged.Where(j => now - j.At < Kept && Takes(workspace, j.Facts.BrandId)))
        {
            var hour = Counts.Hour(j.At).UtcDateTime;
            rows.AddRange(Terms(j.Scored.Mention.Post.Title, j.Scored.Mention.Post.Text).Append("").Select(t => (j.Facts.BrandId, hour, t, j.Scored.Mention.MentionId)));
        }

        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(Sql);
        command.Parameters.AddWithValue(workspace);
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Brand).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Hour).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Term).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = rows.ConvertAll(r => r.Mention).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        batch.BatchCommands.Add(command);
    }

    /// <summary>The words of three letters and more, and the pairs of neighbours, of the beginning of a post; each once, lower case.</summary>
    public static IReadOnlyList<string> Terms(string? title, string text)
    {
        var words = Split(title).Concat(Split(text)).Take(MostWords).ToList();
        var pairs = words.Zip(words.Skip(1)).Where(p => p.First.Length > 2 && p.Second.Length > 2).Select(p => $"{p.First} {p.Second}");
        return [.. words.Where(w => w.Length > 2 && !w.All(char.IsDigit)).Concat(pairs).Distinct(StringComparer.Ordinal).Take(MostTerms)];
    }

    private static IEnumerable<string> Split(string? text)
    {
        for (var i = 0; i < (text?.Length ?? 0);)
        {
            var start = i;
            while (i < text!.Length && Words.IsPart(text[i]))
            {
                i++;
            }

            // What is longer than a word of any language is an address or noise.
            if (i - start is > 0 and <= 40)
            {
                yield return text[start..i].Replace('İ', 'i').ToLowerInvariant();
            }

            i++;
        }
    }

    private bool Takes(string workspace, Guid brand)
    {
        var minute = clock.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
        return taken.AddOrUpdate((workspace, brand), (minute, 1), (_, t) => t.Minute == minute ? (minute, t.Taken + 1) : (minute, 1)).Taken <= MostAMinute;
    }
}
