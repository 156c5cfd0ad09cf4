namespace Serm.Sentiments.Towards;

/// <summary>Guesses the names of brands that nobody follows, where a text is likely to set one against the mention's own: a capital letter inside a sentence after a comma, a contrast, "and", "than" or "to"; a handle anywhere.</summary>
internal static class OtherNames
{
    /// <summary>Marks the words that look like names of others. Leaves all as it is when the text names one that is known.</summary>
    public static void Guess(Span<Word> words, string? title, string text, string language, ClauseWords lexicon)
    {
        if (!ClauseWords.CapitalsAreNames(language))
        {
            return;
        }

        for (var i = 1; i < words.Length; i++)
        {
            ref var word = ref words[i];
            var source = word.Part == Contracts.PostPart.Title ? title! : text;
            if (word.Named != Named.Nobody || word.Before == Break.Sentence || word.Part != words[i - 1].Part || word.End - word.Start < 3
                || !char.IsUpper(source[word.Start]) || Shouts(source) || lexicon.Contrast.Contains(word.Lower))
            {
                continue;
            }

            var previous = words[i - 1].Lower;
            if (word.Before != Break.None || lexicon.Contrast.Contains(previous) || lexicon.Join.Contains(previous) || lexicon.Than.Contains(previous) || lexicon.To.Contains(previous) || lexicon.From.Contains(previous))
            {
                word = word with { Named = Named.Other };
            }
        }
    }

    // Where most letters are capitals they mean nothing.
    private static bool Shouts(string text)
    {
        var (upper, lower) = (0, 0);
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, 400)))
        {
            upper += char.IsUpper(c) ? 1 : 0;
            lower += char.IsLower(c) ? 1 : 0;
        }

        return upper > lower;
    }
}
