using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>What a clock measures.</summary>
public enum SlaClock
{
    /// <summary>Until anybody answers, or closes it.</summary>
    FirstAnswer = 0,

    /// <summary>Until it is resolved.</summary>
    Resolve = 1,
}

/// <summary>What a clock says.</summary>
public enum SlaState
{
    /// <summary>It runs, and there is time.</summary>
    Running = 0,

    /// <summary>It runs, and will be due soon.</summary>
    DueSoon = 1,

    /// <summary>Too late.</summary>
    Breached = 2,

    /// <summary>Done in time.</summary>
    Met = 3,

    /// <summary>It stands while others have the turn.</summary>
    Paused = 4,
}

/// <summary>How soon which mentions are answered. Of the policies of a workspace the first that fits a mention counts.</summary>
/// <param name="Name">1 to 100 characters, unique in the workspace.</param>
/// <param name="Brands">Only these brands; all when empty.</param>
/// <param name="Severities">Only these severities; all when empty.</param>
/// <param name="Sentiments">Only these verdicts; all when empty.</param>
/// <param name="FirstAnswerMinutes">Minutes of business time to the first answer; null for no such clock.</param>
/// <param name="ResolveMinutes">Minutes of business time until it is resolved; null for no such clock.</param>
/// <param name="WarnPercent">Share of the time after which it is due soon, 1 to 99.</param>
/// <param name="StopWhileWaiting">Clocks stand while it is the author's turn.</param>
/// <param name="StopWhileSnoozed">Clocks stand while it is put off.</param>
/// <param name="Hours">When clocks run.</param>
public sealed record SlaPolicy(
    string Name,
    IReadOnlyList<Guid> Brands,
    IReadOnlyList<Severity> Severities,
    IReadOnlyList<Sentiment> Sentiments,
    int? FirstAnswerMinutes,
    int? ResolveMinutes,
    int WarnPercent,
    bool StopWhileWaiting,
    bool StopWhileSnoozed,
    BusinessHours Hours)
{
    /// <summary>True when it is for such a mention.</summary>
    public bool Fits(Guid brand, Severity severity, Sentiment? sentiment) =>
        (Brands.Count == 0 || Brands.Contains(brand))
        && (Severities.Count == 0 || Severities.Contains(severity))
        && (Sentiments.Count == 0 || (sentiment is { } s && Sentiments.Contains(s)));

    /// <summary>How long a clock may run; null when there is none.</summary>
    public TimeSpan? Target(SlaClock clock) => (clock == SlaClock.FirstAnswer ? FirstAnswerMinutes : ResolveMinutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null;
}

/// <summary>The policies of a workspace: the fold of its stream.</summary>
/// <param name="Version">Changes so far; 0 before the first.</param>
/// <param name="Policies">In order: the first that fits counts.</param>
public sealed record SlaPolicies(int Version, IReadOnlyList<SlaPolicy> Policies)
{
    /// <summary>Nothing is promised.</summary>
    public static readonly SlaPolicies None = new(0, []);

    /// <summary>The policy of a mention; null when none is for it.</summary>
    public SlaPolicy? For(Guid brand, Severity severity, Sentiment? sentiment) => Policies.FirstOrDefault(p => p.Fits(brand, severity, sentiment));

    /// <summary>As above, but where a rescoring changed the label the policy of before, as long as it is for the new one too: no clock begins by a rescoring, as it would be over at once, and one that runs goes on.</summary>
    /// <param name="atFirst">The label without what rescorings said.</param>
    public SlaPolicy? For(Guid brand, Severity severity, Sentiment? sentiment, Sentiment? atFirst)
    {
        return For(brand, severity, atFirst) is { } before && before.Fits(brand, severity, sentiment) ? before : null;
    }
}

/// <summary>A person changed what is promised.</summary>
/// <param name="Policies">All of them, in order.</param>
public sealed record SlaPoliciesChanged(IReadOnlyList<SlaPolicy> Policies, string By, DateTimeOffset At);
