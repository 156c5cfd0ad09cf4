using Serm.Defaults;

namespace Serm.Sentiments.Workspaces;

/// <summary>What people read of what was done to how a workspace has its mentions judged. Pure.</summary>
internal static class SentimentChanges
{
    public static ChangeRow Settings(SettingsRow before, SettingsRow after, string by, DateTimeOffset now) =>
        ChangeRow.Of("sentiment_settings.changed", null, null, by, now, Differences.Of(before, after, "version"));

    /// <summary>Another model in use.</summary>
    /// <param name="before">The workspace's own before; null for the shipped one.</param>
    /// <param name="after">As <paramref name="before"/>, from now on.</param>
    /// <param name="shipped">Version of the shipped one.</param>
    /// <param name="by">Who did it.</param>
    /// <param name="now">When.</param>
    public static ChangeRow Promoted(string? before, string? after, string shipped, string by, DateTimeOffset now) =>
        ChangeRow.Of("model.promoted", after ?? shipped, after ?? shipped, by, now, Differences.Of(new { Model = before ?? shipped }, new { Model = after ?? shipped }));

    /// <summary>A training that was asked for.</summary>
    public static ChangeRow Asked(Guid id, string by, DateTimeOffset now) => ChangeRow.Of("training.asked", id, null, by, now);

    /// <summary>A training that was given up.</summary>
    public static ChangeRow Cancelled(Guid id, string by, DateTimeOffset now) => ChangeRow.Of("training.cancelled", id, null, by, now);

    /// <summary>A correction that was forgotten, with the text that it was learnt from.</summary>
    public static ChangeRow Forgotten(Guid mention, string by, DateTimeOffset now) => ChangeRow.Of("correction.erased", mention, null, by, now);
}
