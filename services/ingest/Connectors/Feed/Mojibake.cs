using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>UTF-8 that somebody read as Latin-1 or windows-1252 and wrote as UTF-8 again (<c>â€¦</c> for <c>…</c>): read as it was meant.</summary>
internal static class Mojibake
{
    // The first byte of a sequence of two to four, as the character that it was read as.
    private static readonly SearchValues<char> Leads = SearchValues.Create([.. Enumerable.Range(0xC2, 0xF5 - 0xC2).Select(c => (char)c)]);

    /// <summary>The text that was meant; the same text unless every character beyond ASCII is part of a well-formed sequence, so that what is written as meant stays.</summary>
    public static string Mend(string text)
    {
        if (!text.AsSpan().ContainsAny(Leads))
        {
            return text;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (ByteOf(text[i]) is not (>= 0 and var one))
                {
                    return text;
                }

                bytes[i] = (byte)one;
            }

            return Utf8.IsValid(bytes.AsSpan(0, text.Length)) ? Encoding.UTF8.GetString(bytes, 0, text.Length) : text;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static int ByteOf(char c) => c <= 0xFF ? c : CharacterReferences.WesternByte(c);
}
