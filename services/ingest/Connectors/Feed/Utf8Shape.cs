using System.Buffers;
using System.Text;

namespace Serm.Ingest.Connectors.Feed;

/// <summary>How much of a document is UTF-8.</summary>
/// <param name="Multibyte">Well-formed sequences of two bytes and more.</param>
/// <param name="Invalid">Bytes that are part of none.</param>
internal sealed record Utf8Shape(int Multibyte, int Invalid)
{
    /// <summary>Counts. A sequence that the end of the body cuts off does not count as invalid.</summary>
    public static Utf8Shape Of(ReadOnlySpan<byte> bytes)
    {
        var multibyte = 0;
        var invalid = 0;
        while (!bytes.IsEmpty)
        {
            var at = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (at < 0)
            {
                break;
            }

            bytes = bytes[at..];
            var status = Rune.DecodeFromUtf8(bytes, out _, out var used);
            multibyte += status == OperationStatus.Done ? 1 : 0;
            invalid += status == OperationStatus.InvalidData ? used : 0;
            bytes = bytes[used..];
        }

        return new(multibyte, invalid);
    }

    /// <summary>Decodes UTF-8 and reads each byte that is none as windows-1252.</summary>
    public static string DecodeRepaired(ReadOnlySpan<byte> bytes)
    {
        var output = new StringBuilder(bytes.Length);
        var western = Encoding.GetEncoding(1252);
        while (!bytes.IsEmpty)
        {
            var at = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            var plain = at < 0 ? bytes.Length : at;
            output.Append(Encoding.ASCII.GetString(bytes[..plain]));
            bytes = bytes[plain..];
            if (bytes.IsEmpty)
            {
                break;
            }

            var status = Rune.DecodeFromUtf8(bytes, out var rune, out var used);
            output.Append(status switch
            {
                OperationStatus.Done => rune.ToString(),
                OperationStatus.InvalidData => western.GetString(bytes[..used]),
                _ => "",
            });
            bytes = bytes[used..];
        }

        return output.ToString();
    }
}
