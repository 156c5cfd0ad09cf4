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

/// <summary>Tells why a query does not take a text: for the person who writes the query, not for many posts.</summary>
internal static class NearMiss
{
    /// <summary>Asks every part.</summary>
    public static QueryVerdict Of(QueryNode root, in PostText post)
    {
        var stops = Stops(root, post, wanted: true);
        return new(stops.Count == 0, stops.Count, stops);
    }

    private static List<QueryStop> Stops(QueryNode node, in PostText post, bool wanted)
    {
        switch (node)
        {
            case QueryNode.Not not:
                return Stops(not.Item, post, !wanted);
            case QueryNode.And all:
                return wanted ? Together(all.Items, post, wanted) : Cheapest(all.Items, post, wanted);
            case QueryNode.Or any:
                return wanted ? Cheapest(any.Items, post, wanted) : Together(any.Items, post, wanted);
            default:
                if (Matches(node, post) == wanted)
                {
                    return [];
                }

                return [new(!wanted ? "excluded" : Apart(node, post) ? "apart" : "missing", QueryText.Of(node))];
        }
    }

    private static List<QueryStop> Together(IReadOnlyList<QueryNode> items, in PostText post, bool wanted)
    {
        List<QueryStop> all = [];
        foreach (var item in items)
        {
            all.AddRange(Stops(item, post, wanted));
        }

        return all;
    }

    private static List<QueryStop> Cheapest(IReadOnlyList<QueryNode> items, in PostText post, bool wanted)
    {
        List<QueryStop>? best = null;
        foreach (var item in items)
        {
            var stops = Stops(item, post, wanted);
            best = best is null || stops.Count < best.Count ? stops : best;
        }

        // One of several must change: all of the equally cheap single ones are told as one part.
        return best is { Count: 1 } && items.Count > 1 && wanted ? [best[0] with { Part = $"({string.Join(" OR ", items.Select(QueryText.Of))})" }] : best ?? [];
    }

    // The words of a phrase, window or NEAR are all there, only not as they must stand.
    private static bool Apart(QueryNode node, in PostText post) => node switch
    {
        QueryNode.Words { Items.Count: > 1 } words => Has(words.Items, post),
        QueryNode.Window window => Has(window.Items, post),
        QueryNode.Near near => Any(near.Left, post) && Any(near.Right, post),
        QueryNode.Title title => Matches(new QueryNode.Words(title.Items), post),
        _ => false,
    };

    private static bool Has(IReadOnlyList<WordPattern> words, in PostText post)
    {
        foreach (var word in words)
        {
            if (!Matches(new QueryNode.Words([word]), post))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Any(IReadOnlyList<QueryNode.Words> alternatives, in PostText post) => Matches(new QueryNode.Or([.. alternatives]), post);

    private static bool Matches(QueryNode node, in PostText post)
    {
        List<int> matched = [];
        QueryIndex.Build([new(node, [])]).Match(post, matched);
        return matched.Count == 1;
    }
}
