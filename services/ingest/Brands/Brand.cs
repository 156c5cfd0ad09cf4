using Serm.Defaults;

namespace Serm.Ingest.Brands;

/// <summary>What a person wants a brand to be, checked.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Query">A valid query.</param>
/// <param name="Languages">Codes, sorted, each once; empty for all.</param>
/// <param name="CompetitorOf">Another brand of the workspace.</param>
/// <param name="Examples">Tests of the query; null to keep those that there are.</param>
internal sealed record BrandWish(string Name, string Query, IReadOnlyList<string> Languages, Guid? CompetitorOf, IReadOnlyList<QueryExample>? Examples = null);

/// <summary>What a brand is now.</summary>
/// <param name="Id">Its stream.</param>
public sealed record Brand(Guid Id)
{
    /// <summary>What people call it; unique in the workspace.</summary>
    public string Name { get; init; } = "";

    /// <summary>Which posts speak of it, in the language of docs/queries.md.</summary>
    public string Query { get; init; } = "";

    /// <summary>Languages of the posts that count; empty for all.</summary>
    public IReadOnlyList<string> Languages { get; init; } = [];

    /// <summary>The own brand that it competes with; null for own ones.</summary>
    public Guid? CompetitorOf { get; init; }

    /// <summary>Texts that the query must and must not take.</summary>
    public IReadOnlyList<QueryExample> Examples { get; init; } = [];

    /// <summary>It was removed: nothing may happen to it any more.</summary>
    public bool Removed { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Events so far; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>The state after an event. A stream that does not begin with <see cref="BrandAdded"/> is no brand: those of sources are in the same store.</summary>
    public static Brand Apply(Brand brand, object happened) => brand.Version == 0 && happened is not BrandAdded ? brand : (happened switch
    {
        BrandAdded e => brand with { Name = e.Name, Query = e.Query, Languages = e.Languages, CompetitorOf = e.CompetitorOf, Examples = e.Examples ?? [], CreatedAt = e.At },
        BrandChanged e => brand with { Name = e.Name, Query = e.Query, Languages = e.Languages, CompetitorOf = e.CompetitorOf, Examples = e.Examples ?? [] },
        BrandRemoved => brand with { Removed = true },
        _ => brand,
    }) with { Version = brand.Version + 1 };
}

/// <summary>Decides what happens to a brand; says nothing twice.</summary>
internal static class BrandDecider
{
    public static IReadOnlyList<object> Add(Brand brand, BrandWish wish, string by, DateTimeOffset now) =>
        brand.Version > 0 ? [] : [new BrandAdded(wish.Name, wish.Query, wish.Languages, wish.CompetitorOf, by, now, wish.Examples)];

    public static IReadOnlyList<object> Change(Brand brand, BrandWish wish, string by, DateTimeOffset now)
    {
        RequireThere(brand);
        var examples = wish.Examples ?? brand.Examples;
        return wish.Name == brand.Name && examples.SequenceEqual(brand.Examples) && wish.Query == brand.Query && wish.CompetitorOf == brand.CompetitorOf && wish.Languages.SequenceEqual(brand.Languages, StringComparer.Ordinal)
            ? []
            : [new BrandChanged(wish.Name, wish.Query, wish.Languages, wish.CompetitorOf, by, now, examples)];
    }

    public static IReadOnlyList<object> Remove(Brand brand, string by, DateTimeOffset now)
    {
        RequireThere(brand);
        return [new BrandRemoved(by, now)];
    }

    private static void RequireThere(Brand brand)
    {
        if (brand.Version == 0 || brand.Removed)
        {
            throw RuleViolation.NotFound("brand");
        }
    }
}
