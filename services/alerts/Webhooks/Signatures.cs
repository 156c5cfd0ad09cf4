using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Serm.Alerts;

/// <summary>Signatures as Standard Webhooks 1.0.0 wants them: over <c>{id}.{timestamp}.{body}</c>, one for each key that counts now, separated by spaces.</summary>
internal static class Signatures
{
    /// <summary>The value of <c>webhook-signature</c>.</summary>
    /// <param name="secrets">The webhook's secrets.</param>
    /// <param name="asymmetric">Also <c>v1a</c>.</param>
    /// <param name="id"><c>webhook-id</c>.</param>
    /// <param name="at"><c>webhook-timestamp</c>: when this attempt begins, in whole seconds.</param>
    /// <param name="body">The body as it is sent.</param>
    public static string Of(WebhookSecrets secrets, bool asymmetric, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.")), .. body];
        var overlap = secrets.OldUntil > at;
        var all = new List<string> { Hmac(secrets.Secret, signed) };
        if (overlap && secrets.OldSecret is { } old)
        {
            all.Add(Hmac(old, signed));
        }

        if (asymmetric)
        {
            all.Add(Ed25519(secrets.Seed, signed));
            if (overlap && secrets.OldSeed is { } oldSeed)
            {
                all.Add(Ed25519(oldSeed, signed));
            }
        }

        return string.Join(' ', all);
    }

    private static string Hmac(string secret, byte[] signed) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(WebhookSecrets.KeyOf(secret), signed));

    private static string Ed25519(byte[] seed, byte[] signed)
    {
        using var key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        return "v1a," + Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, signed));
    }
}
