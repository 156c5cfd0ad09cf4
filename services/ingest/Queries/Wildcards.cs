using System.Text;

namespace Serm.Ingest.Queries;

/// <summary>Words with <c>*</c> for any letters (also none) and <c>?</c> for one.</summary>
internal static class Wildcards
{
    /// <summary>Most stars and question marks in a word.</summary>
    public const int Max = 4;

    /// <summary>The pattern with its letters folded.</summary>
    public static string Fold(string written)
    {
        var folded = new StringBuilder(written.Length);
        Span<char> buffer = stackalloc char[WordReader.MaxWord];
        for (var at = 0; at < written.Length;)
        {
            if (written[at] is '*' or '?')
            {
                folded.Append(written[at++]);
                continue;
            }

            var end = written.AsSpan(at).IndexOfAny('*', '?');
            var piece = end < 0 ? written.AsSpan(at) : written.AsSpan(at, end);
            var reader = new WordReader(piece, buffer);
            while (reader.Next())
            {
                folded.Append(reader.Word);
            }

            at += piece.Length;
        }

        return folded.ToString();
    }

    /// <summary>The letters before the first star or question mark.</summary>
    public static string Beginning(string pattern) => pattern[..pattern.AsSpan().IndexOfAny('*', '?')];

    /// <summary>True when a folded word fits. Linear in the word for each star: a star never gives back what an earlier one took.</summary>
    /// <param name="pattern">With stars and question marks.</param>
    /// <param name="word">What must fit as a whole.</param>
    /// <param name="anyOne">False to take a question mark as itself.</param>
    public static bool Takes(string pattern, ReadOnlySpan<char> word, bool anyOne = true)
    {
        int p = 0, w = 0, star = -1, mark = 0;
        while (w < word.Length)
        {
            if (p < pattern.Length && ((anyOne && pattern[p] == '?') || (pattern[p] == word[w] && pattern[p] != '*')))
            {
                p++;
                w++;
            }
            else if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                mark = w;
            }
            else if (star >= 0)
            {
                p = star + 1;
                w = ++mark;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
