using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serm.Defaults;

/// <summary>Stores events of chosen types as the UTF-8 bytes of their JSON (<c>bdata</c>) instead of as <c>jsonb</c>: PostgreSQL neither takes them apart when they are written nor prints them when they are read, and nobody searches in
/// them. Events that were stored as <c>jsonb</c> before are read as ever.</summary>
/// <param name="json">How they are written.</param>
/// <seealso href="https://martendb.io/events/binary-serialization.html"/>
public sealed class Utf8Events(JsonSerializerOptions json) : JasperFx.Events.IEventBinarySerializer
{
    /// <summary>As Marten writes events that stay <c>jsonb</c>. What a later version told besides is left unread.</summary>
    public static JsonSerializerOptions Json() => new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() } };

    /// <inheritdoc/>
    public byte[] Serialize(Type type, object data) => JsonSerializer.SerializeToUtf8Bytes(data, type, json);

    /// <inheritdoc/>
    /// <exception cref="JsonException">The bytes are not the JSON of this type.</exception>
    public object Deserialize(Type type, byte[] data) =>
        JsonSerializer.Deserialize(data, type, json) ?? throw new JsonException($"An event of type {type.Name} is stored as null.");
}
