using Serm.Contracts;
using Serm.Mentions;

namespace Serm.Tests.Unit.Mentions;

/// <summary>Tellings made by hand, and which of them lie together.</summary>
internal static class Tellings
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Brand = new("22222222-2222-5222-8222-222222222222");

    public static Telling Told(int id, long? hash, int minutes = 0, long? url = null, Guid? brand = null) =>
        new(new Guid(id, 0, 0, new byte[8]), "main", brand ?? Brand, hash, url, Start.AddMinutes(minutes));

    public static MentionFound Found(int id, long simHash) => new(
        "main", Told(id, null).Id, new(Brand, "Acme"), new("feed", Brand, "Example forum", "n", null, null, "text", null, Start, "en", 0.9, null, null, 1, "hash") { SimHash = simHash }, Start, Start);

    public static string Groups(IReadOnlyList<Telling> tellings) => Partition(tellings, Leads(tellings));

    public static Dictionary<Guid, Guid> Leads(IEnumerable<Telling> tellings)
    {
        var (index, leads) = (new StoryIndex(), new Dictionary<Guid, Guid>());
        foreach (var change in tellings.SelectMany(index.Add).Where(c => c.Lead is not null))
        {
            leads[change.MentionId] = change.Lead!.Value;
        }

        return leads;
    }

    public static bool AreNear(Telling a, Telling b) =>
        a.BrandId == b.BrandId && (a.PublishedAt - b.PublishedAt).Duration() <= StoryIndex.Window
        && ((a.UrlKey is not null && a.UrlKey == b.UrlKey)
            || (a.SimHash is { } x && b.SimHash is { } y && Enumerable.Range(0, 4).Any(i => (ushort)(x >> (16 * i)) == (ushort)(y >> (16 * i))) && System.Numerics.BitOperations.PopCount((ulong)(x ^ y)) <= StoryIndex.MaxDistance));

    public static Dictionary<Guid, Guid> Closure(Telling[] tellings)
    {
        var of = tellings.ToDictionary(t => t.Id, t => t.Id);
        foreach (var (a, b) in tellings.SelectMany((a, i) => tellings.Skip(i + 1).Select(b => (a, b))).Where(p => AreNear(p.a, p.b)))
        {
            var (from, to) = (of[b.Id], of[a.Id]);
            foreach (var id in tellings.Select(t => t.Id).Where(id => of[id] == from).ToList())
            {
                of[id] = to;
            }
        }

        return of;
    }

    // Which mentions lie together, whoever leads.
    public static string Partition(IEnumerable<Telling> tellings, Dictionary<Guid, Guid> leads) => string.Join(" | ", tellings.Select(t => t.Id).Distinct()
        .GroupBy(id => leads.GetValueOrDefault(id) is var lead && lead != Guid.Empty ? lead : id)
        .Select(g => string.Join(',', g.Order())).Order(StringComparer.Ordinal));
}
