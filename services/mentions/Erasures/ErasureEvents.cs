namespace Serm.Mentions;

/// <summary>What an erasure is about.</summary>
public enum ErasureKind
{
    /// <summary>One post: its mentions of all brands.</summary>
    Mention = 0,

    /// <summary>Everything that is kept of one author.</summary>
    Author = 1,

    /// <summary>What was kept as long as the workspace keeps texts.</summary>
    Age = 2,
}

/// <summary>Somebody, or the time that texts are kept, wants texts erased. The first event of its stream.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Subject">The mention, or the author as a hash; null for one by age.</param>
/// <param name="SeenBefore">One by age takes what was seen before; null for the others.</param>
/// <param name="KeepOut">The author's posts are not taken in any more. Erased posts never are.</param>
/// <param name="Reference">What it is filed under, such as the number of a request; null for nothing.</param>
/// <param name="By">User or API key; <c>retention</c> for one by age.</param>
/// <param name="At">When.</param>
public sealed record ErasureOrdered(ErasureKind Kind, Guid? Subject, DateTimeOffset? SeenBefore, bool KeepOut, string? Reference, string By, DateTimeOffset At);

/// <summary>Every service has answered: the texts are gone. Comes again when a late message has brought something of a kept out author.</summary>
/// <param name="Mentions">Mentions that were emptied.</param>
/// <param name="Notes">Notes, drafts and reasons that were written to them.</param>
/// <param name="Copies">Texts that other services had kept, by service.</param>
/// <param name="At">When.</param>
public sealed record ErasureCompleted(long Mentions, long Notes, ErasedCopies Copies, DateTimeOffset At);

/// <summary>Texts that other services had kept of what was erased.</summary>
/// <param name="Ingest">Posts that queries are tried on.</param>
/// <param name="Sentiment">Samples and corrections that models learn from.</param>
/// <param name="Alerts">What alerts quote, and public events.</param>
public sealed record ErasedCopies(long Ingest, long Sentiment, long Alerts);

/// <summary>A person said how long texts are kept.</summary>
/// <param name="Days">Days since they were seen; null for as long as the mention.</param>
/// <param name="By">User or API key.</param>
/// <param name="At">When.</param>
public sealed record RetentionSet(int? Days, string By, DateTimeOffset At);
