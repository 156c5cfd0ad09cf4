using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Npgsql;

namespace Serm.Gateway.Auth;

/// <summary>The keys that sign and encrypt cookies: in PostgreSQL, so that every replica and every restart knows them, and encrypted, so that a backup alone signs nobody in.</summary>
internal static class DataProtection
{
    public static void AddSharedDataProtection(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(AtRestKey.From(builder.Configuration));
        builder.Services.AddDataProtection().SetApplicationName("serm");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<NpgsqlDataSource, AtRestKey, TimeProvider>((o, database, key, clock) =>
        {
            o.XmlRepository = new DatabaseXmlRepository(database, clock);
            o.XmlEncryptor = new AtRestEncryptor(key);
        });
    }
}

/// <summary>The key that encrypts the key ring.</summary>
/// <param name="Value">32 bytes.</param>
internal sealed record AtRestKey(byte[] Value)
{
    /// <summary>From <c>Serm:DataKey</c>, or else from <c>Serm:InternalKey</c> (HKDF-SHA256, RFC 5869).</summary>
    public static AtRestKey From(IConfiguration configuration)
    {
        var secret = configuration["Serm:DataKey"] is { Length: > 0 } own ? own : configuration["Serm:InternalKey"];
        return string.IsNullOrEmpty(secret)
            ? throw new InvalidOperationException("Serm:InternalKey is not set: give every service the same long random value.")
            : new AtRestKey(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), 32, info: "serm data protection"u8.ToArray()));
    }
}

internal sealed class AtRestEncryptor(AtRestKey key) : IXmlEncryptor
{
    public const int NonceSize = 12;
    public const int TagSize = 16;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(sealedBytes.AsSpan(0, NonceSize));
        using var aes = new AesGcm(key.Value, TagSize);
        aes.Encrypt(sealedBytes.AsSpan(0, NonceSize), plain, sealedBytes.AsSpan(NonceSize + TagSize), sealedBytes.AsSpan(NonceSize, TagSize));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(sealedBytes)), typeof(AtRestDecryptor));
    }
}

// The name of this type is stored with every key: do not rename it.
internal sealed class AtRestDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var bytes = Convert.FromBase64String(encryptedElement.Value);
        var plain = new byte[bytes.Length - AtRestEncryptor.NonceSize - AtRestEncryptor.TagSize];
        using var aes = new AesGcm(services.GetRequiredService<AtRestKey>().Value, AtRestEncryptor.TagSize);
        aes.Decrypt(
            bytes.AsSpan(0, AtRestEncryptor.NonceSize),
            bytes.AsSpan(AtRestEncryptor.NonceSize + AtRestEncryptor.TagSize),
            bytes.AsSpan(AtRestEncryptor.NonceSize, AtRestEncryptor.TagSize),
            plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}

// The interface is synchronous; it is called when the ring is loaded, about once a day.
internal sealed class DatabaseXmlRepository(NpgsqlDataSource database, TimeProvider clock) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("select xml from gateway.data_protection_keys order by created_at");
        using var reader = command.ExecuteReader();
        var elements = new List<XElement>();
        while (reader.Read())
        {
            elements.Add(XElement.Parse(reader.GetString(0)));
        }

        return elements;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = database.CreateCommand("insert into gateway.data_protection_keys (name, xml, created_at) values ($1, $2, $3) on conflict (name) do update set xml = excluded.xml");
        command.Parameters.Add(new() { Value = friendlyName });
        command.Parameters.Add(new() { Value = element.ToString(SaveOptions.DisableFormatting) });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.ExecuteNonQuery();
    }
}
