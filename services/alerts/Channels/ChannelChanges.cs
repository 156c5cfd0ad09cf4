using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What people read of what was done to channels, the on-call order and quiet hours. Pure. Secrets are apart from a channel: of them only which were changed is told.</summary>
internal static class ChannelChanges
{
    private static readonly string[] Without = ["id", "version"];

    /// <summary>A channel that was added, or changed.</summary>
    /// <param name="before">Null for a new one.</param>
    /// <param name="after">As it is now.</param>
    /// <param name="old">Its secrets before; null for none, or when they cannot be opened any more.</param>
    /// <param name="secret">Its secrets now.</param>
    /// <param name="by">Who did it.</param>
    /// <param name="now">When.</param>
    public static ChangeRow Saved(NoticeChannel? before, NoticeChannel after, ChannelSecret? old, ChannelSecret secret, string by, DateTimeOffset now) =>
        ChangeRow.Of(before is null ? "channel.added" : "channel.changed", after.Id, after.Name, by, now, [.. Differences.Of(before, after, Without), .. Secrets(old, secret)]);

    public static ChangeRow Removed(NoticeChannel channel, string by, DateTimeOffset now) => ChangeRow.Of("channel.removed", channel.Id, channel.Name, by, now, Differences.Of(channel, null, Without));

    /// <summary>Another order. Channels are told by their names.</summary>
    public static ChangeRow OnCall(OnCall before, OnCall after, IReadOnlyDictionary<Guid, string> names, string by, DateTimeOffset now) =>
        ChangeRow.Of("on_call.changed", null, null, by, now, Differences.Of(Shown(before, names), Shown(after, names)));

    public static ChangeRow Quiet(WorkspaceQuiet before, WorkspaceQuiet after, string by, DateTimeOffset now) => ChangeRow.Of("quiet_hours.changed", null, null, by, now, Differences.Of(before, after, Without));

    private static IEnumerable<ChangedField> Secrets(ChannelSecret? old, ChannelSecret now) =>
        new[] { ("password", old?.Password, now.Password), ("botToken", old?.BotToken, now.BotToken), ("url", old?.Url, now.Url) }
            .Where(s => s.Item2 != s.Item3).Select(s => Differences.Secret(s.Item1));

    private static object Shown(OnCall order, IReadOnlyDictionary<Guid, string> names) =>
        new { order.MinSeverity, Steps = order.Steps.Select(s => new { Channel = names.GetValueOrDefault(s.ChannelId, s.ChannelId.ToString()), s.AfterMinutes }) };
}
