using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors.Push;

/// <summary>What a push source takes: nothing.</summary>
public sealed class PushOptions;

/// <summary>Posts that the user's own systems hand in at <c>POST /api/ingest</c>.</summary>
internal sealed class PushConnector : IConnector
{
    public ConnectorCard Card { get; } = new(
        Source.PushKind,
        "Push",
        "Posts that your own systems hand in at POST /api/ingest. The source appears with the first of them.",
        null,
        typeof(PushOptions),
        Ability.Backfill | Ability.Edits)
    {
        Addable = false,
    };
}
