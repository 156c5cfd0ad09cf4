using System.Security.Cryptography;
using System.Text;

namespace Serm.Defaults;

/// <summary>Name-based UUIDs, version 5 (RFC 9562, section 5.5): the same names always give the same id, in every process.</summary>
public static class NameBasedGuid
{
    private const char Separator = '\u001f';

    /// <summary>Makes the UUID of a list of names. Names are joined by U+001F, so ("a","bc") and ("ab","c") differ.</summary>
    /// <param name="space">The namespace UUID: one per kind of thing.</param>
    /// <param name="names">At least one name.</param>
    public static Guid Create(Guid space, params ReadOnlySpan<string> names)
    {
        var name = string.Join(Separator, names);
        Span<byte> input = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(input, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, input[16..]);

        Span<byte> hash = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 9562 prescribes SHA-1 here; nothing secret depends on it.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
