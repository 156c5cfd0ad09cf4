namespace Serm.Ingest.Connectors;

/// <summary>A kind of sources, as the form for adding one needs it.</summary>
/// <param name="Kind">What a source says in <c>kind</c>.</param>
/// <param name="Name">What people call the network.</param>
/// <param name="About">What it reads, and what it cannot.</param>
/// <param name="Docs">Where the network documents the way in; null for none.</param>
/// <param name="Addable">A source of this kind can be added by hand.</param>
/// <param name="Retired">Why nothing can be read from it any more; null for a living network.</param>
/// <param name="Pulled">Serm asks it from time to time.</param>
/// <param name="Streamed">Serm can hold a connection to it, over which posts come at once.</param>
/// <param name="Hooked">The network calls Serm at <c>/hooks/{id}</c>, with the id of the source.</param>
/// <param name="Abilities">Of <c>search</c>, <c>ownChannels</c>, <c>backfill</c>, <c>edits</c>, <c>deletes</c>, <c>engagement</c>, <c>replies</c>.</param>
/// <param name="Fields">Options and credentials, in the order of the form.</param>
public sealed record SourceKind(
    string Kind,
    string Name,
    string About,
    string? Docs,
    bool Addable,
    string? Retired,
    bool Pulled,
    bool Streamed,
    bool Hooked,
    IReadOnlyList<string> Abilities,
    IReadOnlyList<FormField> Fields)
{
    /// <summary>From a connector.</summary>
    internal static SourceKind Of(IConnector connector) => new(
        connector.Card.Kind,
        connector.Card.Name,
        connector.Card.About,
        connector.Card.Docs,
        connector.Card is { Addable: true, Retired: null },
        connector.Card.Retired,
        connector is IPulled,
        connector is IStreamed,
        connector is IWebhook,
        [.. Enum.GetValues<Ability>().Where(a => a != Ability.None && connector.Card.Abilities.HasFlag(a)).Select(a => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(a.ToString()))],
        FormField.Of(connector.Card.Options));
}
