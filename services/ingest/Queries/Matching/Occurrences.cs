namespace Serm.Ingest.Queries.Matching;

/// <summary>Walks over the places where words stand in a row. Each hit is looked at once, so that a text of one repeated word costs no more than another.</summary>
internal ref struct Occurrences
{
    private readonly PostWords words;
    private readonly int[] terms;
    private readonly int[] cursors;
    private bool begun;

    /// <summary>Begins before the first occurrence.</summary>
    /// <param name="words">The post.</param>
    /// <param name="terms">At least one.</param>
    public Occurrences(PostWords words, int[] terms)
    {
        this.words = words;
        this.terms = terms;
        cursors = words.Cursors(terms.Length);
        for (var i = 0; i < terms.Length; i++)
        {
            cursors[i] = words.First(terms[i]);
        }
    }

    /// <summary>Position of the first word.</summary>
    public readonly int Start => words[cursors[0]].Position;

    /// <summary>Where it stands.</summary>
    public readonly Contracts.PostPart Part => words[cursors[0]].Part;

    /// <summary>Goes to the next occurrence.</summary>
    public bool Next()
    {
        if (cursors[0] >= 0 && begun)
        {
            cursors[0] = words.Next(cursors[0]);
        }

        begun = true;
        for (; cursors[0] >= 0; cursors[0] = words.Next(cursors[0]))
        {
            var isThere = true;
            for (var i = 1; i < terms.Length && isThere; i++)
            {
                var wanted = Start + i;
                while (cursors[i] >= 0 && words[cursors[i]].Position < wanted)
                {
                    cursors[i] = words.Next(cursors[i]);
                }

                if (cursors[i] < 0)
                {
                    cursors[0] = -1;
                    return false;
                }

                isThere = words[cursors[i]].Position == wanted;
            }

            if (isThere)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds the words of this occurrence.</summary>
    public readonly void Mark(ISet<Hit> hits)
    {
        for (var i = 0; i < terms.Length; i++)
        {
            hits.Add(words[cursors[i]]);
        }
    }
}
