using Npgsql;
using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>When digests are sent, and what is in them.</summary>
internal sealed class Digests(NpgsqlDataSource dataSource)
{
    private const int MostLines = 12;

    /// <summary>The next one after a moment; null when the channel sums nothing up.</summary>
    public static DateTimeOffset? Next(NoticeChannel channel, DateTimeOffset now)
    {
        if (channel.Digest == DigestEvery.Never)
        {
            return null;
        }

        if (channel.Digest == DigestEvery.Hour)
        {
            return Counts.Hour(now).AddHours(1);
        }

        return Times(channel, now, 0).First(t => t > now);
    }

    /// <summary>What becomes of a digest that is due: when it is told, since when it sums up, and when the next one is due. It sums up until it is told: one that quiet hours hold back all of them at their end.</summary>
    /// <param name="channel">Whose it is.</param>
    /// <param name="quiet">Quiet hours of the workspace.</param>
    /// <param name="at">When it was due.</param>
    /// <param name="to">Until when the one before summed up; null when there was none.</param>
    /// <param name="now">The moment.</param>
    public static (DateTimeOffset DueAt, DateTimeOffset Since, DateTimeOffset? Next) Plan(NoticeChannel channel, WorkspaceQuiet quiet, DateTimeOffset at, DateTimeOffset? to, DateTimeOffset now)
    {
        var due = channel.NextAllowed(now, IncidentSeverity.Info, quiet);
        return (due, to ?? (channel.Digest == DigestEvery.Hour ? at.AddHours(-1) : Times(channel, at, -9).Last(t => t < at)), Next(channel, due));
    }

    // The reader's times of ten days, whatever the clocks do.
    private static IEnumerable<DateTimeOffset> Times(NoticeChannel channel, DateTimeOffset near, int first) => Enumerable.Range(first, 10)
        .Select(i => TimeZoneInfo.ConvertTime(near, channel.Zone).Date.AddDays(i))
        .Where(d => channel.Digest == DigestEvery.Day || d.DayOfWeek == DayOfWeek.Monday)
        .Select(d => Zones.At(d, channel.DigestAt, channel.Zone));

    /// <summary>What a channel is told about the time since the last digest.</summary>
    public async Task<Message> WriteAsync(string workspace, Claimed notice, NoticeChannel channel, Uri? publicUrl, CancellationToken cancellationToken)
    {
        var texts = NoticeTexts.Of(channel.Language);
        var (since, until) = (notice.Since ?? notice.DueAt.AddDays(-1), notice.Until ?? notice.DueAt);
        var lines = new List<string>();
        await using (var counts = dataSource.CreateCommand("select coalesce(sum(total), 0)::bigint, coalesce(sum(negative), 0)::bigint from alerts.counts_hour where workspace = $1 and at >= $2 and at < $3"))
        {
            counts.Parameters.AddWithValue(workspace);
            // Counts are by the hour: the hour in which it ends is for the next one.
            counts.Parameters.AddWithValue(Counts.Hour(since).UtcDateTime);
            counts.Parameters.AddWithValue(Counts.Hour(until).UtcDateTime);
            await using var r = await counts.ExecuteReaderAsync(cancellationToken);
            await r.ReadAsync(cancellationToken);
            lines.Add(texts.Mentions(r.GetInt64(0), r.GetInt64(1)));
        }

        var incidents = await IncidentLog.ReadAsync(
            dataSource,
            "select state, alerts from alerts.incidents where workspace = $1 and severity >= $4 and status <> 3 and (status < 2 or opened_at >= $2) and opened_at < $3 order by status, severity desc, opened_at desc limit 500",
            cancellationToken,
            workspace,
            since.UtcDateTime,
            until.UtcDateTime,
            (short)channel.MinSeverity);
        var told = incidents.FindAll(i => i.State.Silence is null);
        lines.Add(texts.Incidents(told.Count(i => i.State.OpenedAt >= since), told.Count(i => i.State.Lasts)));
        lines.AddRange(told.Take(MostLines).Select(i => $"{Bodies.Mark(i.State.Severity)} {texts.Cause(i.State.Kind)}{About(i.State)} – {texts.Since(Message.Local(i.State.OpenedAt, channel))}"));
        if (told.Count > MostLines)
        {
            lines.Add(texts.More(told.Count - MostLines));
        }

        return new(
            notice.Id,
            Message.Clean(texts.Digest(Period(channel.Digest, until - since), Message.Local(until, channel))),
            [.. lines.Select(Message.Clean)],
            [],
            publicUrl is null ? null : new Uri(publicUrl, "/incidents"),
            texts.Look,
            told.Where(i => i.State.Lasts).Select(i => i.State.Severity).DefaultIfEmpty(IncidentSeverity.Info).Max());
    }

    // The last one of a channel that sums nothing up any more goes by how long it is.
    private static string Period(DigestEvery every, TimeSpan length) => every switch
    {
        DigestEvery.Never => length <= TimeSpan.FromHours(2) ? "hour" : length <= TimeSpan.FromDays(2) ? "day" : "week",
        _ => every.ToString().ToLowerInvariant(),
    };

    private static string About(Incident i) => string.Concat(new[] { i.Brand?.Name, i.Subject }.Where(t => !string.IsNullOrEmpty(t)).Select(t => " · " + t));
}
