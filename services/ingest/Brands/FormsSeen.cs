using Serm.Contracts;
using Serm.Ingest.Queries;
using Serm.Ingest.Queries.Matching;
using Serm.Language;

namespace Serm.Ingest.Brands;

/// <summary>A word of a query and the other forms of it that posts were taken by.</summary>
/// <param name="Word">As the query has it, folded.</param>
/// <param name="Forms">As the posts have them, in lower case, the most frequent first; at most 20.</param>
public sealed record WordForms(string Word, IReadOnlyList<string> Forms);

/// <summary>Collects the inflected forms by which a query took posts: what "matches also" tells.</summary>
internal sealed class FormsSeen(QueryNode root)
{
    private const int MaxForms = 20;

    private readonly List<WordPattern> words = [.. QueryIndex.Patterns(root).Where(p => p.Match == WordMatch.Inflected).Distinct()];
    private readonly Dictionary<(string Word, string Form), int> seen = [];

    /// <summary>Takes the words that made a post match.</summary>
    public void Add(in PostText post, IReadOnlyList<MatchSpan> spans)
    {
        Span<char> buffer = stackalloc char[WordReader.MaxWord];
        foreach (var span in spans)
        {
            var written = (span.Part == PostPart.Title ? post.Title ?? "" : post.Text).Substring(span.Start, span.Length);
            var reader = new WordReader(written, buffer);
            if (!reader.Next())
            {
                continue;
            }

            foreach (var word in words)
            {
                if (!reader.Word.SequenceEqual(word.Text) && Inflection.Same(word.Text, reader.Word, post.Language))
                {
                    var key = (word.Text, written.ToLowerInvariant());
                    seen[key] = seen.GetValueOrDefault(key) + 1;
                }
            }
        }
    }

    /// <summary>What was seen, by word.</summary>
    public IReadOnlyList<WordForms> All() =>
        [.. seen.GroupBy(s => s.Key.Word, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new WordForms(g.Key, [.. g.OrderByDescending(s => s.Value).ThenBy(s => s.Key.Form, StringComparer.Ordinal).Take(MaxForms).Select(s => s.Key.Form)]))];
}
