namespace Serm.Ingest.Connectors;

/// <summary>All connectors of this assembly, by kind. A connector needs no registration beyond its own file.</summary>
internal sealed class ConnectorBook
{
    private readonly Dictionary<string, IConnector> byKind;

    public ConnectorBook(IServiceProvider services) => byKind = typeof(ConnectorBook).Assembly.GetTypes()
        .Where(t => t is { IsAbstract: false, IsClass: true } && t.IsAssignableTo(typeof(IConnector)))
        .Select(t => (IConnector)ActivatorUtilities.CreateInstance(services, t))
        .ToDictionary(c => c.Card.Kind, StringComparer.Ordinal);

    /// <summary>All, by name.</summary>
    public IEnumerable<IConnector> All => byKind.Values.OrderBy(c => c.Card.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The connector of a kind; null when there is none.</summary>
    public IConnector? Find(string? kind) => kind is null ? null : byKind.GetValueOrDefault(kind);

    /// <summary>The connector of a kind that is known to be there.</summary>
    public IConnector this[string kind] => byKind.TryGetValue(kind, out var found) ? found : throw new InvalidOperationException($"No connector reads \"{kind}\".");
}
