using System.Diagnostics;

namespace Serm.Defaults;

/// <summary>The trace of a mention: carried in the messages and events themselves, because batches and the relay's database hop would break an ambient one.</summary>
public static class Tracing
{
    /// <summary>The source of all own activities.</summary>
    public static readonly ActivitySource Source = new("Serm");

    /// <summary>Continues a mention's trace. Null when nobody listens or the trace is not sampled.</summary>
    /// <param name="name">Such as <c>mention.score</c>.</param>
    /// <param name="traceParent">W3C traceparent; null starts a new trace.</param>
    /// <param name="kind">Kind of span.</param>
    public static Activity? Continue(string name, string? traceParent, ActivityKind kind = ActivityKind.Consumer) =>
        Source.HasListeners() && ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, kind, parent)
            : null;
}
