using System.Text.Json;
using System.Text.Json.Serialization;

namespace Serm.Defaults;

/// <summary>A time in a body that names no zone is UTC, as it is in an address: never the zone of whichever machine reads it.</summary>
internal sealed class UtcTimes : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType != JsonTokenType.String ? throw new JsonException()
            : reader.TryGetDateTime(out var time) && time.Kind == DateTimeKind.Unspecified ? new(time, TimeSpan.Zero)
            : reader.TryGetDateTimeOffset(out var given) ? given
            : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
