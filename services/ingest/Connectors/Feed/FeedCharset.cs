using System.Text;
using System.Text.RegularExpressions;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>Bytes to text: byte order mark, then UTF-8 where the bytes are UTF-8, then what the header and the document declare, then a guess. What is declared is believed only as long as the bytes agree.</summary>
internal static partial class FeedCharset
{
    static FeedCharset() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Decodes a document.</summary>
    /// <param name="bytes">The body.</param>
    /// <param name="contentType">The Content-Type header; may be null.</param>
    /// <param name="mismatch">True when the bytes were not what was declared.</param>
    public static string Decode(ReadOnlySpan<byte> bytes, string? contentType, out bool mismatch)
    {
        mismatch = false;
        if (ByteOrder(bytes) is var (wide, skip) && wide is not null)
        {
            return wide.GetString(bytes[skip..]);
        }

        var header = Known(Label(HeaderCharset(), contentType));
        var head = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 2_048)]);
        var declared = Known(Label(XmlEncoding(), head)) ?? Known(Label(MetaCharset(), head));
        var claimed = header is null || header.CodePage is 1252 or 65001 ? declared ?? header : header;
        var utf8 = Utf8Shape.Of(bytes);
        if (utf8.Multibyte == 0 && utf8.Invalid == 0)
        {
            // Seven bits: only the escape-switched charsets differ from ASCII here.
            return (claimed is { CodePage: 50220 or 50221 or 50222 or 50225 or 50227 or 52936 } ? claimed : Encoding.ASCII).GetString(bytes);
        }

        if (utf8.Invalid == 0 && (utf8.Multibyte > 2 || claimed is null || claimed.IsSingleByte || claimed.CodePage == 65001))
        {
            mismatch = claimed is not null && claimed.CodePage != 65001;
            return Encoding.UTF8.GetString(bytes);
        }

        // A few bad bytes in what is otherwise UTF-8: a cut-off body or a pasted quotation mark.
        if (utf8.Multibyte > utf8.Invalid * 4 && (claimed is null || claimed.CodePage == 65001))
        {
            mismatch = true;
            return Utf8Shape.DecodeRepaired(bytes);
        }

        var chosen = CharsetGuess.Choose(bytes, new[] { claimed, declared, header }.FirstOrDefault(e => e is not null && e.CodePage != 65001), LanguageHint().Match(head) is { Success: true } m ? m.Groups["v"].Value : null);
        mismatch = claimed is not null && chosen.CodePage != claimed.CodePage;
        return chosen.GetString(bytes);
    }

    /// <summary>The encoding behind a label as found in the wild; null for unknown ones and for UTF-7, which is never what a publisher means.</summary>
    public static Encoding? Known(string? label)
    {
        if (string.IsNullOrWhiteSpace(label))
        {
            return null;
        }

        var name = label.Trim().Trim('"', '\'').ToLowerInvariant().Replace('_', '-');
        if (Aliases.TryGetValue(name, out var alias))
        {
            name = alias;
        }
        else if (WindowsName().Match(name) is { Success: true } windows)
        {
            name = "windows-" + windows.Groups["v"].Value;
        }

        try
        {
            var encoding = Encoding.GetEncoding(name);

            // UTF-16 and 32 are recognised by their bytes; where the bytes are single, the label is wrong.
            return encoding.CodePage is 65000 or 1200 or 1201 or 12000 or 12001 ? null : Widest(encoding);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Publishers that say ISO 8859-1, -9 or ASCII mean the Windows superset; GB 2312 its superset.
    private static Encoding Widest(Encoding encoding) => encoding.CodePage switch
    {
        28591 or 20127 => Encoding.GetEncoding(1252),
        28599 => Encoding.GetEncoding(1254),
        20936 => Encoding.GetEncoding(936),
        20949 => Encoding.GetEncoding(949),
        _ => encoding,
    };

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["utf8"] = "utf-8",
        ["unicode-1-1-utf-8"] = "utf-8",
        ["latin1"] = "iso-8859-1",
        ["latin-1"] = "iso-8859-1",
        ["latin5"] = "iso-8859-9",
        ["latin-5"] = "iso-8859-9",
        ["x-sjis"] = "shift_jis",
        ["shift-jis"] = "shift_jis",
        ["sjis"] = "shift_jis",
        ["ms932"] = "shift_jis",
        ["ks-c-5601-1987"] = "ks_c_5601-1987",
        ["euckr"] = "euc-kr",
        ["eucjp"] = "euc-jp",
        ["gbk"] = "gb18030",
        ["koi8"] = "koi8-r",
        ["koi-8"] = "koi8-r",
        ["mac-cyrillic"] = "x-mac-cyrillic",
    };

    private static (Encoding? Encoding, int Skip) ByteOrder(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Utf8Shape.Of(bytes).Invalid == 0 ? Encoding.UTF8 : null, 3),
        [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: false), 4),
        [(byte)'<' or (byte)'{', 0, 0, 0, ..] => (Encoding.UTF32, 0),
        [0, 0, 0, (byte)'<' or (byte)'{', ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: false), 0),
        [not 0, 0, not 0, 0, ..] => (Encoding.Unicode, 0),
        [0, not 0, 0, not 0, ..] => (Encoding.BigEndianUnicode, 0),
        _ => (null, 0),
    };

    private static string? Label(Regex pattern, string? text) => text is not null && pattern.Match(text) is { Success: true } match ? match.Groups["v"].Value : null;

    [GeneratedRegex("charset\\s*=\\s*[\"']?(?<v>[A-Za-z0-9_.:-]+)", RegexOptions.IgnoreCase, 200)]
    private static partial Regex HeaderCharset();

    [GeneratedRegex("<\\?xml[^>]{0,200}?encoding\\s*=\\s*[\"']?\\s*(?<v>[A-Za-z0-9_.:-]+)", RegexOptions.IgnoreCase, 200)]
    private static partial Regex XmlEncoding();

    [GeneratedRegex("<meta[^>]{0,200}?charset\\s*=\\s*[\"']?(?<v>[A-Za-z0-9_.:-]+)", RegexOptions.IgnoreCase, 200)]
    private static partial Regex MetaCharset();

    [GeneratedRegex("(?:<(?:dc:)?language>\\s*|xml:lang\\s*=\\s*[\"'])(?<v>[A-Za-z]{2})", RegexOptions.IgnoreCase, 200)]
    private static partial Regex LanguageHint();

    [GeneratedRegex("^(?:x-)?(?:cp|win|windows|ms|ansi)-?(?<v>125[0-8])$", RegexOptions.None, 200)]
    private static partial Regex WindowsName();
}
