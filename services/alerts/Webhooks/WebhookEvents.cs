namespace Serm.Alerts;

/// <summary>A person or program added a webhook. Its secrets are in a table of their own, encrypted.</summary>
/// <param name="PublicKey">Its ed25519 public key, <c>whpk_</c> and base64.</param>
public sealed record WebhookAdded(WebhookTerms Terms, string PublicKey, string By, DateTimeOffset At);

/// <summary>It was changed. What waits goes to the new address.</summary>
public sealed record WebhookChanged(WebhookTerms Terms, string By, DateTimeOffset At);

/// <summary>It got a new secret.</summary>
/// <param name="OldUntil">Until when the old one also signs.</param>
/// <param name="PublicKey">The new ed25519 public key.</param>
public sealed record WebhookSecretRotated(DateTimeOffset OldUntil, string PublicKey, string By, DateTimeOffset At);

/// <summary>Its owner stopped the deliveries; they wait.</summary>
public sealed record WebhookPaused(string By, DateTimeOffset At);

/// <summary>Its owner took them up again, after a pause or after it was disabled. Failures before do not count any more.</summary>
public sealed record WebhookResumed(string By, DateTimeOffset At);

/// <summary>Serm stopped the deliveries.</summary>
/// <param name="Reason"><c>gone</c>: the receiver answered 410. <c>failing</c>: nothing but failures for days.</param>
/// <param name="Detail">One sentence for people.</param>
/// <param name="Name">What its owner calls it, or its host.</param>
/// <param name="FailingSince">The first failure since the last success; null when it is not known.</param>
public sealed record WebhookDisabled(string Reason, string Detail, string Name, DateTimeOffset At, DateTimeOffset? FailingSince = null);

/// <summary>Its owner asked for a test.</summary>
public sealed record WebhookTested(string By, DateTimeOffset At);

/// <summary>It was removed, with its secrets and what waited for it.</summary>
public sealed record WebhookRemoved(string By, DateTimeOffset At);
