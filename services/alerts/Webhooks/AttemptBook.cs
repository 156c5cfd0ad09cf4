using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Marten;
using Microsoft.Extensions.Options;
using Npgsql;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>Writes down what attempts came to, many at once, and disables webhooks whose receivers are gone or fail for days.</summary>
internal sealed partial class AttemptBook(NpgsqlDataSource dataSource, IDocumentStore store, WebhookBook book, IOptions<WebhookOptions> options, TimeProvider clock, ILogger<AttemptBook> log) : BackgroundService
{
    private const int Page = 500;

    // The least time between two pages: what ends meanwhile is written together.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(5);
    private static readonly Counter<long> Attempts = Telemetry.Meter.CreateCounter<long>("serm.webhooks.attempts", description: "Attempts to deliver, by what they came to");

    private readonly Channel<(Attempt Attempt, NextAttempt Next)> _waiting = Channel.CreateBounded<(Attempt, NextAttempt)>(new BoundedChannelOptions(10_000) { SingleReader = true });

    /// <summary>Takes an attempt in; waits while too many are not written yet.</summary>
    public ValueTask AddAsync(Attempt attempt)
    {
        Attempts.Add(1, new KeyValuePair<string, object?>("result", attempt.Result.Error ?? "ok"));
        return _waiting.Writer.WriteAsync((attempt, RetrySchedule.After(attempt.Result, attempt.Delivery.Step, clock.GetUtcNow(), Random.Shared.NextDouble())));
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _waiting.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // It ends when the channel is empty after the end, and not with the token: results are not thrown away.
        using var end = new CancellationTokenSource();
        await using var _ = stoppingToken.Register(() => end.CancelAfter(LastPatience));
        var page = new List<(Attempt Attempt, NextAttempt Next)>(Page);
        while (await _waiting.Reader.WaitToReadAsync(end.Token))
        {
            var pace = stoppingToken.IsCancellationRequested ? Task.CompletedTask : Task.Delay(Pace, end.Token);
            page.Clear();
            while (page.Count < Page && _waiting.Reader.TryRead(out var next))
            {
                page.Add(next);
            }

            await Transient.RetryAsync(ct => WriteAsync(page, ct), log, end.Token);
            if (page.Count < Page)
            {
                await pace;
            }
        }
    }

    private async Task WriteAsync(IReadOnlyList<(Attempt Attempt, NextAttempt Next)> page, CancellationToken cancellationToken)
    {
        var failing = (await NoteAttempts.WriteAsync(dataSource, page, cancellationToken)).ToDictionary(f => f.Webhook, f => f.FailingSince);
        foreach (var attempt in page.Select(p => p.Attempt).Where(a => a.Result.Gone).DistinctBy(a => a.Delivery.WebhookId))
        {
            await DisableAsync(attempt.Delivery.Workspace, attempt.Delivery.WebhookId, "gone", "The receiver answered 410 Gone: it does not want these events any more.", failing.TryGetValue(attempt.Delivery.WebhookId, out var since) ? since : null, cancellationToken);
        }

        var now = clock.GetUtcNow();
        var patience = TimeSpan.FromHours(options.Value.DisableAfterHours);
        foreach (var (id, since) in failing)
        {
            if (now - since >= patience && book.All.TryGetValue(id, out var open) && now - open.Webhook.ActiveSince >= patience)
            {
                await DisableAsync(open.Workspace, id, "failing", $"No delivery has succeeded since {since.UtcDateTime:yyyy-MM-dd HH:mm} UTC.", since, cancellationToken);
            }
        }
    }

    private async Task DisableAsync(string workspace, Guid id, string reason, string detail, DateTimeOffset? failingSince, CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(workspace);
        var after = await WebhookLog.ApplyAsync(session, id, w => WebhookDecider.Disable(w, reason, detail, failingSince, clock.GetUtcNow()), null, cancellationToken);
        if (after.Stopped is not null)
        {
            LogDisabled(log, id, reason);
        }
    }

    [LoggerMessage(EventId = 431, Level = LogLevel.Warning, Message = "Webhook {Webhook} is disabled ({Reason})")]
    private static partial void LogDisabled(ILogger log, Guid webhook, string reason);
}
