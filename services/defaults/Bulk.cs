using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Serm.Contracts;

namespace Serm.Defaults;

/// <summary>Messages of one contract that travel as one message of the bus, a JSON array (<see cref="BulkWire"/>). One when little happens, many when much does, so that the broker, the envelopes and the acknowledgements cost little a message.</summary>
/// <typeparam name="T">The contract.</typeparam>
[JsonConverter(typeof(BulkConverterFactory))]
public sealed class Bulk<T> : IPacked
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

    ReadOnlyMemory<byte> IPacked.Json => Json;
}

/// <summary>A bulk that was just packed, whatever its contract.</summary>
internal interface IPacked
{
    /// <summary>The JSON array.</summary>
    ReadOnlyMemory<byte> Json { get; }
}

/// <summary>A view of a contract's messages that reads less of them.</summary>
/// <typeparam name="TSelf">The view.</typeparam>
public interface IBulkView<TSelf>
    where TSelf : class, IBulkView<TSelf>
{
    /// <summary>The contract that is published.</summary>
    static abstract Type Contract { get; }

    /// <summary>The message as it came.</summary>
    ReadOnlyMemory<byte> Json { get; }

    /// <summary>Reads what the view shows of a message.</summary>
    /// <param name="json">One message.</param>
    /// <exception cref="JsonException">It lacks what the view needs.</exception>
    static abstract TSelf Of(ReadOnlyMemory<byte> json);
}

/// <summary>A message that writes itself as one of a contract, where most of its JSON is at hand already.</summary>
public interface IWrittenMessage
{
    /// <summary>The contract as which it is published.</summary>
    Type Contract { get; }

    /// <summary>Writes what the contract's message would be in <see cref="BulkJson"/>.</summary>
    /// <param name="writer">Of the bulk.</param>
    void Write(Utf8JsonWriter writer);
}

/// <summary>Passes a view on as the message that it was made of.</summary>
/// <typeparam name="T">The view.</typeparam>
public sealed class BulkViewConverter<T> : JsonConverter<T>
    where T : class, IBulkView<T>
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return T.Of(JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray());
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
}

/// <summary>A member of a bulk that could not be read.</summary>
internal sealed record Unreadable(byte[] Json, JsonException Why);

/// <summary>JSON as the bus speaks it: camelCase, enums by name, nulls left out, evidence as one string, unknown members of newer services passed over.</summary>
public static class BulkJson
{
    /// <summary>Its options.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractJson.Default, new DefaultJsonTypeInfoResolver()),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new CompactSpans() },
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
            if (wanted)
            {
                BulkReader.ReadArray(ref reader, items, unreadable);
            }
            else
            {
                reader.Skip();
            }
        }

        return new(items, unreadable);
    }
}

/// <summary>Reads bulks off the bus.</summary>
internal static class BulkReader
{
    private static readonly ConcurrentDictionary<Type, (Type? Contract, Func<byte[], object>? Read)> Known = [];

    /// <summary>The contract of a bulk's messages; null of what is no bulk.</summary>
    public static Type? Contract(Type bulk) => Of(bulk).Contract;

    /// <summary>Reads a bulk of the given type from a JSON array.</summary>
    /// <exception cref="JsonException">The text is no JSON array.</exception>
    public static object Read(Type bulk, byte[] json) => Of(bulk).Read!(json);

    /// <summary>Reads the members of an array; the reader stands on its start and is left on its end.</summary>
    public static void ReadArray<T>(ref Utf8JsonReader reader, List<T> items, List<Unreadable> unreadable)
        where T : class
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
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

    // At once, which looks at each byte once; member by member, which looks twice, only where one cannot be read.
    private static Bulk<T> ReadAll<T>(byte[] json)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize<List<T>>(json, BulkJson.Options) is { } all && !all.Contains(null!))
            {
                return new Bulk<T>(all, []);
            }
        }
        catch (JsonException)
        {
        }

        var (items, unreadable) = (new List<T>(), new List<Unreadable>());
        var reader = Begin(json);
        ReadArray(ref reader, items, unreadable);
        return new Bulk<T>(items, unreadable);
    }

    private static Bulk<T> ReadViews<T>(byte[] json)
        where T : class, IBulkView<T>
    {
        var (items, unreadable) = (new List<T>(), new List<Unreadable>());
        var reader = Begin(json);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var one = json.AsMemory(start, (int)reader.BytesConsumed - start);
            try
            {
                items.Add(T.Of(one));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
            {
                unreadable.Add(new(one.ToArray(), e as JsonException ?? new JsonException(e.Message, e)));
            }
        }

        return new Bulk<T>(items, unreadable);
    }

    private static Utf8JsonReader Begin(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartArray ? reader : throw new JsonException("An array was expected.");
    }

    private static (Type? Contract, Func<byte[], object>? Read) Of(Type bulk) => Known.GetOrAdd(bulk, static type =>
    {
        if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(Bulk<>))
        {
            return default;
        }

        var item = type.GetGenericArguments()[0];
        var view = Array.Exists(item.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IBulkView<>));
        var read = typeof(BulkReader).GetMethod(view ? nameof(ReadViews) : nameof(ReadAll), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(item).CreateDelegate<Func<byte[], object>>();
        var contract = view ? (Type)item.GetProperty("Contract", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)! : item;
        return (contract, read);
    });
}
