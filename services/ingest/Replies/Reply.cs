using System.Text;
using System.Security.Cryptography;
using Serm.Contracts;

namespace Serm.Ingest.Replies;

/// <summary>An answer that was asked for, as it was when this process took it in hand.</summary>
/// <param name="Id">The same in every repeat.</param>
/// <param name="Answered">The post that is answered.</param>
/// <param name="Text">Null once it is settled.</param>
/// <param name="AskedAt">When a person asked for it.</param>
/// <param name="Since">When this service heard of it.</param>
/// <param name="BegunAt">When the network was first asked to take it, if it may have; null when it surely has nothing.</param>
/// <param name="Tries">How often it was taken in hand, this time included.</param>
/// <param name="Settled">What became of it; null when that is still open.</param>
internal sealed record Reply(Guid Id, string Workspace, Guid MentionId, Guid SourceId, string SourceKind, string Answered, string? Text, DateTimeOffset AskedAt, DateTimeOffset Since, DateTimeOffset? BegunAt, int Tries, Settled? Settled, string? TraceParent)
{
    /// <summary>What it reads like, whatever a network makes of blanks, marks and signs: a hash of its letters and digits.</summary>
    /// <returns>32 bytes; null for a text without letters and digits.</returns>
    public static byte[]? Hash(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormKC).EnumerateRunes().Where(Rune.IsLetterOrDigit))
        {
            letters.Append(Rune.ToLowerInvariant(rune));
        }

        return letters.Length == 0 ? null : SHA256.HashData(Encoding.UTF8.GetBytes(letters.ToString()));
    }
}

/// <summary>What became of an answer.</summary>
/// <param name="NativeId">As reading makes it; null unless it was sent and the network told it.</param>
/// <param name="Code">Null when it was sent.</param>
/// <param name="Detail">At most 500 characters; null when it was sent.</param>
internal sealed record Settled(ReplyOutcome Outcome, string? NativeId, string? Url, string? Code, string? Detail, DateTimeOffset At);
