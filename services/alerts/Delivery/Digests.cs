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

        // The reader's morning, whatever the clocks do.
        var day = TimeZoneInfo.ConvertTime(now, channel.Zone).Date;
        for (var i = 0; i <= 8; i++)
        {
            var at = Zones.At(day.AddDays(i), channel.DigestAt, channel.Zone);
            if (at > now && (channel.Digest == DigestEvery.Day || day.AddDays(i).DayOfWeek == DayOfWeek.Monday))
            {
                return at;
            }
        }

        throw new InvalidOperationException("There is a Monday within eight days.");
    }

    /// <summary>What becomes of a digest that is due: when it is told, since when it sums up, and when the next one is due. One that quiet hours hold back sums up all of them at their end.</summary>
    /// <param name="channel">Whose it is.</param>
    /// <param name="quiet">Quiet hours of the workspace.</param>
    /// <param name="at">When it was due.</param>
    /// <param name="now">The moment.</param>
    public static (DateTimeOffset DueAt, DateTimeOffset Since, DateTimeOffset? Next) Plan(NoticeChannel channel, WorkspaceQuiet quiet, DateTimeOffset at, DateTimeOffset now)
    {
        var due = channel.NextAllowed(now, IncidentSeverity.Info, quiet);
        return (due, Since(channel, at), Next(channel, due));
    }

    private static DateTimeOffset Since(NoticeChannel channel, DateTimeOffset at) => at - channel.Digest switch
    {
        DigestEvery.Hour => TimeSpan.FromHours(1),
        DigestEvery.Day => TimeSpan.FromDays(1),
        _ => TimeSpan.FromDays(7),
    };

    /// <summary>What a channel is told about the time since the last digest.</summary>
    public async Task<Message> WriteAsync(string workspace, Claimed notice, NoticeChannel channel, Uri? publicUrl, CancellationToken cancellationToken)
    {
        var texts = NoticeTexts.Of(channel.Language);
        var (since, until) = (notice.Since ?? notice.DueAt.AddDays(-1), notice.DueAt);
        var lines = new List<string>();
        await using (var counts = dataSource.CreateCommand("select coalesce(sum(total), 0)::bigint, coalesce(sum(negative), 0)::bigint from alerts.counts_hour where workspace = $1 and at >= $2 and at < $3"))
        {
            counts.Parameters.AddWithValue(workspace);
            counts.Parameters.AddWithValue(Counts.Hour(since).UtcDateTime);
            counts.Parameters.AddWithValue(until.UtcDateTime);
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
            Message.Clean(texts.Digest(channel.Digest.ToString().ToLowerInvariant(), Message.Local(until, channel))),
            [.. lines.Select(Message.Clean)],
            [],
            publicUrl is null ? null : new Uri(publicUrl, "/incidents"),
            texts.Look,
            told.Where(i => i.State.Lasts).Select(i => i.State.Severity).DefaultIfEmpty(IncidentSeverity.Info).Max());
    }

    private static string About(Incident i) => string.Concat(new[] { i.Brand?.Name, i.Subject }.Where(t => !string.IsNullOrEmpty(t)).Select(t => " · " + t));
}
