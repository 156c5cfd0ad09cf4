using Serm.Defaults;

namespace Serm.Ingest.Brands;

/// <summary>What people read of what was done to a brand. Pure.</summary>
internal static class BrandChanges
{
    private static readonly string[] Without = ["id", "removed", "createdAt", "version"];

    /// <summary>Of the states before and after an event; null for one that changes nothing.</summary>
    public static ChangeRow? Of(Brand before, Brand after, object happened) => happened switch
    {
        BrandAdded e => ChangeRow.Of("brand.added", after.Id, after.Name, e.By, e.At, Differences.Of(null, after, Without)),
        BrandChanged e => ChangeRow.Of("brand.changed", after.Id, after.Name, e.By, e.At, Differences.Of(before, after, Without)),
        BrandRemoved e => ChangeRow.Of("brand.removed", before.Id, before.Name, e.By, e.At, Differences.Of(before, null, Without)),
        _ => null,
    };
}
