using JasperFx.Events;
using MassTransit;
using Npgsql;
using Serm.Contracts;
using Serm.Defaults;

namespace Serm.Mentions;

/// <summary>Tells the bus what people did with mentions, each step of it: what programs outside are told. Apart from <see cref="MentionRelay"/>, because it reads only these few events of the many.</summary>
internal sealed class TriageRelay : Relay
{
    private readonly NpgsqlDataSource dataSource;

    public TriageRelay(IBus bus, NpgsqlDataSource dataSource, ILogger<TriageRelay> log)
        : base(bus, log)
    {
        this.dataSource = dataSource;
        IncludeType<Claimed>();
        IncludeType<Released>();
        IncludeType<Resolved>();
        IncludeType<Dismissed>();
        IncludeType<Reopened>();
        IncludeType<Assigned>();
        IncludeType<Replied>();
        IncludeType<Undone>();
        IncludeType<Corrected>();
        IncludeType<CorrectionWithdrawn>();
    }

    /// <summary>Who did it; null when it is no step of a person.</summary>
    internal static string? By(object data) => data switch
    {
        Claimed e => e.By,
        Released e => e.By,
        Resolved e => e.By,
        Dismissed e => e.By,
        Reopened e => e.By,
        Assigned e => e.By,
        Replied e => e.By,
        Undone e => e.By,
        Corrected e => e.By,
        CorrectionWithdrawn e => e.By,
        _ => null,
    };

    protected override async Task<IReadOnlyList<(Guid MessageId, object Message)>> MapAsync(IReadOnlyList<IEvent> events, CancellationToken cancellationToken)
    {
        var steps = events.Where(e => By(e.Data) is not null).ToList();
        if (steps.Count == 0)
        {
            return [];
        }

        var brands = new Dictionary<(string, Guid), Guid>();
        await using var command = dataSource.CreateCommand("select workspace, id, brand_id from mentions.inbox where id = any($1) and workspace = any($2)");
        command.Parameters.AddWithValue(steps.Select(e => e.StreamId).Distinct().ToArray());
        command.Parameters.AddWithValue(steps.Select(e => e.TenantId).Distinct(StringComparer.Ordinal).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            brands[(reader.GetString(0), reader.GetGuid(1))] = reader.GetGuid(2);
        }

        return [.. steps
            .Where(e => brands.ContainsKey((e.TenantId, e.StreamId)))
            .Select(e => (e.Id, (object)new MentionTriaged(e.Id, e.TenantId, e.StreamId, brands[(e.TenantId, e.StreamId)], e.EventTypeName["mention_".Length..], By(e.Data)!, e.Timestamp, MentionRelay.Trace(e.Data))))];
    }
}
