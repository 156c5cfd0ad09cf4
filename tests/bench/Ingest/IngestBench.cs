namespace Serm.Bench;

/// <summary>What ingest costs: reading feeds, matching queries, polling sources, keeping up with a stream.</summary>
internal static class IngestBench
{
    public static async Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        await FeedsAsync(context, cancellationToken);
        await MatchTable.RunAsync(context, cancellationToken);
        await StreamTable.RunAsync(context, cancellationToken);
        await PollTable.RunAsync(context, cancellationToken);
    }

    public static Task FeedsAsync(BenchContext context, CancellationToken cancellationToken)
    {
        FeedTable.Run(context);
        return Task.CompletedTask;
    }
}
