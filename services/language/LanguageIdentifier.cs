namespace Serm.Language;

/// <summary>Tells the language of a text by its script and its letter sequences. Thread-safe; allocates nothing unless combining marks must be composed first.</summary>
public static class LanguageIdentifier
{
    private static readonly Lazy<LanguageModel> Model = new(LoadEmbedded);

    /// <summary>Codes that <see cref="Identify"/> can answer, beside <c>und</c>.</summary>
    public static IReadOnlyCollection<string> Codes => Model.Value.Codes;

    /// <summary>Identifies the language of a text.</summary>
    /// <param name="text">Any text, also ill-formed UTF-16. Only the beginning is read: up to 2,048 characters, of which the first 400 letters count.</param>
    /// <returns>The most probable language; <see cref="LanguageGuess.Unknown"/> for emoji, digits and texts too short or too mixed to tell.</returns>
    public static LanguageGuess Identify(ReadOnlySpan<char> text) => Model.Value.Identify(text);

    /// <summary>The model that is built into this program.</summary>
    internal static LanguageModel Shipped => Model.Value;

    private static LanguageModel LoadEmbedded()
    {
        using var stream = typeof(LanguageIdentifier).Assembly.GetManifestResourceStream("Serm.Language.language.bin")
            ?? throw new InvalidOperationException("The language model is not embedded: run './serm train' and build again.");
        return LanguageModel.Read(stream);
    }
}
