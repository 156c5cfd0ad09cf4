using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Marten;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Tells channels what is due. A process killed between telling and noting it tells again after the lease, with the same id; nothing is lost.</summary>
internal sealed partial class Deliverer(
    NoticeTable notices, ChannelTable channels, NoticeBook book, Senders senders, Digests digests, ChannelHealth health, IDocumentStore store, NpgsqlDataSource dataSource, IOptions<AlertOptions> options, TimeProvider clock, ILogger<Deliverer> log) : BackgroundService
{
    private const int AtOnce = 16;
    private const int AtOnceOfOne = 2;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SilencedLook = TimeSpan.FromMinutes(1);
    private static readonly Counter<long> Told = Telemetry.Meter.CreateCounter<long>("serm.notices.delivered", description: "Notices that channels took");
    private static readonly Counter<long> Failed = Telemetry.Meter.CreateCounter<long>("serm.notices.failed", description: "Tries of channels that failed");
    private static readonly Histogram<double> Delay = Telemetry.Meter.CreateHistogram<double>("serm.notices.due_to_delivered", "s", "From due to taken by the receiver");

    private readonly ConcurrentDictionary<Guid, int> flying = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var telling = new List<Task>();
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                telling.RemoveAll(t => t.IsCompleted);
                try
                {
                    await notices.QueueDigestsAsync(stoppingToken);
                    var room = AtOnce - flying.Values.Sum();
                    foreach (var notice in room > 0 ? await notices.ClaimAsync(room, AtOnceOfOne, [.. flying], stoppingToken) : [])
                    {
                        flying.AddOrUpdate(notice.ChannelId, 1, (_, n) => n + 1);
                        telling.Add(TellAsync(notice));
                    }
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(log, e.Message);
                }
            }
        }
        finally
        {
            // Broken off, a try that the receiver took would be told again.
            await Task.WhenAll(telling);
        }
    }

    private async Task TellAsync(Claimed notice)
    {
        try
        {
            await TryAsync(notice, CancellationToken.None);
        }
        catch (Exception e)
        {
            // The lease ends, and it is tried again.
            LogFailed(log, e.Message);
        }
        finally
        {
            flying.AddOrUpdate(notice.ChannelId, 0, (_, n) => n - 1);
        }
    }

    private async Task TryAsync(Claimed notice, CancellationToken cancellationToken)
    {
        var stored = await channels.FindAsync(notice.Workspace, notice.ChannelId, cancellationToken);
        var incident = notice.IncidentId is { } id ? await IncidentLog.OneAsync(dataSource, notice.Workspace, id, cancellationToken) : null;
        var over = incident is not null && IsObsolete(notice, incident.State);
        if (stored is not { Channel.Enabled: true } || over)
        {
            // A step of the on-call order is passed on by who looks for those that are missed.
            if (over || notice.Kind != NoticeKinds.Escalated)
            {
                await notices.DoneAsync(notice, "obsolete", cancellationToken);
            }

            return;
        }

        if (incident is not null && await WaitsAsync(notice, stored.Channel, incident.State, cancellationToken))
        {
            return;
        }

        var (channel, began) = (stored.Channel, clock.GetUtcNow());
        var outcome = await SendAsync(notice, stored, incident, cancellationToken);
        if (outcome.Error is null)
        {
            // First of all, so that it is not told again.
            await DeliveredAsync(notice, channel, cancellationToken);
            Told.Add(1);
            Delay.Record(Math.Max(0, (clock.GetUtcNow() - notice.DueAt).TotalSeconds));
            await channels.NoteAsync(notice.Workspace, channel.Id, outcome, began, cancellationToken);
            await health.WorksAsync(notice.Workspace, channel, cancellationToken);
        }
        else
        {
            // Before it is given up, so that a process killed in between does not hide that the channel fails.
            var failures = await channels.NoteAsync(notice.Workspace, channel.Id, outcome, began, cancellationToken);
            if (outcome.Final || failures >= ChannelHealth.Failing)
            {
                await health.FailsAsync(notice.Workspace, channel, cancellationToken);
            }

            var next = clock.GetUtcNow() + NoticeTable.Pause(outcome, notice.Attempts, Random.Shared.NextDouble());
            var quiet = (await book.OfAsync(notice.Workspace, cancellationToken)).Quiet;
            await notices.FailedAsync(notice, outcome, channel.NextAllowed(next, incident?.State.Severity ?? IncidentSeverity.Info, quiet), cancellationToken);
            Failed.Add(1);
            LogNotTold(log, notice.Id, channel.Id, notice.Attempts);
        }
    }

    // What cannot even be written or handed over is a failure like any other: it is seen, and does not come back for ever.
    private async Task<Outcome> SendAsync(Claimed notice, StoredChannel stored, Standing? incident, CancellationToken cancellationToken)
    {
        try
        {
            var message = incident is null
                ? await digests.WriteAsync(notice.Workspace, notice, stored.Channel, options.Value.PublicUrl, cancellationToken)
                : Message.Of(notice.Id, notice.Kind, incident.State, incident.Alerts, stored.Channel, await QuotedAsync(notice.Workspace, incident.State, cancellationToken), options.Value.PublicUrl);
            return await senders.SendAsync(stored.Channel, channels.Open(notice.Workspace, stored), message, cancellationToken);
        }
        catch (Exception e) when (e is not NpgsqlException && !cancellationToken.IsCancellationRequested)
        {
            return new($"It could not be told: {Message.Clean(e.Message)}");
        }
    }

    // What was acknowledged or ended meanwhile need not be told.
    private static bool IsObsolete(Claimed notice, Incident incident) => notice.Kind == NoticeKinds.Resolved ? incident.Lasts : incident.Status != IncidentStatus.Open;

    // What is silenced meanwhile waits. It looks again before the silence is to end: a person can end it earlier.
    private async Task<bool> WaitsAsync(Claimed notice, NoticeChannel channel, Incident incident, CancellationToken cancellationToken)
    {
        if (notice.Kind == NoticeKinds.Resolved || await book.SilenceOfAsync(notice.Workspace, incident, cancellationToken) is not { } silence)
        {
            return false;
        }

        var look = clock.GetUtcNow() + SilencedLook;
        var quiet = (await book.OfAsync(notice.Workspace, cancellationToken)).Quiet;
        await notices.WaitAsync(notice, channel.NextAllowed(silence.Until < look ? silence.Until : look, incident.Severity, quiet), cancellationToken);
        return true;
    }

    // That a step of the on-call order was told is an event as well: both, or neither.
    private async Task DeliveredAsync(Claimed notice, NoticeChannel channel, CancellationToken cancellationToken)
    {
        if (notice is not { Kind: NoticeKinds.Escalated, IncidentId: { } id })
        {
            await notices.DoneAsync(notice, "delivered", cancellationToken);
            return;
        }

        var now = clock.GetUtcNow();
        await using var session = store.LightweightSession(notice.Workspace);
        session.QueueSqlCommand('^', "update alerts.notices set state = 'delivered', delivered_at = ^, error = null, locked_until = null where workspace = ^ and id = ^ and state = 'due'", now.ToUniversalTime(), notice.Workspace, notice.Id);
        await IncidentLog.ApplyAsync(session, dataSource, book, id, s => s.State.Lasts ? [new IncidentEscalated(notice.Step, channel.Name, now)] : [], now, cancellationToken);
    }

    private async Task<List<MentionScored>> QuotedAsync(string workspace, Incident incident, CancellationToken cancellationToken)
    {
        var found = await AlertedMentions.ReadAsync(dataSource, [.. incident.Mentions.Take(3).Select(m => (workspace, m))], cancellationToken);
        return [.. found.Values.OrderByDescending(m => m.Verdict.Negative)];
    }

    [LoggerMessage(EventId = 420, Level = LogLevel.Warning, Message = "Notices could not be told: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);

    [LoggerMessage(EventId = 421, Level = LogLevel.Warning, Message = "Notice {Notice} was not taken by channel {Channel} (try {Attempt})")]
    private static partial void LogNotTold(ILogger log, Guid notice, Guid channel, int attempt);
}
