using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Serm.Gateway.Auth;

/// <summary>Hashes and checks passwords: PBKDF2-HMAC-SHA512, 210,000 rounds (OWASP Password Storage Cheat Sheet).</summary>
internal sealed class Passwords : IDisposable
{
    private const int Rounds = 210_000;

    private readonly PasswordHasher<string> _hasher;
    private readonly string _nobody;

    // A guesser must not be able to occupy every core.
    private readonly SemaphoreSlim _seats = new(Math.Max(1, Environment.ProcessorCount / 2));

    public Passwords(int rounds = Rounds)
    {
        _hasher = new PasswordHasher<string>(Options.Create(new PasswordHasherOptions { IterationCount = rounds }));
        _nobody = _hasher.HashPassword("", Secrets.Base62(16));
    }

    public string Hash(string password) => _hasher.HashPassword("", password);

    /// <summary>Checks a password. Without a hash (an unknown name) it takes as long and fails.</summary>
    /// <returns>Whether it is right, and a new hash when the stored one is weaker than today's.</returns>
    public async Task<(bool Right, string? Better)> CheckAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        await _seats.WaitAsync(cancellationToken);
        try
        {
            var verdict = _hasher.VerifyHashedPassword("", hash ?? _nobody, password);
            return (hash is not null && verdict is not PasswordVerificationResult.Failed,
                hash is not null && verdict is PasswordVerificationResult.SuccessRehashNeeded ? Hash(password) : null);
        }
        finally
        {
            _seats.Release();
        }
    }

    public void Dispose() => _seats.Dispose();
}
