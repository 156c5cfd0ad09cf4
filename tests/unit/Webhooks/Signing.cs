using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using NSec.Cryptography;
using Serm.Alerts;
using Serm.Defaults;
using SecretBox = Serm.Alerts.SecretBox;

namespace Serm.Tests.Unit.Webhooks;

public sealed class Signing
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>(StringComparer.Ordinal);
    private static readonly byte[] Body = """{"type":"test"}"""u8.ToArray();

    [Fact]
    public void The_signature_is_the_hmac_of_id_time_and_body()
    {
        var secrets = WebhookSecrets.New("whsec_" + Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef01234567")), NoHeaders);

        var signature = Signatures.Of(secrets, asymmetric: false, "msg_1", Now, Body);

        signature.ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData("0123456789abcdef01234567"u8, Encoding.UTF8.GetBytes($$"""msg_1.{{Now.ToUnixTimeSeconds()}}.{"type":"test"}"""))));
    }

    [Fact]
    public void Both_keys_sign_while_they_overlap_and_only_the_new_one_after()
    {
        var old = WebhookSecrets.New(null, NoHeaders);
        var secrets = old.Rotated(null, Now.AddHours(1));

        var during = Signatures.Of(secrets, asymmetric: true, "id", Now, Body).Split(' ');
        var after = Signatures.Of(secrets, asymmetric: true, "id", Now.AddHours(1), Body).Split(' ');

        during.Select(s => s.Split(',')[0]).ShouldBe(["v1", "v1", "v1a", "v1a"]);
        during.ShouldContain(Signatures.Of(old, false, "id", Now, Body));
        after.Select(s => s.Split(',')[0]).ShouldBe(["v1", "v1a"]);
        after.ShouldNotContain(Signatures.Of(old, false, "id", Now.AddHours(1), Body));
    }

    [Fact]
    public void The_public_key_verifies_what_the_seed_signed()
    {
        var secrets = WebhookSecrets.New(null, NoHeaders);
        var key = PublicKey.Import(SignatureAlgorithm.Ed25519, Convert.FromBase64String(secrets.PublicKey["whpk_".Length..]), KeyBlobFormat.RawPublicKey);

        var signature = Convert.FromBase64String(Signatures.Of(secrets, asymmetric: true, "id", Now, Body).Split(' ')[1]["v1a,".Length..]);

        byte[] signed = [.. Encoding.UTF8.GetBytes($"id.{Now.ToUnixTimeSeconds()}."), .. Body];
        SignatureAlgorithm.Ed25519.Verify(key, signed, signature).ShouldBeTrue();
        SignatureAlgorithm.Ed25519.Verify(key, [.. signed, 0], signature).ShouldBeFalse();
    }

    [Theory]
    [InlineData("secret", "begins with whsec_")]
    [InlineData("whsec_not base64!", "base64")]
    [InlineData("whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM=", "23 bytes")]
    [InlineData("whsec_MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU=", "65 bytes")]
    public void A_secret_that_is_none_is_refused_with_the_reason(string secret, string says)
    {
        var refused = Should.Throw<RuleViolation>(() => WebhookSecrets.Check(secret));

        refused.Code.ShouldBe("secret_invalid");
        refused.Field.ShouldBe("secret");
        refused.Message.ShouldContain(says);
    }

    [Fact]
    public void A_made_secret_is_one_that_would_be_taken() => WebhookSecrets.Check(WebhookSecrets.New(null, NoHeaders).Secret).ShouldNotBeNull();

    [Fact]
    public void Sealed_secrets_open_for_their_webhook_with_their_key_and_for_nothing_else()
    {
        var (webhook, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var secrets = WebhookSecrets.New(null, new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = "Bearer a-token" }).Rotated(null, Now);
        var box = Box("a data key").Seal("main", webhook, secrets);

        var opened = Box("a data key").Open("main", webhook, box);

        opened.Secret.ShouldBe(secrets.Secret);
        opened.OldSecret.ShouldBe(secrets.OldSecret);
        opened.Seed.ShouldBe(secrets.Seed);
        opened.Headers["Authorization"].ShouldBe("Bearer a-token");
        Encoding.UTF8.GetString(box).ShouldNotContain("whsec");
        Should.Throw<CryptographicException>(() => Box("another key").Open("main", webhook, box));
        Should.Throw<CryptographicException>(() => Box("a data key").Open("main", other, box));
        Should.Throw<CryptographicException>(() => Box("a data key").Open("else", webhook, box));
    }

    private static SecretBox Box(string key) => new(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Serm:DataKey"] = key }).Build());
}
