using System.Text.Json;
using Marten;
using Npgsql;
using Serm.Defaults;

namespace Serm.Ingest.Brands;

/// <summary>The one way to write a brand: its events, its row and the version of the workspace's brands in one transaction.</summary>
internal static class BrandLog
{
    /// <summary>How states are stored.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Loads, decides, appends.</summary>
    /// <exception cref="JasperFx.ConcurrencyException">Somebody else wrote in between; nothing was saved.</exception>
    /// <exception cref="RuleViolation">Another brand has the name, or the version is not <paramref name="expected"/>.</exception>
    public static async Task<Brand> ApplyAsync(IDocumentSession session, Guid id, long? expected, Func<Brand, IReadOnlyList<object>> decide, CancellationToken cancellationToken)
    {
        var stored = await session.Events.FetchStreamAsync(id, token: cancellationToken);
        var before = stored.Select(e => e.Data).Aggregate(new Brand(id), Brand.Apply);
        var events = decide(before);
        if (expected is not null && expected != before.Version)
        {
            throw RuleViolation.Stale(before.Version);
        }

        if (events.Count == 0)
        {
            return before;
        }

        var after = events.Aggregate(before, Brand.Apply);
        Append(session, before, after, events);
        session.QueueAll("ingest", before, events, Brand.Apply, BrandChanges.Of);
        try
        {
            await session.SaveChangesAsync(cancellationToken);
        }
        catch (Exception e) when (IsNameTaken(e))
        {
            throw NameTaken(after.Name);
        }

        return after;
    }

    /// <summary>409: another brand has this name.</summary>
    public static RuleViolation NameTaken(string name) => new("brand_exists", $"There is already a brand \"{name}\" in this workspace. Choose another name.", field: "name");

    private static void Append(IDocumentSession session, Brand before, Brand after, IReadOnlyList<object> events)
    {
        if (before.Version == 0)
        {
            session.Events.StartStream(after.Id, events);
        }
        else
        {
            session.Events.Append(after.Id, after.Version, events);
        }

        if (after.Removed)
        {
            session.QueueSqlCommand('^', "delete from ingest.brands where workspace = ^ and id = ^", session.TenantId, after.Id);
        }
        else
        {
            session.QueueSqlCommand(
                '^',
                "insert into ingest.brands (workspace, id, name, state) values (^, ^, ^, ^::jsonb) on conflict (workspace, id) do update set name = excluded.name, state = excluded.state",
                session.TenantId,
                after.Id,
                after.Name,
                JsonSerializer.Serialize(after, Json));
        }

        session.QueueSqlCommand(
            '^',
            "insert into ingest.brand_versions (workspace, version) values (^, 1) on conflict (workspace) do update set version = ingest.brand_versions.version + 1",
            session.TenantId);
    }

    private static bool IsNameTaken(Exception? e) => e is not null && (e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "brands_name" } || IsNameTaken(e.InnerException));
}
