using System.Runtime.InteropServices;
using Serm.Contracts;
using Serm.Sentiments.Features;

namespace Serm.Sentiments.Towards;

/// <summary>Whom a word names.</summary>
internal enum Named : byte
{
    Nobody = 0,
    Own = 1,
    Other = 2,
}

/// <summary>What stands before a word since the one before it.</summary>
internal enum Break : byte
{
    None = 0,
    Comma = 1,

    /// <summary>A dash, a colon, brackets: between comma and full stop.</summary>
    Dash = 2,
    Sentence = 3,
}

/// <summary>A word of a post, for cutting it into clauses.</summary>
/// <param name="Part">Title or text.</param>
/// <param name="Start">First UTF-16 character.</param>
/// <param name="End">Behind the last.</param>
/// <param name="Lower">In lower case, without what follows an apostrophe.</param>
/// <param name="Suffix">What follows its apostrophe, in lower case; empty without one.</param>
/// <param name="Before">What stands before it.</param>
/// <param name="Named">Whom it names.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Word(PostPart Part, int Start, int End, string Lower, string Suffix, Break Before, Named Named)
{
    /// <summary>Reads the words of one part.</summary>
    public static void Read(PostPart part, string? text, int window, IReadOnlyList<NameSpan> names, List<Word> words)
    {
        var end = Math.Min(text?.Length ?? 0, window);
        var before = Break.Sentence;
        for (var i = 0; i < end;)
        {
            if (!IsLetter(text![i]))
            {
                before = Max(before, BreakAt(text, i, end));
                i++;
                continue;
            }

            var start = i;
            while (i < end && (IsLetter(text[i]) || (i + 1 < end && text[i] is '\'' or '’' or '-' or '.' && IsLetter(text[i + 1]))))
            {
                i++;
            }

            var lower = text[start..i].ToLowerInvariant();
            var apostrophe = lower.AsSpan().IndexOfAny('\'', '’');
            var (stem, suffix) = apostrophe > 0 ? (lower[..apostrophe], lower[(apostrophe + 1)..]) : (lower, "");
            words.Add(new Word(part, start, i, stem, suffix, before, Of(part, start, i, names)));
            before = Break.None;
        }
    }

    private static Break Max(Break a, Break b) => a > b ? a : b;

    private static Break BreakAt(string text, int i, int end) => text[i] switch
    {
        '!' or '?' or '…' or ';' or '\n' or '。' or '！' or '？' => Break.Sentence,
        '.' => i + 1 == end || !char.IsLetterOrDigit(text[i + 1]) ? Break.Sentence : Break.None,
        ',' or '，' or '、' or '،' => Break.Comma,
        '–' or '—' or '(' or ')' or ':' or '|' or '/' => Break.Dash,
        '-' => i > 0 && char.IsWhiteSpace(text[i - 1]) ? Break.Dash : Break.None,
        _ => Break.None,
    };

    private static Named Of(PostPart part, int start, int end, IReadOnlyList<NameSpan> names)
    {
        var named = Named.Nobody;
        foreach (var name in names)
        {
            if (name.Part == part && name.Start < end && start < name.Start + name.Length)
            {
                // Where both stand in one place, it is the brand's own: "Acme Bank" is Acme.
                named = name.Other && named != Named.Own ? Named.Other : Named.Own;
            }
        }

        return named;
    }

    private static bool IsLetter(char c) => CharClass.IsWord(c) || c is '&' or '@' or '#';
}
