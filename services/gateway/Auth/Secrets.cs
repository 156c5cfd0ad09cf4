using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Serm.Gateway.Auth;

/// <summary>Random secrets that are safe to print, select with a double click and put in a header.</summary>
internal static class Secrets
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>What every API key begins with, so that scanners and people recognise one.</summary>
    public const string KeyPrefix = "serm_";

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create(Alphabet);

    // 62^43 > 2^256
    private const int KeyDigits = 43;

    /// <summary>A new API key: 32 random bytes.</summary>
    public static string NewKey() => KeyPrefix + Base62(32);

    /// <summary>True when the text has the form of a key. Says nothing about whether there is such a key.</summary>
    public static bool LooksLikeKey(string text) =>
        text.Length == KeyPrefix.Length + KeyDigits
        && text.StartsWith(KeyPrefix, StringComparison.Ordinal)
        && text.AsSpan(KeyPrefix.Length).IndexOfAnyExcept(Digits) < 0;

    /// <summary>SHA-256 of a key: all that is stored. Keys are random, so a slow hash would add nothing.</summary>
    public static byte[] HashKey(string key) => SHA256.HashData(Encoding.ASCII.GetBytes(key));

    /// <summary>That many random bytes in base 62, of a fixed length.</summary>
    public static string Base62(int bytes)
    {
        var value = new BigInteger(RandomNumberGenerator.GetBytes(bytes), isUnsigned: true);
        var digits = new char[(int)Math.Ceiling(bytes * 8 / Math.Log2(Alphabet.Length))];
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            value = BigInteger.DivRem(value, Alphabet.Length, out var digit);
            digits[i] = Alphabet[(int)digit];
        }

        return new string(digits);
    }
}
