using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>How far judging has come, as this process hears it. While verdicts come in, a found mention whose turn has not come is not late: storing it without one and once more with one would cost twice, just when there is most to do.</summary>
internal sealed class Judging(TimeProvider clock)
{
    /// <summary>Judging stands still when no verdict has come for so long.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.5);

    /// <summary>Verdicts overtake each other by less than this.</summary>
    public static readonly TimeSpan Overtaking = TimeSpan.FromSeconds(1);

    /// <summary>Whatever the reason, nobody waits longer for a verdict before the mention is shown. Above what a flood needs to be worked off: to store each of its mentions twice would make it last longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private DateTimeOffset heardAt;
    private DateTimeOffset reached;
    private int busy;

    /// <summary>Stores verdicts, and notes how far they have come.</summary>
    public async Task DuringAsync(IReadOnlyList<MentionScored> messages, Func<Task> store)
    {
        lock (gate)
        {
            busy++;
        }

        try
        {
            await store();
            Note(messages.Max(m => m.Mention.MatchedAt));
        }
        finally
        {
            lock (gate)
            {
                busy--;
            }
        }
    }

    /// <summary>True while the verdict on this mention is only a matter of its turn.</summary>
    /// <param name="matchedAt">When the mention was found to match.</param>
    public bool MayStillCome(DateTimeOffset matchedAt)
    {
        lock (gate)
        {
            // One of a future that a clock was set back from tells nothing of its age.
            return (busy > 0 || clock.GetSteadyNow() - heardAt < Silence) && matchedAt + Overtaking > reached && (clock.GetUtcNow() - matchedAt).Duration() < Longest;
        }
    }

    private void Note(DateTimeOffset matchedAt)
    {
        lock (gate)
        {
            heardAt = clock.GetSteadyNow();
            reached = matchedAt > reached || reached > clock.GetUtcNow() ? matchedAt : reached;
        }
    }
}
