namespace Serm.Bench;

/// <summary>The figures of alerts.</summary>
internal static class AlertsBench
{
    public static Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        FalseAlarms.Run(context, cancellationToken);
        return WebhookBench.RunAsync(context, cancellationToken);
    }
}
