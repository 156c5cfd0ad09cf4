namespace Serm.Ingest.Queries.Matching;

/// <summary>All words in any order within a stretch of the text: one pass over the hits of all of them in order of position.</summary>
/// <param name="slack">Words that may come between.</param>
/// <param name="terms">At least two.</param>
/// <param name="onlyTitle">True when the text does not count.</param>
internal sealed class WindowPlan(int slack, int[] terms, bool onlyTitle = false) : Plan
{
    private readonly int[] distinct = [.. terms.Distinct()];

    public override bool Matches(PostWords words) => Find(words, null);

    public override void Mark(PostWords words, ISet<Hit> hits) => Find(words, hits);

    private bool Find(PostWords words, ISet<Hit>? marks)
    {
        if (!Array.TrueForAll(distinct, words.Has))
        {
            return false;
        }

        // Moves the cursor that stands first, as long as all of them stand.
        var cursors = Array.ConvertAll(distinct, words.First);
        var found = false;
        while (true)
        {
            var (first, last) = (0, 0);
            for (var i = 1; i < cursors.Length; i++)
            {
                first = words[cursors[i]].Position < words[cursors[first]].Position ? i : first;
                last = words[cursors[i]].Position > words[cursors[last]].Position ? i : last;
            }

            // The title comes first, and nothing bridges it and the text.
            if (onlyTitle && words[cursors[last]].Part != Contracts.PostPart.Title)
            {
                return found;
            }

            if (words[cursors[last]].Position - words[cursors[first]].Position < distinct.Length + slack)
            {
                found = true;
                if (marks is null)
                {
                    return true;
                }

                Array.ForEach(cursors, c => marks.Add(words[c]));
            }

            cursors[first] = words.Next(cursors[first]);
            if (cursors[first] < 0)
            {
                return found;
            }
        }
    }
}

/// <summary>Words in a row in the title.</summary>
internal sealed class TitlePlan(int[] terms) : Plan
{
    public override bool Matches(PostWords words)
    {
        // The title comes first, so its occurrences do.
        var found = new Occurrences(words, terms);
        return found.Next() && found.Part == Contracts.PostPart.Title;
    }

    public override void Mark(PostWords words, ISet<Hit> hits)
    {
        var found = new Occurrences(words, terms);
        while (found.Next() && found.Part == Contracts.PostPart.Title)
        {
            found.Mark(hits);
        }
    }
}

internal sealed class AddressPlan(string part) : Plan
{
    private readonly string read = Uri.UnescapeDataString(part);

    // Addresses are stored escaped; people write them as browsers show them.
    public override bool Matches(PostWords words) =>
        words.Post.Url?.Contains(part, StringComparison.OrdinalIgnoreCase) == true || words.ReadAddress?.Contains(read, StringComparison.OrdinalIgnoreCase) == true;
}

internal sealed class SourcePlan(string kind, AuthorPlan name) : Plan
{
    public override bool Matches(PostWords words) => kind.Equals(words.Post.SourceKind, StringComparison.Ordinal) || name.In(words.Post.SourceName);
}

internal sealed class RangePlan(PostNumber number, long least, long most) : Plan
{
    public override bool Matches(PostWords words)
    {
        var value = number switch { PostNumber.Followers => words.Post.Followers, PostNumber.Reach => words.Post.Reach, _ => words.Post.Engagement };
        return value >= least && value <= most;
    }
}
