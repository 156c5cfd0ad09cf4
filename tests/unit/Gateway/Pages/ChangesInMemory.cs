using Serm.Defaults;
using Serm.Gateway.Audit;

namespace Serm.Tests.Unit.Gateway.Pages;

/// <summary>What was changed in the gateway, without a database.</summary>
internal sealed class ChangesInMemory() : OwnChanges(null!)
{
    public List<ChangeRow> Made { get; } = [];

    public List<(string Queue, long Messages, string By)> Resent { get; } = [];

    public Exception? Fails { get; set; }

    public override Task<IReadOnlyList<ChangeRow>> ReadAsync(Caller caller, ChangeQuery query, CancellationToken cancellationToken) =>
        Fails is { } failure ? Task.FromException<IReadOnlyList<ChangeRow>>(failure) : Task.FromResult<IReadOnlyList<ChangeRow>>([.. Made.Take(query.Limit)]);

    public override Task AddResentAsync(string? workspace, string queue, long messages, string by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Resent.Add((queue, messages, by));
        return Task.CompletedTask;
    }
}
