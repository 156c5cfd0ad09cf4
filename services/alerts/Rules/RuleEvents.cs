namespace Serm.Alerts;

/// <summary>A rule was added, by a person or as the one that a workspace begins with.</summary>
public sealed record RuleAdded(string Kind, RuleTerms Terms, string By, DateTimeOffset At);

/// <summary>A person changed what it looks for.</summary>
public sealed record RuleChanged(RuleTerms Terms, string By, DateTimeOffset At);

/// <summary>A person removed it. Its alerts stay.</summary>
public sealed record RuleRemoved(string By, DateTimeOffset At);
