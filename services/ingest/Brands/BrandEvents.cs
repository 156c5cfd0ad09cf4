using Marten;

namespace Serm.Ingest.Brands;

/// <summary>A brand was added.</summary>
public sealed record BrandAdded(string Name, string Query, IReadOnlyList<string> Languages, Guid? CompetitorOf, string By, DateTimeOffset At, IReadOnlyList<QueryExample>? Examples = null);

/// <summary>A person changed it. Earlier mentions stay as they are.</summary>
public sealed record BrandChanged(string Name, string Query, IReadOnlyList<string> Languages, Guid? CompetitorOf, string By, DateTimeOffset At, IReadOnlyList<QueryExample>? Examples = null);

/// <summary>A person removed it. Its mentions stay.</summary>
public sealed record BrandRemoved(string By, DateTimeOffset At);

/// <summary>The stored events by name. A name, once written, is for good: a changed shape gets a new one.</summary>
internal static class BrandEventNames
{
    public static readonly IReadOnlyDictionary<string, Type> All = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["brand_added"] = typeof(BrandAdded),
        ["brand_changed"] = typeof(BrandChanged),
        ["brand_removed"] = typeof(BrandRemoved),
    };

    public static void Register(StoreOptions options)
    {
        foreach (var (name, type) in All)
        {
            options.Events.MapEventType(type, name);
        }
    }
}
