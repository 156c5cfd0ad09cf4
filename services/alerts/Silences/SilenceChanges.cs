using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What people read of what was done to a silence. Pure. It has no name: why it was made stands for one.</summary>
internal static class SilenceChanges
{
    public static ChangeRow Added(Silence s) => ChangeRow.Of("silence.added", s.Id, s.Why, s.By, s.From, Differences.Of(null, s, "id", "by", "endedAt", "endedBy"));

    public static ChangeRow Ended(Silence s) => ChangeRow.Of("silence.ended", s.Id, s.Why, s.EndedBy!, s.EndedAt!.Value, Differences.Of(new { s.Until }, new { Until = s.EndedAt }));
}
