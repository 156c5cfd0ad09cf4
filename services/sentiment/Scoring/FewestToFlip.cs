using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Serm.Contracts;

namespace Serm.Sentiments.Scoring;

/// <summary>What would flip a verdict: the fewest words without which another label has the highest logit, by what each word adds.</summary>
internal static class FewestToFlip
{
    /// <summary>Words at most: what takes more is decided by the text as a whole.</summary>
    public const int Most = 6;

    /// <summary>Takes the words that speak most for the label against one other away until that one is ahead; for the nearer of the two others. No smaller set of words does it, as logits add up; that a shorter text weighs its remaining words a little more is not counted.</summary>
    /// <returns>The words in text order and the label without them; nulls when more than <see cref="Most"/> words would have to go.</returns>
    public static (List<Unit>? Words, Sentiment? To) Find(List<Unit> units, Vector128<float> logits, Sentiment label)
    {
        List<Unit>? fewest = null;
        Sentiment? to = null;
        var heaviest = new List<Unit>(Most);
        for (var other = 0; other < SentimentModel.Classes; other++)
        {
            if (other != (int)label && Against(units, logits, (int)label, other, heaviest) && (fewest is null || heaviest.Count < fewest.Count))
            {
                (fewest, to) = ([.. heaviest], (Sentiment)other);
            }
        }

        fewest?.Sort((a, b) => a.Start.CompareTo(b.Start));
        return (fewest, to);
    }

    private static bool Against(List<Unit> units, Vector128<float> logits, int label, int other, List<Unit> heaviest)
    {
        heaviest.Clear();
        foreach (ref readonly var unit in CollectionsMarshal.AsSpan(units))
        {
            var lead = Lead(unit);
            if (lead > 0 && (heaviest.Count < Most || lead > Lead(heaviest[^1])))
            {
                var at = heaviest.FindIndex(u => Lead(u) < lead);
                heaviest.Insert(at < 0 ? heaviest.Count : at, unit);
                if (heaviest.Count > Most)
                {
                    heaviest.RemoveAt(Most);
                }
            }
        }

        var left = logits[label] - logits[other];
        for (var i = 0; i < heaviest.Count; i++)
        {
            left -= Lead(heaviest[i]);
            if (left < 0)
            {
                heaviest.RemoveRange(i + 1, heaviest.Count - i - 1);
                return true;
            }
        }

        return false;

        float Lead(Unit unit) => unit.Logits[label] - unit.Logits[other];
    }
}
