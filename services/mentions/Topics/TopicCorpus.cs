namespace Serm.Mentions;

/// <summary>Two samples of mentions, cut into words that have numbers.</summary>
internal sealed class TopicCorpus
{
    private const int Break = -1;
    private readonly Dictionary<Guid, int> stories = [];
    private readonly Dictionary<Guid, int> authors = [];
    private readonly Dictionary<string, int> languages = new(StringComparer.Ordinal);
    private readonly HashSet<int> names = [];
    private readonly HashSet<string> people = new(StringComparer.Ordinal);
    private readonly HashSet<string> partsOfNames = new(StringComparer.Ordinal);

    private TopicCorpus(IReadOnlyList<TopicPost> now, IReadOnlyList<TopicPost> before, string? brandName, CancellationToken cancellationToken)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        var cut = new List<CutPost>(now.Count + before.Count);
        foreach (var post in now.Concat(before))
        {
            cancellationToken.ThrowIfCancellationRequested();
            cut.Add(new(post, Number(stories, post.Story), Number(authors, post.Author ?? post.Id), 1UL << Math.Min(63, Number(languages, post.Language)), Tokens(post), Searched(post, words)));
        }

        var own = Cut(brandName, "und").FindAll(w => !w.IsBreak).ConvertAll(w => SearchText.Words(w.Surface)[0]).FindAll(w => w.Length > 2);
        names.UnionWith(Lexicon.Forms.Where(f => own.Exists(o => f.Search.StartsWith(o, StringComparison.Ordinal))).Select(f => f.Group));

        // Numbers in the order of the words, so that those that begin alike are a range.
        Vocabulary = [.. words.Keys.Order(StringComparer.Ordinal)];
        var ranks = new int[words.Count];
        for (var i = 0; i < Vocabulary.Length; i++)
        {
            ranks[words[Vocabulary[i]]] = i;
        }

        for (var i = 0; i < cut.Count; i++)
        {
            cut[i] = cut[i] with { Words = Array.ConvertAll(cut[i].Words, w => ranks[w]) };
        }

        Now = [.. cut.Take(now.Count)];
        Before = [.. cut.Skip(now.Count)];
    }

    public Lexicon Lexicon { get; } = new();

    public CutPost[] Now { get; }

    public CutPost[] Before { get; }

    /// <summary>All words that the mentions are found by, in ordinal order.</summary>
    public string[] Vocabulary { get; }

    /// <summary>Cuts two samples.</summary>
    public static TopicCorpus Of(IReadOnlyList<TopicPost> now, IReadOnlyList<TopicPost> before, string? brandName, CancellationToken cancellationToken) => new(now, before, brandName, cancellationToken);

    /// <summary>True for forms of words by which the brand itself is named.</summary>
    public bool IsName(int form) => names.Contains(Lexicon[form].Group);

    /// <summary>True where people are named: by the whole name of somebody who wrote one of the mentions, or by a part of it that is always written with a capital letter.</summary>
    public bool NamesPerson(IReadOnlyList<int> forms) =>
        forms.Any(f => partsOfNames.Contains(Lexicon[f].Search) && Lexicon.IsCapital(f))
        || Enumerable.Range(0, forms.Count).Any(first => Enumerable.Range(first + 2, Math.Max(0, forms.Count - first - 1)).Any(end => people.Contains(Together(forms.Take(end).Skip(first)))));

    /// <summary>What a phrase is made of, in words that do not depend on numbers.</summary>
    public string NameOf(ulong key) => string.Join(' ', Phrases.Groups(key).Select(Lexicon.NameOf));

    /// <summary>False for single syllables of Vietnamese, most of which are parts of words: they are told only where they rise.</summary>
    public bool SaysEnough(ulong key) => Phrases.Groups(key) is not [var word] || Lexicon.FormsOf(word).Any(f => !Lexicon[f].IsSyllable);

    private int[] Tokens(TopicPost post)
    {
        Person(post.AuthorName, post.Language);
        var tokens = new List<int>();
        Add(post.Title, Contracts.PostPart.Title);
        Add(post.Text, Contracts.PostPart.Text);
        return [.. tokens];

        void Add(string? text, Contracts.PostPart part)
        {
            var begins = true;
            foreach (var word in Cut(text, post.Language))
            {
                var form = word.IsBreak ? Break : Lexicon.Number(word, post.Language, begins);
                begins = word.IsBreak;
                if (form != Break && post.Names.Any(n => !n.Other && n.Part == part && n.Start < word.Start + word.Surface.Length && word.Start < n.Start + n.Length))
                {
                    names.Add(Lexicon[form].Group);
                }

                tokens.Add(form);
            }
        }
    }

    private void Person(string? name, string language)
    {
        var words = Cut(name, language).FindAll(w => !w.IsBreak);
        if (words.Count is < 2 or > 4)
        {
            return;
        }

        // Who is called by a name has not written it in a text.
        var forms = words.ConvertAll(w => Lexicon.Number(w with { Capital = true }, language));
        people.Add(Together(forms));
        partsOfNames.UnionWith(forms.Select(f => Lexicon[f].Search));
    }

    private string Together(IEnumerable<int> forms) => string.Join(' ', forms.Select(f => Lexicon[f].Search));

    private static List<TextWord> Cut(string? text, string language)
    {
        var words = new List<TextWord>();
        TopicText.Cut(text, language, words);
        return words;
    }

    private static int[] Searched(TopicPost post, Dictionary<string, int> words)
    {
        var found = new HashSet<int>();
        foreach (var text in new[] { post.Title, post.Text, post.AuthorName, post.AuthorHandle })
        {
            foreach (var word in SearchText.Words(text))
            {
                found.Add(Number(words, word));
            }
        }

        return [.. found];
    }

    private static int Number<T>(Dictionary<T, int> numbers, T key)
        where T : notnull
    {
        ref var number = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(numbers, key, out var known);
        return known ? number : number = numbers.Count - 1;
    }
}
