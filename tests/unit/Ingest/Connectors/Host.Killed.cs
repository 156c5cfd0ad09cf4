using Serm.Ingest.Connectors;

namespace Serm.Tests.Unit.Ingest.Connectors;

/// <summary>Where the process dies: at the nth request, or while a call is answered.</summary>
internal sealed partial class Host
{
    // A call that was not answered comes again.
    private void TakeCalls(IReadOnlyList<HookCall> calls)
    {
        foreach (var call in calls.Skip(called))
        {
            var dies = Dies();
            Call(call);
            if (dies)
            {
                throw new KilledException("killed");
            }

            called++;
        }
    }

    /// <summary>How often it died.</summary>
    public int Deaths { get; private set; }

    // Counts a request; true when the process dies once it has been answered.
    private bool Dies()
    {
        Requests++;
        var dies = untilKilled >= 0 && untilKilled-- == 0;
        Deaths += dies ? 1 : 0;
        return dies && !killAfterAnswer ? throw new KilledException("killed") : dies;
    }

    private HttpMessageInvoker Client() => new(new Counter(this) { InnerHandler = Guard.CreateHandler(TimeSpan.FromSeconds(5)) });

    // Counts the requests, and is where the process dies.
    private sealed class Counter(Host host) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var dies = host.Dies();
            var response = await base.SendAsync(request, cancellationToken);
            return dies ? throw new KilledException("killed") : response;
        }
    }
}
