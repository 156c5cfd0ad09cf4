using Serm.Ingest.Queries.Matching;

namespace Serm.Ingest.Queries;

/// <summary>A part of a query that stopped it on a text.</summary>
/// <param name="Code"><c>missing</c>: it must be there and is not; <c>excluded</c>: it must not be there and is; <c>apart</c>: its words are there, not near or not in this order.</param>
/// <param name="Part">The part, as a query.</param>
public sealed record QueryStop(string Code, string Part);

/// <summary>How a text fares with a query.</summary>
/// <param name="Matches">True when the query takes it.</param>
/// <param name="Distance">How many parts would have to change for it to match, the cheapest way through every OR; 0 when it matches.</param>
/// <param name="Stops">Those parts, in the order of the query.</param>
public sealed record QueryVerdict(bool Matches, int Distance, IReadOnlyList<QueryStop> Stops);

/// <summary>Tells why a query does not take texts: all its parts are one index, so that each text is read once.</summary>
internal sealed class NearMiss
{
    private readonly QueryNode root;
    private readonly QueryIndex index;
    private readonly Dictionary<QueryNode, int> places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<QueryNode, QueryNode> loose = new(ReferenceEqualityComparer.Instance);
    private readonly QueryNode anyWord;

    /// <summary>Makes a query ready.</summary>
    public NearMiss(QueryNode root)
    {
        this.root = root;
        anyWord = new QueryNode.Or([.. QueryIndex.Patterns(root).Distinct().Select(p => new QueryNode.Words([p]))]);
        List<QueryNode> asked = [anyWord];
        foreach (var part in Parts(root))
        {
            asked.Add(part);
            if (Loose(part) is { } words)
            {
                loose.TryAdd(part, words);
                asked.Add(words);
            }
        }

        for (var i = 0; i < asked.Count; i++)
        {
            places.TryAdd(asked[i], i);
        }

        index = QueryIndex.Build([.. asked.Select(a => new IndexedQuery(a, []))]);
    }

    /// <summary>Asks every part.</summary>
    public QueryVerdict Of(in PostText post)
    {
        var found = Ask(post);
        var stops = Stops(root, found, wanted: true);
        return new(stops.Count == 0, stops.Count, stops);
    }

    /// <summary>What stopped the query on a text that has a word of it and that one change would let in; null for any other text. Of a query of one word every text is one change away.</summary>
    public IReadOnlyList<QueryStop>? OneChange(in PostText post)
    {
        var found = Ask(post);
        return found[places[anyWord]] && Distance(root, found, wanted: true) == 1 ? Stops(root, found, wanted: true) : null;
    }

    private bool[] Ask(in PostText post)
    {
        List<int> matched = [];
        index.Match(post, matched);
        var found = new bool[index.Count];
        foreach (var place in matched)
        {
            found[place] = true;
        }

        return found;
    }

    private int Distance(QueryNode node, bool[] found, bool wanted)
    {
        switch (node)
        {
            case QueryNode.Not not:
                return Distance(not.Item, found, !wanted);
            case QueryNode.And or QueryNode.Or:
                var (all, sum, least) = (node is QueryNode.And == wanted, 0, int.MaxValue);
                foreach (var item in Items(node))
                {
                    var distance = Distance(item, found, wanted);
                    (sum, least) = (sum + distance, Math.Min(least, distance));
                }

                return all ? sum : least;
            default:
                return found[places[node]] == wanted ? 0 : 1;
        }
    }

    private List<QueryStop> Stops(QueryNode node, bool[] found, bool wanted) => node switch
    {
        QueryNode.Not not => Stops(not.Item, found, !wanted),
        QueryNode.And or QueryNode.Or when node is QueryNode.And == wanted => [.. Items(node).SelectMany(i => Stops(i, found, wanted))],
        QueryNode.And or QueryNode.Or => Cheapest(Items(node), found, wanted),
        _ when found[places[node]] == wanted => [],
        _ => [new(!wanted ? "excluded" : loose.TryGetValue(node, out var words) && found[places[words]] ? "apart" : "missing", QueryText.Of(node))],
    };

    private List<QueryStop> Cheapest(IReadOnlyList<QueryNode> items, bool[] found, bool wanted)
    {
        var best = Stops(items.MinBy(i => Distance(i, found, wanted))!, found, wanted);

        // One of several must change: all of the equally cheap single ones are told as one part.
        return best.Count == 1 && items.Count > 1 && wanted ? [best[0] with { Part = $"({string.Join(" OR ", items.Select(QueryText.Of))})" }] : best;
    }

    private static IReadOnlyList<QueryNode> Items(QueryNode node) => node switch { QueryNode.And all => all.Items, QueryNode.Or any => any.Items, _ => [] };

    private static IEnumerable<QueryNode> Parts(QueryNode node) => node switch
    {
        QueryNode.Not not => Parts(not.Item),
        QueryNode.And or QueryNode.Or => Items(node).SelectMany(Parts),
        _ => [node],
    };

    // The words of a phrase, window or NEAR, wherever they stand; null for what has no place.
    private static QueryNode? Loose(QueryNode node) => node switch
    {
        QueryNode.Words { Items.Count: > 1 } words => Each(words.Items),
        QueryNode.Window window => Each(window.Items),
        QueryNode.Near near => new QueryNode.And([new QueryNode.Or(near.Left), new QueryNode.Or(near.Right)]),
        QueryNode.Title { Slack: >= 0 } title => new QueryNode.Window(title.Slack, title.Items),
        QueryNode.Title title => new QueryNode.Words(title.Items),
        _ => null,
    };

    private static QueryNode.And Each(IReadOnlyList<WordPattern> words) => new([.. words.Select(w => new QueryNode.Words([w]))]);
}
