using System.Security.Cryptography;
using System.Text;

namespace Serm.Ingest.Sources;

/// <summary>Seals secrets before they are stored (AES-256-GCM). A sealed secret opens only at the place that it was sealed for, so that rows cannot be swapped.</summary>
internal sealed class SecretBox
{
    private const byte Version = 1;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] key;

    /// <summary>From the installation's key: <c>Serm:DataKey</c>, or else <c>Serm:InternalKey</c> (HKDF-SHA256, RFC 5869).</summary>
    /// <param name="configuration">Settings of the service.</param>
    /// <param name="purpose">Parts the keys of different uses, such as <c>source credentials</c>. Stable.</param>
    /// <exception cref="InvalidOperationException">Neither is set.</exception>
    public static SecretBox From(IConfiguration configuration, string purpose)
    {
        var secret = configuration["Serm:DataKey"] is { Length: > 0 } own ? own : configuration["Serm:InternalKey"];
        return string.IsNullOrEmpty(secret)
            ? throw new InvalidOperationException("Serm:InternalKey is not set: give every service the same long random value.")
            : new SecretBox(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: Encoding.UTF8.GetBytes($"serm {purpose}")));
    }

    /// <summary>From a key of 32 bytes.</summary>
    public SecretBox(byte[] key) => this.key = key;

    /// <summary>A secret of 64 hex digits for a place, the same every time.</summary>
    public string Derive(string place) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(place)));

    /// <summary>Version, nonce, tag, ciphertext.</summary>
    /// <param name="secret">What to seal.</param>
    /// <param name="place">Where it is kept, such as workspace and id.</param>
    public byte[] Seal(string secret, string place)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var box = new byte[1 + NonceSize + TagSize + plain.Length];
        box[0] = Version;
        RandomNumberGenerator.Fill(box.AsSpan(1, NonceSize));
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(box.AsSpan(1, NonceSize), plain, box.AsSpan(1 + NonceSize + TagSize), box.AsSpan(1 + NonceSize, TagSize), Encoding.UTF8.GetBytes(place));
        return box;
    }

    /// <summary>The secret again; null when it was sealed with another key or for another place.</summary>
    public string? Open(byte[] box, string place)
    {
        if (box.Length < 1 + NonceSize + TagSize || box[0] != Version)
        {
            return null;
        }

        var plain = new byte[box.Length - 1 - NonceSize - TagSize];
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(box.AsSpan(1, NonceSize), box.AsSpan(1 + NonceSize + TagSize), box.AsSpan(1 + NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(place));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
