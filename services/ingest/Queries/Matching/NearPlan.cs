namespace Serm.Ingest.Queries.Matching;

/// <summary>Words or phrases near one another, in either order, not overlapping.</summary>
/// <param name="distance">The one begins at most so many words after the end of the other.</param>
/// <param name="ordered">True when the left one must come first.</param>
/// <param name="left">Alternatives.</param>
/// <param name="right">Alternatives.</param>
internal sealed class NearPlan(int distance, bool ordered, int[][] left, int[][] right) : Plan
{
    public override bool Matches(PostWords words)
    {
        if (!Occurs(words, left) || !Occurs(words, right))
        {
            return false;
        }

        var (lefts, rights) = (Places(words, left), Places(words, right));
        return lefts.Exists(l => Follows(l.End, rights)) || (!ordered && rights.Exists(r => Follows(r.End, lefts)));
    }

    public override void Mark(PostWords words, ISet<Hit> hits)
    {
        var (lefts, rights) = (Places(words, left), Places(words, right));
        var taken = new HashSet<(int Start, int End)>();
        Pair(lefts, rights, taken);
        if (!ordered)
        {
            Pair(rights, lefts, taken);
        }

        foreach (var terms in left.Concat(right))
        {
            var found = new Occurrences(words, terms);
            while (found.Next())
            {
                if (taken.Contains((found.Start, found.Start + terms.Length - 1)))
                {
                    found.Mark(hits);
                }
            }
        }
    }

    private static bool Occurs(PostWords words, int[][] alternatives) => Array.Exists(alternatives, terms => Array.TrueForAll(terms, words.Has));

    // By position of the first word.
    private static List<(int Start, int End)> Places(PostWords words, int[][] alternatives)
    {
        var places = new List<(int Start, int End)>();
        foreach (var terms in alternatives)
        {
            var found = new Occurrences(words, terms);
            while (found.Next())
            {
                places.Add((found.Start, found.Start + terms.Length - 1));
            }
        }

        if (alternatives.Length > 1)
        {
            places.Sort();
        }

        return places;
    }

    private bool Follows(int end, List<(int Start, int End)> places)
    {
        var at = After(end, places);
        return at < places.Count && places[at].Start - end <= distance;
    }

    // Each place is looked up once: in a text that says nothing but these words every one of them is near a hundred others.
    private void Pair(List<(int Start, int End)> before, List<(int Start, int End)> after, HashSet<(int Start, int End)> taken)
    {
        taken.UnionWith(before.Where(b => Follows(b.End, after)));
        var ends = before.ConvertAll(b => b.End);
        ends.Sort();
        foreach (var place in after)
        {
            var at = ends.BinarySearch(place.Start - 1);
            var last = at >= 0 ? at : ~at - 1;
            if (last >= 0 && place.Start - ends[last] <= distance)
            {
                taken.Add(place);
            }
        }
    }

    // The first place that begins after a position.
    private static int After(int position, List<(int Start, int End)> places)
    {
        var (low, high) = (0, places.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = places[middle].Start > position ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
