using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Which legacy charset bytes are in that are not UTF-8. Plausibility decides: the letters that a language uses most, in words written as words are.</summary>
internal static class CharsetGuess
{
    private const int SampleBytes = 65_536;
    private const double Plausible = 0.62;
    private const string CommonHan = "的一是不了在人有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么本日月新公司工作网";
    private const string CommonHanTraditional = "的一是不了在人有我他這中大來上個國到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後小麼本日月新公司工作網";
    private static readonly int[] Cyrillic = [1251, 20866, 866, 28595, 10007];

    private static readonly (int Page, char First, char Last, string Common)[] OtherScripts =
    [
        (1255, 'א', 'ת', "יוהלאתרמבשנ"),
        (1253, 'Ά', 'ώ', "αοιετσνηυρπκλς"),
        (1256, 'ء', 'ي', "اليمنوترهبةعد"),
        (874, 'ก', '๙', "านรอกเงมยลวดทส่้ี"),
    ];

    /// <summary>The charset to read the bytes with.</summary>
    /// <param name="bytes">The body: neither ASCII nor UTF-8.</param>
    /// <param name="claimed">What was declared; null for nothing usable.</param>
    /// <param name="language">Two-letter language that the document declares.</param>
    public static Encoding Choose(ReadOnlySpan<byte> bytes, Encoding? claimed, string? language)
    {
        var sample = Sample(bytes);
        var cyrillic = LatinShare(sample) > 0.6 ? default : Cyrillic.Select(page => (Page: page, Score: CyrillicScore(Decode(page, sample)))).MaxBy(c => c.Score);
        if (claimed is null)
        {
            return Guess(sample, cyrillic, language);
        }

        if (!claimed.IsSingleByte)
        {
            return Valid(claimed, bytes) || cyrillic.Score < Plausible ? claimed : Encoding.GetEncoding(cyrillic.Page);
        }

        // A single-byte charset is always valid, so only clear Cyrillic in another one speaks against it.
        var disproved = Cyrillic.Contains(claimed.CodePage)
            ? cyrillic.Score > Plausible && CyrillicScore(claimed.GetString(sample)) + 0.1 < cyrillic.Score
            : claimed.CodePage is 1252 or 1250 or 1254 or 28605 && cyrillic.Score > Plausible;
        return disproved ? Encoding.GetEncoding(cyrillic.Page) : claimed;
    }

    private static Encoding Guess(byte[] sample, (int Page, double Score) cyrillic, string? language)
    {
        var page = cyrillic.Score > Plausible ? cyrillic.Page
            : LatinShare(sample) > 0.6 ? Latin(sample, language)
            : EastAsian(sample) ?? OtherScript(sample) ?? Latin(sample, language);
        return Encoding.GetEncoding(page);
    }

    private static byte[] Sample(ReadOnlySpan<byte> bytes)
    {
        // The beginning of a feed is mostly markup: take the part from the first high byte on.
        var at = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        return bytes.Slice(at, Math.Min(SampleBytes, bytes.Length - at)).ToArray();
    }

    private static string Decode(int page, byte[] sample) => Encoding.GetEncoding(page).GetString(sample);

    // 0 to 1. Capitals inside words are the mark of koi8-r read as windows-1251 and the reverse.
    private static double CyrillicScore(string text)
    {
        int high = 0, letters = 0, common = 0, odd = 0, lower = 0;
        var previous = ' ';
        foreach (var c in text)
        {
            high += c > 127 ? 1 : 0;
            if (c is (>= 'А' and <= 'я') or 'ё' or 'Ё' or 'і' or 'ї' or 'є')
            {
                letters++;
                lower += char.IsLower(c) ? 1 : 0;
                common += "оеаинтсрвлкмдпуя".Contains(char.ToLowerInvariant(c), StringComparison.Ordinal) ? 1 : 0;
                odd += char.IsUpper(c) && char.IsLower(previous) ? 1 : 0;
            }

            previous = c;
        }

        return letters == 0 ? 0 : (letters / (double)high * (common / (double)letters) * (0.5 + (0.5 * lower / letters))) - (odd / (double)high);
    }

    // Share of high bytes that stand beside an ASCII letter, as accents in Latin words do.
    private static double LatinShare(byte[] sample)
    {
        int high = 0, beside = 0;
        for (var i = 0; i < sample.Length; i++)
        {
            if (sample[i] > 127)
            {
                high++;
                beside += (i > 0 && char.IsAsciiLetter((char)sample[i - 1])) || (i + 1 < sample.Length && char.IsAsciiLetter((char)sample[i + 1])) ? 1 : 0;
            }
        }

        return high == 0 ? 1 : beside / (double)high;
    }

    private static int? EastAsian(byte[] sample)
    {
        if (Telling(51932, sample, c => c is >= '\u3041' and <= '\u30FF') > 0.25)
        {
            return 51932;
        }

        if (Telling(932, sample, c => c is >= '\u3041' and <= '\u30FF') > 0.25)
        {
            return 932;
        }

        if (Telling(949, sample, c => c is >= '\uAC00' and <= '\uD7A3') > 0.7)
        {
            return 949;
        }

        var mainland = Telling(936, sample, c => CommonHan.Contains(c, StringComparison.Ordinal));
        var traditional = Telling(950, sample, c => CommonHanTraditional.Contains(c, StringComparison.Ordinal));
        return Math.Max(mainland, traditional) < 0.04 ? null : mainland >= traditional ? 936 : 950;
    }

    private static int? OtherScript(byte[] sample)
    {
        foreach (var (page, first, last, common) in OtherScripts)
        {
            var letters = Telling(page, sample, c => c >= first && c <= last);
            if (letters > 0.85 && Telling(page, sample, c => common.Contains(char.ToLowerInvariant(c), StringComparison.Ordinal)) > 0.55)
            {
                return page;
            }
        }

        return null;
    }

    // Share of the high characters that speak for a charset; 0 where the bytes are not valid in it.
    private static double Telling(int page, byte[] sample, Func<char, bool> speaks)
    {
        var encoding = Encoding.GetEncoding(page);
        if (!Valid(encoding, sample))
        {
            return 0;
        }

        int high = 0, told = 0;
        foreach (var c in encoding.GetString(sample))
        {
            high += c > 127 ? 1 : 0;
            told += speaks(c) ? 1 : 0;
        }

        return high == 0 ? 0 : told / (double)high;
    }

    private static bool Valid(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        var strict = Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        try
        {
            // Streaming, because a sequence that the end cuts off is no error.
            _ = strict.GetDecoder().GetCharCount(bytes, flush: false);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static int Latin(byte[] sample, string? language) => language?.ToLowerInvariant() switch
    {
        "tr" or "az" => 1254,
        "cs" or "pl" or "hu" or "sk" or "sl" or "hr" or "ro" => 1250,
        "lt" or "lv" or "et" => 1257,
        "vi" => 1258,
        null => IsTurkish(sample) ? 1254 : 1252,
        _ => 1252,
    };

    // The six bytes in which windows-1254 differs from -1252 are Icelandic letters there.
    private static bool IsTurkish(byte[] sample)
    {
        int high = 0, turkish = 0;
        foreach (var b in sample)
        {
            high += b >= 0x80 ? 1 : 0;
            turkish += b is 0xD0 or 0xDD or 0xDE or 0xF0 or 0xFD or 0xFE ? 1 : 0;
        }

        return turkish * 5 > high;
    }
}
