using System.Globalization;

namespace Serm.Language;

/// <summary>Writing systems that are told apart.</summary>
internal enum Script : byte
{
    None = 0,
    Latin,
    Cyrillic,
    Arabic,
    Han,
    Kana,
    Hangul,
    Devanagari,
    Hebrew,
    Greek,
    Thai,
    Bengali,
    Gurmukhi,
    Gujarati,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Lao,
    Tibetan,
    Myanmar,
    Georgian,
    Ethiopic,
    Khmer,
    Armenian,
}

/// <summary>The script of each character of the basic plane, and the one language that a script stands for.</summary>
internal static class Scripts
{
    public const int Count = (int)Script.Armenian + 1;

    // First and last character of each block (Unicode Blocks.txt); only letters and marks inside count.
    private static readonly (char First, char Last, Script Script)[] Blocks =
    [
        ('A', '\u024F', Script.Latin), ('\u1E00', '\u1EFF', Script.Latin), ('\uFF21', '\uFF5A', Script.Latin),
        ('\u0370', '\u03FF', Script.Greek), ('\u1F00', '\u1FFF', Script.Greek),
        ('\u0400', '\u052F', Script.Cyrillic),
        ('\u0530', '\u058F', Script.Armenian),
        ('\u0590', '\u05FF', Script.Hebrew),
        ('\u0600', '\u06FF', Script.Arabic), ('\u0750', '\u077F', Script.Arabic), ('\uFB50', '\uFDFF', Script.Arabic), ('\uFE70', '\uFEFC', Script.Arabic),
        ('\u0900', '\u097F', Script.Devanagari),
        ('\u0980', '\u09FF', Script.Bengali),
        ('\u0A00', '\u0A7F', Script.Gurmukhi),
        ('\u0A80', '\u0AFF', Script.Gujarati),
        ('\u0B80', '\u0BFF', Script.Tamil),
        ('\u0C00', '\u0C7F', Script.Telugu),
        ('\u0C80', '\u0CFF', Script.Kannada),
        ('\u0D00', '\u0D7F', Script.Malayalam),
        ('\u0D80', '\u0DFF', Script.Sinhala),
        ('\u0E00', '\u0E7F', Script.Thai),
        ('\u0E80', '\u0EFF', Script.Lao),
        ('\u0F00', '\u0FFF', Script.Tibetan),
        ('\u1000', '\u109F', Script.Myanmar),
        ('\u10A0', '\u10FF', Script.Georgian),
        ('\u1200', '\u137F', Script.Ethiopic),
        ('\u1780', '\u17FF', Script.Khmer),
        ('\u3041', '\u30FF', Script.Kana), ('\uFF66', '\uFF9F', Script.Kana),
        ('\u3400', '\u9FFF', Script.Han), ('\uF900', '\uFAFF', Script.Han),
        ('\u1100', '\u11FF', Script.Hangul), ('\uAC00', '\uD7A3', Script.Hangul),
    ];

    private static readonly byte[] Table = Build();

    public static Script Of(char c) => (Script)Table[c];

    /// <summary>The language of a script that (nearly) one language uses on the web; null where the letters must decide.</summary>
    public static string? SoleLanguage(Script script) => script switch
    {
        Script.Hebrew => "he",
        Script.Greek => "el",
        Script.Thai => "th",
        Script.Hangul => "ko",
        Script.Devanagari => "hi",
        Script.Bengali => "bn",
        Script.Gurmukhi => "pa",
        Script.Gujarati => "gu",
        Script.Tamil => "ta",
        Script.Telugu => "te",
        Script.Kannada => "kn",
        Script.Malayalam => "ml",
        Script.Sinhala => "si",
        Script.Lao => "lo",
        Script.Tibetan => "bo",
        Script.Myanmar => "my",
        Script.Georgian => "ka",
        Script.Ethiopic => "am",
        Script.Khmer => "km",
        Script.Armenian => "hy",
        Script.Kana => "ja",
        Script.Han => "zh",
        _ => null,
    };

    private static byte[] Build()
    {
        var table = new byte[char.MaxValue + 1];
        foreach (var (first, last, script) in Blocks)
        {
            for (int c = first; c <= last; c++)
            {
                if (IsLetterOrMark((char)c))
                {
                    table[c] = (byte)script;
                }
            }
        }

        return table;
    }

    private static bool IsLetterOrMark(char c) => char.IsLetter(c)
        || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
