namespace Serm.Mentions;

/// <summary>A phrase as it is written.</summary>
/// <param name="Key">Its key among <see cref="Phrases"/>.</param>
/// <param name="Text">As it is written most often.</param>
/// <param name="Language">In which it is written most often.</param>
/// <param name="Posts">The places of the mentions of now that have it so.</param>
internal sealed record TopicSurface(ulong Key, string Text, string Language, IReadOnlySet<int> Posts);

/// <summary>Looks up how phrases are written.</summary>
internal static class TopicSurfaces
{
    /// <summary>Those of some phrases; of what names people none.</summary>
    public static IReadOnlyList<TopicSurface> Of(TopicCorpus corpus, Phrases phrases, HashSet<ulong> keys)
    {
        // Also those that only lead to one of them.
        var wanted = keys.SelectMany(k => Phrases.Groups(k) is var groups ? Enumerable.Range(1, groups.Length).Select(n => groups.Take(n).Aggregate(0UL, (key, g) => Phrases.Next(key, (uint)(g + 1)))) : []).ToHashSet();
        var written = new Dictionary<ulong, Written>();
        for (var i = 0; i < corpus.Now.Length; i++)
        {
            var (post, place) = (corpus.Now[i], i);
            phrases.Each(post, (key, word) => wanted.Contains(Phrases.Next(key, word)), (key, first, last) =>
            {
                if (keys.Contains(key))
                {
                    (written.TryGetValue(key, out var known) ? known : written[key] = new()).Add(corpus, post, place, first, last);
                }
            });
        }

        return [.. written.Where(w => !corpus.NamesPerson(w.Value.Forms(corpus))).Select(w => new TopicSurface(w.Key, w.Value.Text, w.Value.Language, w.Value.Posts))];
    }

    private sealed class Written
    {
        private readonly Dictionary<string, (int Count, int[] Tokens)> texts = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> languages = new(StringComparer.Ordinal);

        public HashSet<int> Posts { get; } = [];

        public string Text => texts.OrderByDescending(t => t.Value.Count).ThenBy(t => t.Key.Length).ThenBy(t => t.Key, StringComparer.Ordinal).First().Key;

        public string Language => languages.OrderByDescending(l => l.Value).ThenBy(l => l.Key, StringComparer.Ordinal).First().Key;

        public IReadOnlyList<int> Forms(TopicCorpus corpus) => [.. texts[Text].Tokens.Where(f => !corpus.Lexicon.IsStop(f))];

        public void Add(TopicCorpus corpus, CutPost post, int place, int first, int last)
        {
            // Once a mention: who repeats it does not decide how it is written.
            if (!Posts.Add(place))
            {
                return;
            }

            var tokens = post.Tokens[first..(last + 1)];
            var text = string.Join(' ', tokens.Select(f => corpus.Lexicon.Shown(f)));
            texts[text] = (texts.GetValueOrDefault(text).Count + 1, tokens);
            languages[post.Post.Language] = languages.GetValueOrDefault(post.Post.Language) + 1;
        }
    }
}
