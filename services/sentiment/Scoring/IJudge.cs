using Serm.Contracts;

namespace Serm.Sentiments.Scoring;

/// <summary>A text to judge.</summary>
/// <param name="Title">Null where there is none.</param>
/// <param name="Text">Any text, also ill-formed UTF-16.</param>
/// <param name="Language">ISO code; null or <c>und</c> to have it told from the text.</param>
/// <param name="Names">Where it names the brand that it is judged for, and others; null to judge it as a whole.</param>
internal sealed record TextToJudge(string? Title, string Text, string? Language = null, IReadOnlyList<NameSpan>? Names = null);

/// <summary>Judges texts: the shipped linear model with what a workspace added to it, or a transformer of the user's own. Thread-safe; the same text gives the same judgement.</summary>
internal interface IJudge
{
    /// <summary>What its verdicts are signed with: whatever makes another verdict has another version.</summary>
    string Version { get; }

    /// <summary>Judges a text by its beginning: <see cref="Features.Featurizer.TitleWindow"/> characters of the title, <see cref="Features.Featurizer.TextWindow"/> of the text.</summary>
    Judgement Score(string? title, string text, string? language = null, IReadOnlyList<NameSpan>? names = null, bool explain = true);

    /// <summary>Judges many texts, in their order.</summary>
    IReadOnlyList<Judgement> ScoreAll(IReadOnlyList<TextToJudge> texts) => [.. texts.Select(t => Score(t.Title, t.Text, t.Language, t.Names))];
}
