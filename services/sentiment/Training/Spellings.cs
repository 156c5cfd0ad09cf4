using System.Globalization;
using System.Text;
using Serm.Language;

namespace Serm.Sentiments.Training;

/// <summary>The ways in which people type a language when their keyboard, their haste or their habit leaves out what makes it easy to tell.</summary>
internal static class Spellings
{
    private const string Russian = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя";

    // As people type it, not as any standard says: three habits.
    private static readonly string[][] Latin =
    [
        ["a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"],
        ["a", "b", "v", "g", "d", "e", "yo", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "c", "ch", "sh", "shch", "", "y", "'", "e", "u", "ia"],
        ["a", "b", "v", "g", "d", "e", "jo", "j", "z", "i", "j", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "x", "c", "4", "w", "w", "", "i", "", "e", "ju", "ja"],
    ];

    /// <summary>Rows and, for many of them, the same text spelled another way: Serbian in Cyrillic, Russian in Latin letters, all others without the marks on their letters.</summary>
    public static IEnumerable<Row> WithVariants(IEnumerable<Row> rows)
    {
        foreach (var row in rows)
        {
            yield return row;
            var variant = row.Language switch
            {
                "sr" => SerbianLetters.ToCyrillic(row.Text),
                "ru" when Corpus.HeldOut(row, 2) => InLatin(row.Text),
                // Left out by most on some keyboards ...
                "tr" or "vi" when Corpus.HeldOut(row, 2) => WithoutMarks(row.Text),
                // ... by some on all.
                _ when Corpus.HeldOut(row, 6) => WithoutMarks(row.Text),
                _ => row.Text,
            };
            if (variant != row.Text)
            {
                yield return row with { Text = variant };
            }
        }
    }

    /// <summary>Russian in Latin letters, in one of three habits that depends on the text.</summary>
    public static string InLatin(string text)
    {
        var habit = Latin[Corpus.StableHash(text) / 7 % (uint)Latin.Length];
        var result = new StringBuilder(text.Length * 2);
        foreach (var c in text.ToLowerInvariant())
        {
            var at = Russian.IndexOf(c, StringComparison.Ordinal);
            _ = at < 0 ? result.Append(c) : result.Append(habit[at]);
        }

        return result.ToString();
    }

    /// <summary>Latin letters without their marks; letters of other scripts stay as they are.</summary>
    public static string WithoutMarks(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                <= '\u007F' => result.Append(c),
                'ı' => result.Append('i'),
                'đ' => result.Append('d'),
                'Đ' => result.Append('D'),
                'ø' => result.Append('o'),
                'ł' => result.Append('l'),
                'ß' => result.Append("ss"),
                _ when Scripts.Of(c) == Script.Latin => result.Append(c.ToString().Normalize(NormalizationForm.FormD).Where(d => CharUnicodeInfo.GetUnicodeCategory(d) != UnicodeCategory.NonSpacingMark).First()),
                >= '\u0300' and <= '\u036F' => result,
                _ => result.Append(c),
            };
        }

        return result.ToString();
    }

    /// <summary>The first words of a text.</summary>
    public static string Beginning(string text, int words) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(words));
}
