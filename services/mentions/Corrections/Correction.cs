using Serm.Contracts;

namespace Serm.Mentions;

/// <summary>What a person says a mention says.</summary>
/// <param name="Label">The human verdict.</param>
/// <param name="By">Who gave it.</param>
/// <param name="At">When.</param>
/// <param name="Revision">Of which revision; that of another one does not count.</param>
/// <param name="Was">What the model had said; null when it had not.</param>
public sealed record Correction(Sentiment Label, string By, DateTimeOffset At, int Revision, Sentiment? Was);

/// <summary>What becomes of a correction. Pure.</summary>
internal static class CorrectionDecider
{
    /// <summary>Corrects, or confirms by the same label: both teach the model. Nothing for a repeat.</summary>
    public static IReadOnlyList<object> Correct(Mention state, Person by, Sentiment label, Guid? reasonId)
    {
        var revision = state.Latest!.Number;
        return state.Correction is { } known && known.Revision == revision && known.Label == label && reasonId is null
            ? []
            : [new Corrected(by.Name, by.At, revision, label, state.Verdict?.Label, state.Verdict?.ModelVersion, reasonId, by.TraceParent)];
    }

    /// <summary>Takes it back. Nothing when there is none.</summary>
    public static IReadOnlyList<object> Withdraw(Mention state, Person by) =>
        state.Correction is { } known ? [new CorrectionWithdrawn(by.Name, by.At, known.Revision, by.TraceParent)] : [];
}
