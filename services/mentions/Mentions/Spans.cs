using System.Diagnostics;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>One span a sampled mention around the work on its batch, so that its own trace shows the store.</summary>
internal sealed class Spans(List<Activity> activities) : IDisposable
{
    public static Spans Of(IEnumerable<string?> traceParents) => new(
        Tracing.Source.HasListeners()
            ? [.. traceParents.Select(p => Tracing.Continue("mention.store", p)).OfType<Activity>()]
            : []);

    public void Dispose()
    {
        foreach (var activity in activities)
        {
            activity.Dispose();
        }
    }
}
