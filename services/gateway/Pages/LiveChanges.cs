using System.Text.Json;
using System.Threading.Channels;
using Serm.Contracts;
using Serm.Gateway.Clients;
using Serm.Gateway.Live;

namespace Serm.Gateway.Pages;

/// <summary>What happened since the last time.</summary>
/// <param name="Mentions">Mentions that changed, each once.</param>
/// <param name="Alerts">Alerts that were raised.</param>
/// <param name="Incidents">What happened to incidents.</param>
/// <param name="Webhooks">Webhooks that were disabled.</param>
/// <param name="Reset">Something was missed: load everything anew.</param>
/// <param name="Presence">Who reads what.</param>
internal sealed record Changes(
    IReadOnlyCollection<Guid> Mentions, IReadOnlyList<AlertRaised> Alerts, IReadOnlyList<IncidentChanged> Incidents, IReadOnlyList<EndpointDisabled> Webhooks, bool Reset, IReadOnlyList<PresenceChanged> Presence)
{
    /// <summary>Nothing happened.</summary>
    public static readonly Changes None = new([], [], [], [], Reset: false, []);

    /// <summary>With the mentions of an earlier time, if there are any. They are no more than a fresh page is worth.</summary>
    public Changes With(Changes? earlier) => earlier is null ? this
        : this with { Mentions = [.. Mentions.Union(earlier.Mentions).Take(LiveChanges.Most)], Reset = Reset || earlier.Reset };
}

/// <summary>Gathers live events, so that a page asks once for many. The first one after a pause goes through at once.</summary>
internal static class LiveChanges
{
    /// <summary>More changed mentions than this are worth a fresh page.</summary>
    public const int Most = 300;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    /// <summary>Calls <paramref name="apply"/> whenever something happened, never twice at the same time, until it is cancelled.</summary>
    public static async Task RunAsync(LiveFeed feed, string workspace, long? after, Func<Changes, Task> apply, CancellationToken cancellationToken)
    {
        var gate = new Lock();
        var mentions = new HashSet<Guid>();
        var alerts = new List<AlertRaised>();
        var webhooks = new List<EndpointDisabled>();
        var presence = new List<PresenceChanged>();
        var incidents = new List<IncidentChanged>();
        var reset = false;
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync();
        try
        {
            while (await wake.Reader.WaitToReadAsync(end.Token))
            {
                wake.Reader.TryRead(out _);
                Changes changes;
                lock (gate)
                {
                    changes = new([.. mentions], [.. alerts], [.. incidents], [.. webhooks], reset, [.. presence]);
                    mentions.Clear();
                    alerts.Clear();
                    incidents.Clear();
                    webhooks.Clear();
                    presence.Clear();
                    reset = false;
                }

                await apply(changes);
                await Task.Delay(Pause, end.Token);
            }

            await reading;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The page was closed.
        }
        finally
        {
            await end.CancelAsync();
        }

        async Task ReadAsync()
        {
            try
            {
                await foreach (var happened in feed.Subscribe(workspace, after, end.Token))
                {
                    lock (gate)
                    {
                        reset |= happened.Type == LiveEvent.Reset || mentions.Count >= Most;
                        if (happened.Type == LiveEvent.Mention && !reset)
                        {
                            mentions.Add(happened.MentionId);
                        }
                        else if (happened.Type == LiveEvent.Alert && alerts.Count < 100)
                        {
                            alerts.Add(JsonSerializer.Deserialize<AlertRaised>(happened.Payload, ServiceClient.Json)!);
                        }
                        else if (happened.Type == LiveEvent.Webhook)
                        {
                            webhooks.Add(JsonSerializer.Deserialize<EndpointDisabled>(happened.Payload, ServiceClient.Json)!);
                        }
                        else if (happened.Type == LiveEvent.Presence && presence.Count < 100)
                        {
                            presence.Add(JsonSerializer.Deserialize<PresenceChanged>(happened.Payload, ServiceClient.Json)!);
                        }
                        else if (happened.Type == LiveEvent.Incident && incidents.Count < 100)
                        {
                            incidents.Add(JsonSerializer.Deserialize<IncidentChanged>(happened.Payload, ServiceClient.Json)!);
                        }
                    }

                    wake.Writer.TryWrite(true);
                }
            }
            finally
            {
                wake.Writer.TryComplete();
            }
        }
    }
}
