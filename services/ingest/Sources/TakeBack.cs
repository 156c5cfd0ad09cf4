using Npgsql;
using Serm.Ingest.Connectors;

namespace Serm.Ingest.Sources;

/// <summary>Takes back what sources have left at their networks and no longer need. What cannot be reached is tried again for two days, and told all the while.</summary>
internal sealed partial class TakeBack(NpgsqlDataSource dataSource, ReadSource read, ConnectorBook book, Credentials credentials, TimeProvider clock, ILogger<TakeBack> log)
    : Recurring("Taking back what sources have left at their networks", TimeSpan.FromSeconds(2), clock, log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    protected override async Task DoAsync(CancellationToken stopping)
    {
        // What is begun when the host stops is due again by itself.
        foreach (var left in await LeftoverTable.ClaimAsync(dataSource, Clock.GetUtcNow(), stopping))
        {
            await TakeAsync(left, stopping);
        }
    }

    private async Task TakeAsync(Leftover left, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        try
        {
            if (book.Find(left.Source.Kind) is ITakesBack connector && !await IsNeededAsync(connector, left, stopping))
            {
                var settings = credentials.Open(left.Workspace, left.Source, left.Sealed);
                await connector.TakeBackAsync(read.Reading(connector, new(left.Workspace, left.Source, new(), Guid.Empty, ""), settings), patience.Token);
                LogTaken(Log, left.Source.Id, left.Source.Kind);
            }

            await LeftoverTable.ForgetAsync(dataSource, left, stopping);
        }
        catch (Exception e) when (e is NetworkFailure || (!stopping.IsCancellationRequested && e is not NpgsqlException))
        {
            var failure = e as NetworkFailure ?? new NetworkFailure(e is OperationCanceledException ? "timeout" : NetworkFailure.BadAnswer, "The network took too long, or answered with something that cannot be read.", inner: e);
            var now = Clock.GetUtcNow();
            var wait = Leftover.WaitAfter(left.Tries + 1);
            await LeftoverTable.FailedAsync(dataSource, left, new(failure.Code, failure.Message, now), wait is { } time ? now + (failure.RetryAfter > time ? failure.RetryAfter.Value : time) : null, stopping);
            LogFailed(Log, left.Source.Id, left.Source.Kind, failure.Code, wait is null ? "it is given up" : "it is tried again");
        }
    }

    private async Task<bool> IsNeededAsync(ITakesBack connector, Leftover left, CancellationToken stopping)
    {
        var now = (await SourceView.LoadAsync(dataSource, left.Workspace, left.Source.Id, Clock.GetUtcNow(), stopping)).SingleOrDefault();
        if (now is null || now.State == SourceState.Paused)
        {
            return false;
        }

        var source = left.Source with { Options = now.OptionsText, Paused = false };
        return Leftover.Needs(connector, (source, await credentials.LoadAsync(left.Workspace, source, stopping)), left.Bucket);
    }

    [LoggerMessage(EventId = 241, Level = LogLevel.Debug, Message = "What source {SourceId} of kind {Kind} had left at its network is taken back")]
    private static partial void LogTaken(ILogger log, Guid sourceId, string kind);

    [LoggerMessage(EventId = 242, Level = LogLevel.Warning, Message = "What source {SourceId} of kind {Kind} had left at its network could not be taken back ({Code}); {Next}")]
    private static partial void LogFailed(ILogger log, Guid sourceId, string kind, string code, string next);
}
