using System.Runtime.InteropServices;

namespace Serm.Sentiments.Features;

/// <summary>What a token is made of, which decides the features it gives.</summary>
internal enum TokenKind : byte
{
    /// <summary>Letters and digits between spaces: one unigram, bigrams, letter sequences inside it.</summary>
    Word,

    /// <summary>A run in a script without spaces between words (Han, Kana, Thai, Lao, Khmer, Burmese): letter sequences only.</summary>
    Unspaced,

    /// <summary>An emoji, an emoticon, a run of punctuation, or the stand-in of a handle or address: unigram and bigrams.</summary>
    Sign,
}

/// <summary>One token of a text.</summary>
/// <param name="Kind">What it is made of.</param>
/// <param name="From">First of its normalised letters.</param>
/// <param name="To">Behind the last of them.</param>
/// <param name="Start">First UTF-16 character of the analysed text (title, then text) that made it.</param>
/// <param name="End">Behind the last of these.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Token(TokenKind Kind, int From, int To, int Start, int End);

/// <summary>One occurrence of a feature.</summary>
/// <param name="Bucket">0 to 2^<see cref="Featurizer.Bits"/> - 1.</param>
/// <param name="Start">First UTF-16 character of the analysed text that made it.</param>
/// <param name="End">Behind the last of these.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Occurrence(int Bucket, int Start, int End);
