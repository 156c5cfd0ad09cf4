namespace Serm.Ingest.Queries.Matching;

/// <summary>A query made ready to be asked of many posts. Immutable.</summary>
internal abstract class Plan
{
    /// <summary>True when the post fits.</summary>
    public abstract bool Matches(PostWords words);

    /// <summary>Adds the hits that made it fit; only after <see cref="Matches"/> said true.</summary>
    public virtual void Mark(PostWords words, ISet<Hit> hits)
    {
    }

    /// <summary>Makes a plan of a query.</summary>
    public static Plan Of(QueryNode node, Vocabulary vocabulary) => node switch
    {
        QueryNode.Words { Items: [var only] } => new WordPlan(vocabulary[only]),
        QueryNode.Words words => new PhrasePlan(Terms(words, vocabulary)),
        QueryNode.Window window => new WindowPlan(window.Slack, Array.ConvertAll([.. window.Items], i => vocabulary[i])),
        QueryNode.Title { Slack: >= 0 } title => new WindowPlan(title.Slack, Array.ConvertAll([.. title.Items], i => vocabulary[i]), onlyTitle: true),
        QueryNode.Title title => new TitlePlan(Array.ConvertAll([.. title.Items], i => vocabulary[i])),
        QueryNode.Near near => new NearPlan(near.Distance, near.Ordered, Array.ConvertAll([.. near.Left], w => Terms(w, vocabulary)), Array.ConvertAll([.. near.Right], w => Terms(w, vocabulary))),
        QueryNode.And all => new AndPlan(Array.ConvertAll([.. all.Items], i => Of(i, vocabulary))),
        QueryNode.Or any => new OrPlan(Array.ConvertAll([.. any.Items], i => Of(i, vocabulary))),
        QueryNode.Not not => new NotPlan(Of(not.Item, vocabulary)),
        QueryNode.Language language => new LanguagePlan([language.Code]),
        QueryNode.Author author => new AuthorPlan([.. author.Items]),
        QueryNode.Site site => new SitePlan(site.Host),
        QueryNode.Address address => new AddressPlan(address.Part),
        QueryNode.Source source => new SourcePlan(source.Kind, new AuthorPlan([.. source.Items])),
        QueryNode.Range range => new RangePlan(range.Number, range.Least, range.Most),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static int[] Terms(QueryNode.Words words, Vocabulary vocabulary) => Array.ConvertAll([.. words.Items], i => vocabulary[i]);
}

internal sealed class WordPlan(int term) : Plan
{
    public override bool Matches(PostWords words) => words.Has(term);

    public override void Mark(PostWords words, ISet<Hit> hits)
    {
        for (var hit = words.First(term); hit >= 0; hit = words.Next(hit))
        {
            hits.Add(words[hit]);
        }
    }
}

internal sealed class PhrasePlan(int[] terms) : Plan
{
    public override bool Matches(PostWords words) => new Occurrences(words, terms).Next();

    public override void Mark(PostWords words, ISet<Hit> hits)
    {
        var found = new Occurrences(words, terms);
        while (found.Next())
        {
            found.Mark(hits);
        }
    }
}

internal sealed class AndPlan(Plan[] parts) : Plan
{
    public override bool Matches(PostWords words)
    {
        foreach (var part in parts)
        {
            if (!part.Matches(words))
            {
                return false;
            }
        }

        return true;
    }

    public override void Mark(PostWords words, ISet<Hit> hits) => Array.ForEach(parts, p => p.Mark(words, hits));
}

internal sealed class OrPlan(Plan[] parts) : Plan
{
    public override bool Matches(PostWords words)
    {
        foreach (var part in parts)
        {
            if (part.Matches(words))
            {
                return true;
            }
        }

        return false;
    }

    public override void Mark(PostWords words, ISet<Hit> hits) => Array.ForEach(parts, p =>
    {
        if (p.Matches(words))
        {
            p.Mark(words, hits);
        }
    });
}

internal sealed class NotPlan(Plan part) : Plan
{
    public override bool Matches(PostWords words) => !part.Matches(words);
}

internal sealed class LanguagePlan(string[] codes) : Plan
{
    public override bool Matches(PostWords words) => Array.IndexOf(codes, words.Post.Language) >= 0;
}

internal sealed class SitePlan(string host) : Plan
{
    public override bool Matches(PostWords words) =>
        words.Host is { } found && found.EndsWith(host, StringComparison.Ordinal) && (found.Length == host.Length || found[^(host.Length + 1)] == '.');
}

internal sealed class AuthorPlan(WordPattern[] patterns) : Plan
{
    public override bool Matches(PostWords words) => In(words.Post.AuthorName) || In(words.Post.AuthorHandle);

    /// <summary>True when the words stand in a row in a name. Names are short and seldom asked for: each beginning is tried.</summary>
    public bool In(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return false;
        }

        var parts = new List<string>();
        var reader = new WordReader(name, stackalloc char[WordReader.MaxWord]);
        while (reader.Next())
        {
            parts.Add(reader.Word.ToString());
        }

        for (var from = 0; from + patterns.Length <= parts.Count; from++)
        {
            var at = 0;
            while (at < patterns.Length && patterns[at].Takes(parts[from + at], parts[from + at], '@', "und"))
            {
                at++;
            }

            if (at == patterns.Length)
            {
                return true;
            }
        }

        return false;
    }
}
