using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marten;
using NSec.Cryptography;
using Serm.Defaults;

namespace Serm.Alerts;

/// <summary>What a webhook signs with, and the values of its own headers. Never logged, never returned after it was made.</summary>
/// <param name="Secret"><c>whsec_</c> and base64.</param>
/// <param name="Seed">Seed of the ed25519 key, 32 bytes.</param>
/// <param name="Headers">Own headers by name.</param>
internal sealed record WebhookSecrets(string Secret, byte[] Seed, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>What a secret begins with (Standard Webhooks 1.0.0).</summary>
    public const string Prefix = "whsec_";

    private const string PublicPrefix = "whpk_";
    private const int MinBytes = 24;
    private const int MaxBytes = 64;

    /// <summary>The secret before the last rotation; it signs as well until <see cref="OldUntil"/>.</summary>
    public string? OldSecret { get; init; }

    /// <summary>The seed before the last rotation.</summary>
    public byte[]? OldSeed { get; init; }

    /// <summary>When the overlap ends.</summary>
    public DateTimeOffset? OldUntil { get; init; }

    /// <summary>The ed25519 public key, <c>whpk_</c> and base64.</summary>
    public string PublicKey
    {
        get
        {
            using var key = Key.Import(SignatureAlgorithm.Ed25519, Seed, KeyBlobFormat.RawPrivateKey);
            return PublicPrefix + Convert.ToBase64String(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
        }
    }

    /// <summary>New ones.</summary>
    /// <param name="secret">The secret that the owner brings along; null to make one.</param>
    /// <param name="headers">Own headers.</param>
    public static WebhookSecrets New(string? secret, IReadOnlyDictionary<string, string> headers) =>
        new(secret ?? Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), RandomNumberGenerator.GetBytes(32), headers);

    /// <summary>These after a rotation.</summary>
    public WebhookSecrets Rotated(string? secret, DateTimeOffset oldUntil) =>
        New(secret, Headers) with { OldSecret = Secret, OldSeed = Seed, OldUntil = oldUntil };

    /// <summary>The key in a secret.</summary>
    public static byte[] KeyOf(string secret) => Convert.FromBase64String(secret[Prefix.Length..]);

    /// <summary>Refuses what is no secret.</summary>
    /// <exception cref="RuleViolation">400 <c>secret_invalid</c>.</exception>
    public static string? Check(string? secret)
    {
        if (secret is null)
        {
            return null;
        }

        if (!secret.StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw Refused($"A secret begins with {Prefix}. Leave it out and one is made.");
        }

        var bytes = new byte[secret.Length];
        if (!Convert.TryFromBase64String(secret[Prefix.Length..], bytes, out var length))
        {
            throw Refused($"After {Prefix} a secret is base64. Leave it out and one is made.");
        }

        return length is >= MinBytes and <= MaxBytes
            ? secret
            : throw Refused($"This secret has {length} bytes; it takes {MinBytes} to {MaxBytes}. For example: echo {Prefix}$(openssl rand -base64 32)");
    }

    private static RuleViolation Refused(string message) => RuleViolation.Invalid("secret", "secret_invalid", message);
}

/// <summary>Keeps the secrets of webhooks and channels encrypted: AES-256-GCM under a key made of <c>Serm:DataKey</c> (HKDF-SHA256, RFC 5869), bound to what they belong to, so that a row copied to another one opens nothing.</summary>
internal sealed class SecretBox(IConfiguration configuration)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const byte Format = 1;

    private const string Sql = """
        insert into alerts.webhook_secrets (workspace, webhook_id, sealed) values (^, ^, ^)
        on conflict (workspace, webhook_id) do update set sealed = excluded.sealed
        """;

    private readonly byte[] _key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(MasterKey(configuration)), 32, info: "serm webhook secrets"u8.ToArray());

    /// <summary>Writes them in the session's transaction.</summary>
    public void Queue(IDocumentSession session, Guid webhook, WebhookSecrets secrets) => session.QueueSqlCommand('^', Sql, session.TenantId, webhook, Seal(session.TenantId, webhook, secrets));

    /// <summary>Encrypts.</summary>
    public byte[] Seal(string workspace, Guid webhook, WebhookSecrets secrets) => SealBytes(workspace, webhook, JsonSerializer.SerializeToUtf8Bytes(secrets, RuleLog.Json));

    /// <summary>Decrypts.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, or for another webhook.</exception>
    public WebhookSecrets Open(string workspace, Guid webhook, ReadOnlySpan<byte> box) => JsonSerializer.Deserialize<WebhookSecrets>(OpenBytes(workspace, webhook, box), RuleLog.Json)!;

    /// <summary>Encrypts what belongs to an id.</summary>
    public byte[] SealBytes(string workspace, Guid id, ReadOnlySpan<byte> plain)
    {
        var box = new byte[1 + NonceSize + TagSize + plain.Length];
        box[0] = Format;
        RandomNumberGenerator.Fill(box.AsSpan(1, NonceSize));
        using var aes = new AesGcm(_key, TagSize);
        aes.Encrypt(box.AsSpan(1, NonceSize), plain, box.AsSpan(1 + NonceSize + TagSize), box.AsSpan(1 + NonceSize, TagSize), Name(workspace, id));
        return box;
    }

    /// <summary>Decrypts what belongs to an id.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, or for another id.</exception>
    public byte[] OpenBytes(string workspace, Guid id, ReadOnlySpan<byte> box)
    {
        if (box.Length <= 1 + NonceSize + TagSize || box[0] != Format)
        {
            throw new CryptographicException("This is no sealed secret.");
        }

        var plain = new byte[box.Length - 1 - NonceSize - TagSize];
        using var aes = new AesGcm(_key, TagSize);
        aes.Decrypt(box.Slice(1, NonceSize), box[(1 + NonceSize + TagSize)..], box.Slice(1 + NonceSize, TagSize), plain, Name(workspace, id));
        return plain;
    }

    private static byte[] Name(string workspace, Guid webhook) => Encoding.UTF8.GetBytes($"{workspace}\u001f{webhook}");

    private static string MasterKey(IConfiguration configuration) =>
        configuration["Serm:DataKey"] is { Length: > 0 } own ? own
        : configuration["Serm:InternalKey"] is { Length: > 0 } shared ? shared
        : throw new InvalidOperationException("Serm:InternalKey is not set: give every service the same long random value.");
}
