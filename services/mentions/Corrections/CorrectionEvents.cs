using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>A person said what one revision really says of the brand: counts instead of the model's verdict for as long as that revision is the latest.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When.</param>
/// <param name="Revision">Which revision.</param>
/// <param name="Label">What they say.</param>
/// <param name="Was">What the model said; null when it had not.</param>
/// <param name="ModelVersion">The model that said so.</param>
/// <param name="ReasonId">Under which their reason lies in the notes table; null when they gave none.</param>
/// <param name="TraceParent">W3C traceparent.</param>
public sealed record Corrected(string By, DateTimeOffset At, int Revision, Sentiment Label, Sentiment? Was, string? ModelVersion, Guid? ReasonId, string? TraceParent);

/// <summary>The correction was taken back: the model's verdict counts again.</summary>
public sealed record CorrectionWithdrawn(string By, DateTimeOffset At, int Revision, string? TraceParent);
