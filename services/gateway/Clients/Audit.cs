using Serm.Defaults;
using Serm.Gateway.Audit;

namespace Serm.Gateway.Clients;

/// <summary>Who changed what.</summary>
internal sealed class AuditClient(Inside inside, AuditReader reader)
{
    /// <summary>A page, for a manager or an admin.</summary>
    public Task<AuditPage> PageAsync(AuditQuery query, CancellationToken ct) => inside.ReadAsync(c => reader.PageAsync(c, query, ct), ct, Role.Manager);
}
