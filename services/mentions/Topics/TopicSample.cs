using Npgsql;
using NpgsqlTypes;

namespace Serm.Mentions;

/// <summary>A part of a time, and how many mentions of it are read: the newest.</summary>
internal sealed record SamplePart(DateTimeOffset From, DateTimeOffset To, int Most);

/// <summary>Some of the mentions of a time.</summary>
/// <param name="Mentions">How many there are that are not dismissed.</param>
/// <param name="Complete">All of them were read.</param>
internal sealed record TopicSample(long Mentions, bool Complete, IReadOnlyList<TopicPost> Posts, string? BrandName);

/// <summary>Reads a bounded sample of the mentions of a time. Which are read follows from what is stored: asked again, the same are.</summary>
internal static class TopicSamples
{
    /// <summary>Mentions of a time that are looked at.</summary>
    public const int Most = 2_000;

    // Of all texts together, so that long ones do not fill the memory: 1,500 characters each.
    private const int MostCharacters = 3_000_000;

    // So many mentions of an hour are taken from parts of it, as the newest of a loud hour are of its last minutes.
    private const int OfAPart = 20;
    private const int PartsOfHour = 12;

    private const string Hours = """
        select hour, sum(mentions)::bigint from mentions.dynamics
        where workspace = $1 and brand_id = $2 and hour >= $3 and hour < $4 and ($5 is null or label = $5) group by hour having sum(mentions) > 0 order by hour
        """;

    // Names are hashes: in their order a text that comes too late to be read is any.
    private const string Texts = """
        select i.id, coalesce(i.story_id, i.id), i.author_key, i.source_id, i.label, i.reach, i.language, c.title, left(c.text, 20000),
            coalesce(c.author ->> 'name', ''), coalesce(c.author ->> 'handle', ''), c.names, i.brand_name
        from unnest($3, $4, $5) as part(begins, ends, most)
        cross join lateral (
            select id, story_id, author_key, source_id, label, reach, language, revision, brand_name from mentions.inbox
            where workspace = $1 and brand_id = $2 and published_at >= part.begins and published_at < part.ends and status <> 3 and ($6 is null or label = $6)
            order by published_at desc, id desc limit part.most) i
        join mentions.content c on c.workspace = $1 and c.mention_id = i.id and c.revision = i.revision and not c.removed
        order by i.id
        """;

    /// <summary>Reads it.</summary>
    /// <param name="from">A whole hour.</param>
    /// <param name="to">A whole hour.</param>
    /// <param name="label">As the inbox has it; null for all.</param>
    public static async Task<TopicSample> ReadAsync(NpgsqlDataSource dataSource, string workspace, Guid brand, DateTimeOffset from, DateTimeOffset to, short? label, CancellationToken cancellationToken)
    {
        var hours = await HoursAsync(dataSource, workspace, brand, from, to, label, cancellationToken);
        var all = hours.Sum(h => h.Mentions);
        if (all == 0)
        {
            return new(0, true, [], null);
        }

        var parts = Parts(hours, from, to);
        await using var command = dataSource.CreateCommand(Texts);
        command.CommandTimeout = 10;
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brand);
        command.Parameters.AddWithValue(parts.Select(p => p.From.UtcDateTime).ToArray());
        command.Parameters.AddWithValue(parts.Select(p => p.To.UtcDateTime).ToArray());
        command.Parameters.AddWithValue(parts.Select(p => p.Most).ToArray());
        command.Parameters.Add(new() { Value = label is { } l ? l : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (posts, characters, name) = (new List<TopicPost>(), 0, (string?)null);
        while (await reader.ReadAsync(cancellationToken))
        {
            var post = new TopicPost(
                reader.GetGuid(0), reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.GetGuid(3), reader.GetInt16(4), reader.IsDBNull(5) ? null : reader.GetInt64(5), reader.GetString(6),
                reader.IsDBNull(7) ? null : reader.GetString(7), reader.GetString(8), reader.GetString(9), reader.GetString(10), ContentRows.Names(reader, 11) ?? []);
            posts.Add(post);
            name ??= reader.GetString(12);
            if ((characters += post.Text.Length) > MostCharacters)
            {
                return new(all, false, posts, name);
            }
        }

        return new(all, all <= Most, posts, name);
    }

    /// <summary>Which mentions are read: all where they are few, else of each hour as large a part as it is of the whole.</summary>
    internal static IReadOnlyList<SamplePart> Parts(IReadOnlyList<(DateTimeOffset At, long Mentions)> hours, DateTimeOffset from, DateTimeOffset to)
    {
        var all = hours.Sum(h => h.Mentions);
        if (all <= Most)
        {
            return [new(from, to, Most)];
        }

        var parts = new List<SamplePart>();
        var (before, taken) = (0L, 0L);
        foreach (var (at, mentions) in hours)
        {
            // By what is to be taken up to the end of each hour, so that fractions are not lost.
            before += mentions;
            var share = (int)((before * Most / all) - taken);
            taken += share;
            var count = Math.Clamp(share / OfAPart, 1, PartsOfHour);
            for (var i = 0; i < count && share > 0; i++)
            {
                parts.Add(new(at + (TimeSpan.FromHours(1) * i / count), at + (TimeSpan.FromHours(1) * (i + 1) / count), (share / count) + (i < share % count ? 1 : 0)));
            }
        }

        return parts;
    }

    private static async Task<List<(DateTimeOffset At, long Mentions)>> HoursAsync(
        NpgsqlDataSource dataSource, string workspace, Guid brand, DateTimeOffset from, DateTimeOffset to, short? label, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(Hours);
        command.CommandTimeout = 10;
        command.Parameters.AddWithValue(workspace);
        command.Parameters.AddWithValue(brand);
        command.Parameters.AddWithValue(from.UtcDateTime);
        command.Parameters.AddWithValue(to.UtcDateTime);
        command.Parameters.Add(new() { Value = label is { } l ? l : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint });
        var hours = new List<(DateTimeOffset, long)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hours.Add((reader.GetFieldValue<DateTimeOffset>(0), reader.GetInt64(1)));
        }

        return hours;
    }
}
