using Serm.Contracts;

namespace Serm.Alerts;

/// <summary>A channel that does not deliver is itself an incident, told by the others, and over once it delivers again.</summary>
internal sealed class ChannelHealth(SignalLog signals, TimeProvider clock)
{
    /// <summary>Failures in a row from which on a channel is called failing.</summary>
    public const int Failing = 3;

    /// <summary>The rule that nobody wrote.</summary>
    private static readonly Rule Ours = new(new Guid("2f7a4c9e-93a1-4a3f-8c58-6f0f4a7b9c31"))
    {
        Kind = RuleKinds.ChannelFailing,
        Version = 1,
        Terms = new("Channel does not deliver", null, 0, null, UnknownReach.Alert, true, Severity: IncidentSeverity.Critical),
    };

    public Task FailsAsync(string workspace, NoticeChannel channel, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return signals.ApplyAsync(workspace, Ours, [Of(channel, new(0, 0, now, now, 0))], cancellationToken);
    }

    public Task WorksAsync(string workspace, NoticeChannel channel, CancellationToken cancellationToken) => signals.ApplyAsync(workspace, Ours, [Of(channel, null)], cancellationToken);

    private static Signal Of(NoticeChannel channel, Measured? measured) => new(null, channel.Id.ToString("D"), channel.Name, null, measured);
}
