using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How the tone went on after answers of ours.</summary>
/// <param name="Answered">Negative mentions that we answered on the network.</param>
/// <param name="Followed">Of these, those after which the author, or somebody in the thread, said more.</param>
/// <param name="Turned">Of these, those where the last that was said is clearly less negative: by a quarter of probability at least.</param>
/// <param name="Worse">Of these, those where it is clearly more negative.</param>
/// <param name="Rate">Turned of followed, 0 to 1; null when nobody said more.</param>
/// <param name="ByAuthor">Turned where the author was the one who said more.</param>
public sealed record RecoveryFigures(long Answered, long Followed, long Turned, long Worse, double? Rate, long ByAuthor);

/// <summary>One week or month.</summary>
/// <param name="At">Its beginning.</param>
/// <param name="Figures">Of answers given in it.</param>
public sealed record RecoveryPoint(DateTimeOffset At, RecoveryFigures Figures);

/// <summary>Recovery of a brand.</summary>
/// <param name="BrandId">The brand.</param>
/// <param name="From">Answered at or after.</param>
/// <param name="To">Answered before.</param>
/// <param name="Days">Days after an answer in which what is said counts.</param>
/// <param name="All">All of it.</param>
/// <param name="Points">By week.</param>
public sealed record RecoveryView(Guid BrandId, DateTimeOffset From, DateTimeOffset To, int Days, RecoveryFigures All, IReadOnlyList<RecoveryPoint> Points);

/// <summary>Did it help? Compares what was answered with the last that the author, or else the thread, said afterwards.</summary>
internal static class ReadRecovery
{
    private const int DefaultDays = 14;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    private const string Sql = """
        select date_trunc('week', d.replied_at, 'UTC') as week, count(*), count(a.negative), count(*) filter (where i.negative - a.negative >= 0.25),
            count(*) filter (where a.negative - i.negative >= 0.25), count(*) filter (where i.negative - a.negative >= 0.25 and a.own)
        from mentions.desk d join mentions.inbox i on i.workspace = d.workspace and i.id = d.mention_id
        left join lateral (
            select * from (
                (select n.negative, n.published_at, true as own from mentions.inbox n where n.workspace = i.workspace and n.author_key = i.author_key and n.brand_id = i.brand_id
                    and n.published_at > d.replied_at and n.published_at <= d.replied_at + $5 and n.id <> i.id and n.negative is not null order by n.published_at desc limit 1)
                union all
                (select n.negative, n.published_at, false from mentions.inbox n where n.workspace = i.workspace and n.thread_key = i.thread_key and n.is_reply and n.brand_id = i.brand_id
                    and n.published_at > d.replied_at and n.published_at <= d.replied_at + $5 and n.id <> i.id and n.negative is not null order by n.published_at desc limit 1)
            ) said order by own desc, published_at desc limit 1) a on true
        where d.workspace = $1 and d.replied_at >= $3 and d.replied_at < $4 and i.brand_id = $2 and i.label = 0
        group by 1 order by 1
        """;

    public static async Task<Ok<RecoveryView>> Handle(
        Guid id, DateTimeOffset? from, DateTimeOffset? to, int? days, Caller caller, NpgsqlDataSource dataSource, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (start, end) = (from ?? now.AddDays(-90), to ?? now);
        if (end <= start || end - start > Longest)
        {
            throw RuleViolation.Invalid("to", "out_of_range", $"Ask for a time of at most {Longest.TotalDays:0} days that ends after it begins.");
        }

        if (days is < 1 or > 90)
        {
            throw RuleViolation.Invalid("days", "out_of_range", "days takes 1 to 90.");
        }

        var window = days ?? DefaultDays;
        await using var command = dataSource.CreateCommand(Sql);
        command.Parameters.AddWithValue(caller.Workspace);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(start.UtcDateTime);
        command.Parameters.AddWithValue(end.UtcDateTime);
        command.Parameters.AddWithValue(TimeSpan.FromDays(window));
        await using var r = await command.ExecuteReaderAsync(cancellationToken);
        var points = new List<RecoveryPoint>();
        while (await r.ReadAsync(cancellationToken))
        {
            points.Add(new(r.GetFieldValue<DateTimeOffset>(0), Figures(r.GetInt64(1), r.GetInt64(2), r.GetInt64(3), r.GetInt64(4), r.GetInt64(5))));
        }

        var all = Figures(
            points.Sum(p => p.Figures.Answered), points.Sum(p => p.Figures.Followed), points.Sum(p => p.Figures.Turned), points.Sum(p => p.Figures.Worse), points.Sum(p => p.Figures.ByAuthor));
        return TypedResults.Ok(new RecoveryView(id, start, end, window, all, points));
    }

    private static RecoveryFigures Figures(long answered, long followed, long turned, long worse, long byAuthor) =>
        new(answered, followed, turned, worse, followed == 0 ? null : Math.Round((double)turned / followed, 4), byAuthor);
}
