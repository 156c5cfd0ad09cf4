using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Serm.Contracts;

namespace Serm.Defaults;

/// <summary>Messages of one contract that travel as one message of the bus: <c>{"items":[...]}</c>. One when little happens, many when much does, so that the broker, the envelopes and the acknowledgements cost little a message.</summary>
/// <typeparam name="T">The contract.</typeparam>
[JsonConverter(typeof(BulkConverterFactory))]
public sealed class Bulk<T>
    where T : class
{
    internal Bulk(ReadOnlyMemory<byte> json) => Json = json;

    internal Bulk(IReadOnlyList<T> items, IReadOnlyList<Unreadable> unreadable) => (Items, Unreadable) = (items, unreadable);

    /// <summary>The messages, in the order in which they were published. Empty on one that was just packed.</summary>
    public IReadOnlyList<T> Items { get; } = [];

    /// <summary>Members that are no <typeparamref name="T"/>; the others are not held up by them.</summary>
    internal IReadOnlyList<Unreadable> Unreadable { get; } = [];

    /// <summary>The JSON array of one that was just packed.</summary>
    internal ReadOnlyMemory<byte> Json { get; }
}

/// <summary>A member of a bulk that could not be read.</summary>
internal sealed record Unreadable(byte[] Json, JsonException Why);

/// <summary>JSON as the bus speaks it: camelCase, enums by name, nulls left out, unknown members of newer services passed over.</summary>
internal static class BulkJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractJson.Default, new DefaultJsonTypeInfoResolver()),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

internal sealed class BulkConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Bulk<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(BulkConverter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;
}

internal sealed class BulkConverter<T> : JsonConverter<Bulk<T>>
    where T : class
{
    private static readonly JsonEncodedText Items = JsonEncodedText.Encode("items");

    public override void Write(Utf8JsonWriter writer, Bulk<T> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WritePropertyName(Items);
        writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
        writer.WriteEndObject();
    }

    public override Bulk<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<T> items = [];
        List<Unreadable> unreadable = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var wanted = reader.ValueTextEquals(Items.EncodedUtf8Bytes);
            reader.Read();
            if (!wanted)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                ReadOne(ref reader, items, unreadable);
            }
        }

        return new(items, unreadable);
    }

    private static void ReadOne(ref Utf8JsonReader reader, List<T> items, List<Unreadable> unreadable)
    {
        var start = reader;
        try
        {
            items.Add(JsonSerializer.Deserialize<T>(ref reader, BulkJson.Options) ?? throw new JsonException("A message is null."));
        }
        catch (JsonException e)
        {
            reader = start;
            unreadable.Add(new([.. JsonMarshal.GetRawUtf8Value(JsonElement.ParseValue(ref reader))], e));
        }
    }
}
