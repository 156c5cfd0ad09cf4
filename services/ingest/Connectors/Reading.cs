using System.Text.Json;
using Serm.Ingest.Sources;

namespace Serm.Ingest.Connectors;

/// <summary>What a connector works with: one source, where it stands, and the way out.</summary>
/// <param name="Source">What is read.</param>
/// <param name="Settings">Options and credentials.</param>
/// <param name="State">What the connector's last page said; null at first.</param>
/// <param name="Http">The only way to the network.</param>
/// <param name="Now">The moment.</param>
internal sealed record Reading(Source Source, Settings Settings, string? State, NetworkClient Http, DateTimeOffset Now)
{
    /// <summary>How states are written.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The posts that began the threads of posts which the source has shown before, by the ids of these, as far as known.</summary>
    public Func<IReadOnlyCollection<string>, CancellationToken, Task<IReadOnlyDictionary<string, string>>> RootsOf { get; init; } = (_, _) => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The options in their own class.</summary>
    public T Options<T>()
        where T : class, new() => Settings.As<T>();

    /// <summary>The state in its own class; a new one at first, or when it cannot be read: reading again does no harm.</summary>
    public T StateAs<T>()
        where T : class, new()
    {
        try
        {
            return State is null ? new T() : JsonSerializer.Deserialize<T>(State, Json) ?? new T();
        }
        catch (JsonException)
        {
            return new T();
        }
    }

    /// <summary>A state as text.</summary>
    public static string Write<T>(T state) => JsonSerializer.Serialize(state, Json);
}
