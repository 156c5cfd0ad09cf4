using Marten;

namespace Serm.Ingest.Brands;

/// <summary>What a brand was at a version.</summary>
/// <param name="Version">As mentions name it, and as If-Match takes it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Query">Its query.</param>
/// <param name="Languages">The languages that counted; empty for all.</param>
/// <param name="By">Who made it so.</param>
/// <param name="At">Since when.</param>
public sealed record BrandVersion(int Version, string Name, string Query, IReadOnlyList<string> Languages, string By, DateTimeOffset At)
{
    /// <summary>All versions of a brand, newest first; empty when there is no such brand. Those of a removed brand stay readable.</summary>
    internal static async Task<List<BrandVersion>> LoadAsync(IDocumentSession session, Guid id, CancellationToken cancellationToken)
    {
        var versions = new List<BrandVersion>();
        foreach (var stored in await session.Events.FetchStreamAsync(id, token: cancellationToken))
        {
            if (Of((int)stored.Version, stored.Data) is { } version)
            {
                versions.Add(version);
            }
        }

        versions.Reverse();
        return versions;
    }

    internal static BrandVersion? Of(int version, object happened) => happened switch
    {
        BrandAdded e => new(version, e.Name, e.Query, e.Languages, e.By, e.At),
        BrandChanged e => new(version, e.Name, e.Query, e.Languages, e.By, e.At),
        _ => null,
    };
}
